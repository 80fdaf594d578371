"""What the board counts of calls: real ones, as they stood on a day, and unknown where nobody reported."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from zhiqiao.apps.projects.actions import (
    ChangeWanted,
    ReportGiven,
    accept_report,
    ask_change,
    decide_change,
    hand_in_report,
    save_report,
)
from zhiqiao.apps.projects.models import BuildReport, Call, Content
from zhiqiao.apps.projects.tests.building import again, make_project, moved, standard_call
from zhiqiao.apps.projects.tests.factories import region
from zhiqiao.apps.projects.tests.reviewing import as_program
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.measures import Bound, ListState, evaluate
from zhiqiao.core.policy import current_pack
from zhiqiao.core.reach import NOBODY, reaching
from zhiqiao.packs import Measure, check

pytestmark = pytest.mark.django_db


def measure(projects, **given):
    words = {"zh": "项", "en": "x"}
    return Measure.model_validate(
        {"name": "m", "source": "projects.applications", "title": words, "unit": "items", "projects": projects}
        | given
    )  # fmt: skip


def counted(projects, *, at=None, **given):
    return evaluate([measure(projects, **given)], area=current_pack().area, at=at)["m"]


def in_area(project):
    project.area = region()
    project.save()
    return again(project)


def reported(project, who, number):
    report = BuildReport.objects.filter(application=project, state="due").order_by("due_on").first()
    given = ReportGiven(text="x", reached={"people_trained": Decimal(number)})
    save_report(report, given, actor=who["school"])
    hand_in_report(report, actor=who["school"])
    return report


def test_nothing_may_be_said_before_the_first_real_call():
    found = counted("recognised")
    assert (found.value, found.list_state) == (None, ListState.NOT_LOADED)

    standard_call()
    found = counted("recognised")
    assert (found.value, found.bound) == (0, Bound.EXACT)


def test_recognised_and_under_construction_are_counted_by_kind_and_level_with_their_rows():
    project, who = make_project()
    in_area(project)

    found = counted("recognised", kinds=["talent-class"], levels=["municipal"])

    assert (found.value, found.bound) == (1, Bound.EXACT)
    assert [(one.kind, one.uid) for one in found.records] == [("recognition", str(project.recognition.uid))]  # fmt: skip
    assert counted("building").value == 1
    assert counted("recognised", kinds=["vr-base"]).value == 0
    assert counted("recognised", levels=["national"]).value == 0
    moved(project, "revoke", who)
    assert (counted("recognised").value, counted("building").value) == (0, 0)


def test_demonstration_is_never_counted():
    project, _who = make_project()
    in_area(project)
    standard_call(batch="第二批")
    Call.objects.filter(pk=project.call.pk).update(provenance=Provenance.DEMONSTRATION)
    assert counted("building").value == 0


def test_promised_counts_the_approved_change_and_reached_the_accepted_reports_alone():
    project, who = make_project()
    in_area(project)
    people = {"indicators": ["people_trained"]}
    assert counted("promised", **people).value == 100
    found = counted("reached", **people)
    assert (found.value, found.bound, found.coverage) == (None, Bound.NONE, (0, 1))

    report = reported(project, who, "30.9")
    assert counted("reached", **people).value is None
    accept_report(report, verdict="passed", findings="", actor=who["clerk"])
    found = counted("reached", **people)
    assert (found.value, found.bound, found.coverage) == (30, Bound.EXACT, (1, 1))

    wanted = ChangeWanted(subject="x", reason="x", indicators={"people_trained": Decimal(80)})
    change = ask_change(again(project), wanted, actor=who["school"])
    assert counted("promised", **people).value == 100
    decide_change(change, approved=True, answer="", actor=who["clerk"])
    assert counted("promised", **people).value == 80


def test_who_has_not_reported_makes_the_sum_a_lower_bound():
    project, who = make_project()
    in_area(project)
    other, _who = make_project(
        call=project.call, number="2026-0002", title="另一项", name="乙", who=who
    )
    in_area(other)
    report = reported(project, who, "30")
    accept_report(report, verdict="passed", findings="", actor=who["clerk"])

    found = counted("reached", indicators=["people_trained"])

    assert (found.value, found.bound, found.coverage) == (30, Bound.AT_LEAST, (1, 2))
    assert found.list_state == ListState.PARTIAL


def test_figures_of_an_earlier_day_do_not_know_what_came_later():
    with time_machine.travel(datetime(2027, 3, 1, 4, tzinfo=UTC)):
        project, who = make_project()
        in_area(project)
        day = today()
    with time_machine.travel(datetime(2027, 5, 1, 4, tzinfo=UTC)):
        moved(project, "revoke", who)

        assert (counted("recognised").value, counted("building").value) == (0, 0)
        assert counted("recognised", at=day).value == 1
        assert counted("building", at=day).value == 1
        before = day - timedelta(days=1)
        assert counted("recognised", at=before).value in (None, 0)


def test_measures_of_the_pack_are_complete_and_nothing_else_names_projects():
    names = {one.name for one in current_pack().measures.values() if one.projects}
    assert {"call_recognised_count", "call_building_count", "call_people_promised", "call_people_reached"} <= names  # fmt: skip
    behind = {target.formula for target in current_pack().targets.values()}
    assert behind & names == set()


def test_measure_of_applications_must_say_what_it_counts(settings):
    from pathlib import Path  # noqa: PLC0415

    report = check(Path(settings.ZHIQIAO_PACK))
    assert [one for one in report.problems if one.code == "measure-of-projects"] == []


def test_count_is_the_same_for_whoever_asks():
    project, _who = make_project()
    in_area(project)
    with as_program(), reaching(NOBODY):
        assert not Content.objects.exists()
        assert counted("promised", indicators=["people_trained"]).value == 100


def test_questions_to_the_database_do_not_grow_with_projects(django_assert_max_num_queries):
    project, who = make_project()
    in_area(project)
    with django_assert_max_num_queries(20) as one:
        counted("promised", indicators=["people_trained"])
    other, _who = make_project(
        call=project.call, number="2026-0002", title="另一项", name="乙", who=who
    )
    in_area(other)
    with django_assert_max_num_queries(20) as two:
        counted("promised", indicators=["people_trained"])
    assert len(one) == len(two)
