"""The public list comes in through the clerk's import and counts as a person would count it."""

from datetime import date

import pytest

from zhiqiao.apps.projects import queries
from zhiqiao.apps.projects.measures import count_recognitions
from zhiqiao.apps.projects.models import Evidence, ListDeclaration, Recognition
from zhiqiao.apps.projects.tests import factories
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.policy import current_pack

pytestmark = pytest.mark.django_db

OPTIONS = {
    "provenance": "public-source",
    "read_on": "2026-11-23",
    "as_of": "2026-11-23",
    "basis": "Public pages",
    "complete_lists": (
        "shuanggao-school, 重庆市, 10, A published total of 10\n"
        "bachelor-vet-university, 重庆市, 3, The list of colleges"
    ),
}


@pytest.fixture
def imported():
    factories.published_regions()
    return import_file(
        "projects.recognitions", factories.DATA / "recognitions.csv", options=OPTIONS
    )


def count_by_hand(measure, rows, decided=()):
    """Count the rows of the file for one measure in the plainest way: value and pending."""
    seen, pending = set(), 0
    for row in rows:
        if row["area"] != "重庆市" or row["kind"] not in measure.kinds:
            continue
        if measure.levels and row["level"] and row["level"] not in measure.levels:
            continue
        if measure.judgements or (measure.levels and not row["level"]):
            pending += 1
            continue
        filed = not row["name"].startswith("〔名称未见〕")
        name = row["name"] if filed else (row["kind"], row["holder"])
        holder = row["holder"] or row["kind"]
        seen.add((name, holder) if "holder" in measure.distinct_by else name)
    return len(seen) or None, pending


def test_published_list_is_imported_whole(imported):
    assert (imported.state, imported.counts["added"]) == ("committed", 128)
    assert Recognition.objects.count() == 128
    assert Recognition.objects.filter(name_filed=False).count() == 6
    assert Evidence.objects.count() == 128


def test_every_count_equals_the_count_by_hand(imported):
    measures = queries.register_measures()
    counts = count_recognitions(measures, area="500000", at=None)
    rows = factories.published_rows()
    assert {name: (count.value, count.pending) for name, count in counts.items()} == {
        measure.name: count_by_hand(measure, rows) for measure in measures
    }


def test_counts_of_the_targets_are_those_of_the_public_list(imported):
    counts = count_recognitions(queries.register_measures(), area="500000", at=None)
    said = {
        name: (count.value, str(count.bound), str(count.list_state), count.pending)
        for name, count in counts.items()
        if count.list_state != "not-loaded"
    }
    assert said == {
        "vr_base_count": (2, "at-least", "partial", 0),
        "municipal_consortium_count": (None, "none", "partial", 2),
        "park_consortium_count": (None, "none", "partial", 3),
        "community_count": (5, "at-least", "partial", 0),
        "innovation_centre_count": (None, "none", "partial", 1),
        "transfer_base_count": (4, "at-least", "partial", 0),
        "intl_alliance_count": (None, "none", "partial", 6),
    }


def test_counts_at_a_date_leave_rows_without_a_date_out(imported):
    counts = count_recognitions(queries.register_measures(), area="500000", at=date(2023, 12, 31))
    community, base = counts["community_count"], counts["vr_base_count"]
    assert (community.value, community.undated, str(community.bound)) == (2, 3, "at-least")
    assert (base.value, base.undated) == (None, 2)


def test_complete_lists_are_declared_with_their_total(imported):
    complete = ListDeclaration.objects.filter(state="complete").order_by("declared_total")
    assert list(complete.values_list("kind", "area__code", "declared_total", "basis")) == [
        ("bachelor-vet-university", "500000", 3, "The list of colleges"),
        ("shuanggao-school", "500000", 10, "A published total of 10"),
    ]


def test_lists_that_were_not_entered_stay_not_loaded(imported):
    states = queries.list_states("500000")
    loaded = {kind for kind, state in states.items() if state != "not-loaded"}
    in_file = {row["kind"] for row in factories.published_rows() if row["area"] == "重庆市"}
    assert loaded == in_file
    assert in_file <= set(current_pack().kinds)


def test_queue_agrees_with_the_counts(imported):
    counts = count_recognitions(queries.register_measures(), area="500000", at=None)
    clerk = factories.person()
    waiting = queries.pending_decisions_visible_to(clerk)
    assert len(waiting) == sum(count.pending for count in counts.values())
    assert {decision.property for decision in waiting} == {
        "level",
        "tier-municipal",
        "tier-park",
        "alliance-strengthened",
    }


def test_same_file_again_changes_nothing(imported):
    again = import_file(
        "projects.recognitions",
        factories.DATA / "recognitions.csv",
        options=OPTIONS | {"basis": "Another word"},
    )
    assert (again.counts["added"], again.counts["changed"], again.counts["unchanged"]) == (
        0,
        0,
        128,
    )


def test_only_trusted_hosts_become_links(imported):
    pages = {
        proof.citation.url: proof.citation.url_trusted
        for proof in Evidence.objects.select_related("citation")
    }
    assert pages[
        "https://www.cqnews.net/1/detail/1425439714200195072/web/content_1425439714200195072.html"
    ]
    assert not pages["https://caigou.com.cn/news/2025041013.shtml"]
    assert not pages["https://daydaynews.cc/zh-hk/finance/3822630.html"]
