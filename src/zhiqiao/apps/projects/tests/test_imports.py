import csv
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.projects.actions import (
    correct_recognition,
    match_holder,
    revoke_recognition,
    withdraw_recognition,
)
from zhiqiao.apps.projects.models import Evidence, ListDeclaration, Recognition
from zhiqiao.apps.projects.queries import history_steps
from zhiqiao.apps.projects.tests import factories
from zhiqiao.core import revisions
from zhiqiao.core.audit import history_of
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db

OPTIONS = {
    "provenance": "public-source",
    "read_on": "2026-11-23",
    "as_of": "2026-11-23",
    "basis": "Notice 35",
}
HEADINGS = (
    "kind",
    "name",
    "holder",
    "partners",
    "level",
    "batch_or_year",
    "document",
    "announced",
    "area",
    "source_url",
    "source_title",
    "confidence",
)


def row(**changes):
    values = {
        "kind": "vr-base",
        "name": "化工基地",
        "area": "重庆市",
        "source_title": "通知",
    }
    return values | changes


@pytest.fixture
def bring_in(tmp_path):
    factories.region()
    written = []

    def bring(*rows, headings=HEADINGS, answers=None, **options):
        written.append(tmp_path / f"list{len(written)}.csv")
        with written[-1].open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, headings, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return import_file(
            "projects.recognitions", written[-1], options=OPTIONS | options, answers=answers
        )

    return bring


def problems_of(outcome):
    return [(problem.row, problem.column, problem.code) for problem in outcome.problems]


def counts_of(outcome):
    return tuple(outcome.counts[name] for name in ("added", "changed", "unchanged"))


def test_import_fills_every_field(bring_in):
    school = factories.organisation("一职大", former=["一学院"])
    bring_in(
        row(
            holder="一学院",
            partners="二校；三厂",
            level="national",
            batch_or_year="第二批",
            document="教职成函〔2023〕5号",
            announced="2023-05",
            source_url="https://moe.gov.cn/1",
            confidence="multiple",
        )
    )
    made = Recognition.objects.get()
    proof = Evidence.objects.get()
    assert (made.holder, made.holder_text, made.level, made.batch) == (
        school,
        "一学院",
        "national",
        "第二批",
    )
    assert (made.document, str(made.announced_to)) == ("教职成函〔2023〕5号", "2023-05-31")
    assert [partner.text for partner in made.partners.all()] == ["二校", "三厂"]
    assert (proof.citation.title, proof.citation.url_trusted, proof.confidence) == (
        "通知",
        True,
        "multiple",
    )
    assert str(proof.citation.read_on) == "2026-11-23"


def test_titles_in_both_languages_are_read(bring_in):
    outcome = bring_in(row(kind="虚拟仿真实训基地"), row(kind="Training base", name="乙"))
    assert problems_of(outcome) == []
    assert set(Recognition.objects.values_list("kind", flat=True)) == {"vr-base", "training-base"}


def test_headings_of_notices_are_read(bring_in):
    bring_in(
        {
            "项目类别": "vr-base",
            "基地名称": "甲",
            "牵头单位": "一校",
            "地区": "重庆市",
            "来源": "通知",
        },
        headings=("项目类别", "基地名称", "牵头单位", "地区", "来源"),
    )
    assert list(Recognition.objects.values_list("name", "holder_text")) == [("甲", "一校")]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"kind": "no-such"}, "kind", "imports.unknown_choice"),
        ({"level": "galactic"}, "level", "imports.unknown_choice"),
        ({"name": ""}, "name", "imports.missing_value"),
        ({"area": ""}, "area", "imports.missing_value"),
        ({"area": "亚特兰蒂斯"}, "area", "projects.area-unknown"),
        ({"announced": "last May"}, "announced", "imports.not_partial_day"),
        ({"announced": "2999-01-01"}, "announced", "projects.announced-in-future"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "imports.not_address"),
        ({"source_title": ""}, "source_title", "projects.source-missing"),
        ({"confidence": "sure"}, "confidence", "imports.unknown_choice"),
        ({"name": "长" * 301}, "name", "imports.too_long"),
    ],
)
def test_faulty_row_is_refused_and_nothing_is_written(bring_in, changes, column, code):
    outcome = bring_in(row(name="好的基地"), row(**changes))
    assert (outcome.state, problems_of(outcome)) == ("refused", [(3, column, code)])
    assert (Recognition.objects.count(), ListDeclaration.objects.count()) == (0, 0)


def test_same_row_twice_in_a_file_is_written_once(bring_in):
    outcome = bring_in(row(), row(source_title="另一页"))
    assert counts_of(outcome) == (1, 0, 1)
    assert set(Evidence.objects.values_list("citation__title", flat=True)) == {"通知", "另一页"}


def test_conflicting_rows_of_a_file_are_refused(bring_in):
    outcome = bring_in(row(level="national"), row(level="municipal"))
    assert problems_of(outcome) == [(3, "level", "imports.conflicting_row")]
    assert Recognition.objects.count() == 0


def test_later_file_changes_what_it_says_otherwise(bring_in):
    bring_in(row(level="municipal", announced="2023"))
    outcome = bring_in(row(level="national", announced="2023-05-16"))
    made = Recognition.objects.get()
    assert counts_of(outcome) == (0, 1, 0)
    assert (made.level, made.announced, made.version) == ("national", "2023-05-16", 2)
    entry = history_of(made).first()
    assert (entry.verb, entry.before["level"], entry.after["level"]) == (
        "projects.recognition.imported",
        "municipal",
        "national",
    )


def test_empty_cells_and_coarser_dates_take_nothing_away(bring_in):
    bring_in(row(level="national", announced="2023-05-16", partners="二校"))
    outcome = bring_in(row(announced="2023"), basis="Another notice")
    made = Recognition.objects.get()
    assert counts_of(outcome) == (0, 0, 1)
    assert (made.level, made.announced, made.partners.count()) == ("national", "2023-05-16", 1)


def test_new_source_is_added_to_a_known_row(bring_in):
    bring_in(row())
    outcome = bring_in(row(source_title="官方名单"))
    assert counts_of(outcome) == (0, 1, 0)
    assert Evidence.objects.count() == 2


def test_holder_matched_by_a_person_stays(bring_in):
    bring_in(row(holder="甲校"))
    other = factories.organisation("乙校")
    Recognition.objects.update(holder=other)
    factories.organisation("甲校")
    outcome = bring_in(row(holder="甲校"), basis="Again")
    assert counts_of(outcome) == (0, 0, 1)
    assert Recognition.objects.get().holder == other


def test_organisation_that_was_registered_later_is_matched_by_the_same_list(bring_in):
    bring_in(row(holder="甲校"))
    school = factories.organisation("甲校")
    outcome = bring_in(row(holder="甲校"), basis="Again")
    assert counts_of(outcome) == (0, 1, 0)
    assert Recognition.objects.get().holder == school


def test_near_name_is_asked_and_the_answer_is_used(bring_in):
    school = factories.organisation("重庆工业职业技术学院")
    asked = bring_in(row(holder="重庆工业职技学院"))
    assert [(doubt.field, doubt.given) for doubt in asked.doubts] == [
        ("holder", "重庆工业职技学院")
    ]
    assert Recognition.objects.get().holder is None
    answers = {"holder": {"重庆工业职技学院": str(school.uid)}}
    bring_in(row(holder="重庆工业职技学院"), answers=answers, basis="Again")
    assert Recognition.objects.get().holder == school


def test_unprinted_name_is_to_be_filed(bring_in):
    bring_in(row(name="〔名称未见〕国家级基地"))
    made = Recognition.objects.get()
    assert (made.name_filed, made.shown_name) == (False, "国家级基地")


def test_every_list_of_the_file_is_declared_partial(bring_in):
    bring_in(row(), row(kind="training-base"))
    assert list(ListDeclaration.objects.values_list("kind", "area__code", "state", "basis")) == [
        ("training-base", "500000", "partial", "Notice 35"),
        ("vr-base", "500000", "partial", "Notice 35"),
    ]


def test_complete_list_with_another_total_is_refused(bring_in):
    outcome = bring_in(row(), complete_lists="vr-base, 重庆市, 2, Notice 35")
    assert problems_of(outcome) == [(None, "", "projects.total-contradicts")]
    assert Recognition.objects.count() == 0


def test_partial_import_leaves_a_complete_declaration(bring_in):
    bring_in(row(), complete_lists="虚拟仿真实训基地，重庆市，1，35号文件")
    bring_in(row(level="national"))
    declared = ListDeclaration.objects.get()
    assert (declared.state, declared.declared_total, declared.basis) == ("complete", 1, "35号文件")


def test_import_moves_the_board_and_names_its_file_in_the_history(bring_in):
    before = revisions.number("plan")
    outcome = bring_in(row())
    assert revisions.number("plan") > before
    entry = AuditEntry.objects.get(verb="imports.batch.committed")
    (step,) = history_steps(Recognition.objects.get(), factories.person())
    assert entry.after["sha256"] == outcome.batch.file.sha256
    assert outcome.batch.file.sha256 in step.why


def test_reported_rows_do_not_mix_with_public_ones(bring_in):
    bring_in(row(level="national"))
    outcome = bring_in(row(level="municipal"), provenance="reported")
    assert counts_of(outcome) == (1, 0, 0)
    assert set(Recognition.objects.values_list("provenance", "level")) == {
        ("public-source", "national"),
        ("reported", "municipal"),
    }


def test_rows_that_an_import_changes_are_locked_before_they_are_read(bring_in):
    bring_in(row())

    with CaptureQueriesContext(connection) as statements:
        bring_in(row(level="national"))

    locks = [
        sql["sql"] for sql in statements if 'FOR UPDATE OF "projects_recognition"' in sql["sql"]
    ]
    assert len(locks) == 2  # the dry run of the check, and the writing
    assert 'ORDER BY "projects_recognition"."id"' in locks[0]


def test_list_finds_a_row_again_whose_missing_holder_was_matched(bring_in):
    bring_in(row())
    school = factories.organisation("甲校")
    match_holder(
        Recognition.objects.get(), organisation=school.pk, actor=factories.person(), reason="Told"
    )
    outcome = bring_in(row(), basis="Again")
    assert counts_of(outcome) == (0, 0, 1)
    assert Recognition.objects.get().holder == school


def test_list_finds_a_row_again_whose_name_and_holder_were_corrected(bring_in):
    bring_in(row(holder="甲校"))
    factories.organisation("甲校")
    correct_recognition(
        Recognition.objects.get(),
        actor=factories.person(),
        changes={"name": "精细化工基地", "holder_text": "乙校", "holder_id": None},
        reason="Misprint",
    )
    outcome = bring_in(row(holder="甲校"), basis="Again")
    made = Recognition.objects.get()
    assert counts_of(outcome) == (0, 0, 1)
    assert (made.name, made.holder_text, made.holder) == ("精细化工基地", "乙校", None)


def end_by(how, actor):
    if how == "revoked":
        ended_on = date(2024, 3, 1)
        revoke_recognition(
            Recognition.objects.get(), actor=actor, ended_on=ended_on, reason="Notice 9"
        )
    else:
        withdraw_recognition(Recognition.objects.get(), actor=actor, reason="Of another city")


@pytest.mark.parametrize(
    ("how", "why"), [("revoked", "Notice 9"), ("withdrawn", "Of another city")]
)
def test_item_that_was_ended_is_asked_about_and_stays_ended(bring_in, how, why):
    bring_in(row(holder="甲校"))
    end_by(how, factories.person())
    outcome = bring_in(row(holder="甲校", source_title="另一页"), basis="Again")
    (doubt,) = outcome.doubts
    assert (doubt.field, doubt.row_numbers) == ("ended", (2,))
    assert why in doubt.candidates[0].why
    assert counts_of(outcome) == (0, 0, 1)
    assert (Recognition.objects.get().state, Evidence.objects.count()) == (how, 1)


def test_item_that_was_ended_is_entered_anew_when_a_person_says_so(bring_in):
    bring_in(row())
    end_by("revoked", factories.person())
    (doubt,) = bring_in(row(), basis="Again").doubts
    answers = {doubt.field: {doubt.given: "anew"}}
    outcome = bring_in(row(), basis="Notice 10", answers=answers)
    assert counts_of(outcome) == (1, 0, 0)
    assert sorted(Recognition.objects.values_list("state", flat=True)) == ["recognised", "revoked"]
    assert counts_of(bring_in(row(), basis="Once more")) == (0, 0, 1)
