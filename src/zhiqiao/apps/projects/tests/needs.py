"""How each need of a move is left open and then met: by the real actions of this part, else by rows.

``unmeet`` answers whether the lifecycle of the application can leave the need open at all: one that
asks no question of form, for instance, cannot.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from zhiqiao.apps.projects.actions import (
    ChangeWanted,
    ReportGiven,
    TaskGiven,
    accept_report,
    answer_objection,
    ask_change,
    decide_change,
    hand_in_report,
    object_to,
    propose,
    review_acceptance,
    save_report,
    set_quotas,
)
from zhiqiao.apps.projects.models import (
    Application,
    ApplicationFile,
    BuildReport,
    BuildTask,
    Call,
    CheckAnswer,
    Content,
    NamedBody,
    NamedPerson,
    Panel,
    PanelItem,
    Review,
    Standing,
    Visit,
)
from zhiqiao.apps.projects.queries import judged_needs
from zhiqiao.apps.projects.tests.calls import make_expert
from zhiqiao.core import files
from zhiqiao.core.dates import today
from zhiqiao.packs import ConditionKind, FieldKind, Need, Phase

Work = Callable[[Application, dict], object]
UNMEET: dict[Need, Work] = {}
MEET: dict[Need, Work] = {}
DAY = timedelta(days=1)
VALUES = {
    FieldKind.LINE: "x",
    FieldKind.TEXT: "建",
    FieldKind.DAY: "2029-12-31",
    FieldKind.FLAG: "yes",
    FieldKind.ADDRESS: "https://example.cn/",
}


def unmeets(need: Need) -> Callable[[Work], Work]:
    def kept(work: Work) -> Work:
        UNMEET[need] = work
        return work

    return kept


def meets(need: Need) -> Callable[[Work], Work]:
    def kept(work: Work) -> Work:
        MEET[need] = work
        return work

    return kept


def is_judged(need: Need) -> bool:
    return need in judged_needs()


def _update(row: Application, **values) -> None:
    Application.objects.filter(pk=row.pk).update(**values)


@unmeets(Need.WINDOW_OPEN)
def _close(row, _who):
    now = timezone.now()
    Call.objects.filter(pk=row.call_id).update(opens_at=now - 3 * DAY, closes_at=now - DAY)
    if row.due_on is not None:
        _update(row, due_on=today() - DAY)
    return True


@meets(Need.WINDOW_OPEN)
def _open(row, _who):
    now = timezone.now()
    Call.objects.filter(pk=row.call_id).update(opens_at=now - DAY, closes_at=now + DAY)
    if row.due_on is not None:
        _update(row, due_on=today())


@unmeets(Need.FORM_COMPLETE)
def _empty(row, _who):
    Content.objects.filter(application=row).update(answers={}, budget={}, indicators={})
    return True


@meets(Need.FORM_COMPLETE)
def _fill(row, _who):
    lifecycle = row.call.rules.lifecycle
    least = {name: _least(row, name, wanted) for name, wanted in lifecycle.fields.items()}
    values = {name: _value(wanted, least[name]) for name, wanted in lifecycle.fields.items()}
    Content.objects.filter(application=row).update(
        answers={name: value for name, value in values.items() if value},
        budget=_budget(row.call, lifecycle.budget),
        indicators={name: str(one.least or 10) for name, one in lifecycle.indicators.items()},
        declared=dict.fromkeys(lifecycle.conditions, True),
    )
    row.people.all().delete()
    row.bodies.all().delete()
    for name, wanted in lifecycle.fields.items():
        for place in range(1, max(int(least[name]), int(wanted.needed)) + 1):
            if wanted.kind is FieldKind.PEOPLE:
                NamedPerson.objects.create(
                    application=row, field=name, position=place, name=f"成员{place}"
                )
            elif wanted.kind is FieldKind.BODIES:
                NamedBody.objects.create(
                    application=row, field=name, position=place, text=f"单位{place}"
                )
    for name, wanted in lifecycle.files.items():
        if name != "sealed_copy" and wanted.needed:
            _give_file(row, name)


def _budget(call, wanted):
    """Plan one yuan on the first line, from the first source."""
    if wanted is None:
        return {}
    year = str(call.year)
    return {
        side: {next(iter(getattr(wanted, side))): {year: "1.00"}} for side in ("lines", "sources")
    }


def _least(row, name, wanted):
    """Return the least that the field and the conditions for this kind of applicant ask for."""
    conditions = row.call.rules.lifecycle.conditions_for(row.applicant.kind).values()
    asked = [
        one.number for one in conditions
        if one.kind is ConditionKind.FIELD_LEAST and one.field == name
    ]  # fmt: skip
    return max([wanted.least or Decimal(0), *asked])


def _value(wanted, least):
    if wanted.kind in (FieldKind.PEOPLE, FieldKind.BODIES):
        return ""
    if wanted.kind is FieldKind.CHOICE:
        return next(iter(wanted.options))
    if wanted.kind in (FieldKind.WHOLE, FieldKind.NUMBER, FieldKind.MONEY):
        return str(least or 1)
    text = VALUES[wanted.kind]
    return (
        text * int(wanted.least or 1) if wanted.kind in (FieldKind.LINE, FieldKind.TEXT) else text
    )


def _give_file(row, name):
    stored = files.store(f"{name}.pdf", b"%PDF-1.4 " + name.encode(), actor=None)
    ApplicationFile.objects.create(
        application=row, wanted=name, file=stored, added_at=timezone.now()
    )


@unmeets(Need.ELIGIBLE)
def _not_eligible(_row, _who):
    """What makes an applicant ineligible is another matter in each lifecycle, and tested there."""
    return False


@meets(Need.ELIGIBLE)
def _eligible(row, _who):
    conditions = row.call.rules.lifecycle.conditions
    Content.objects.filter(application=row).update(declared=dict.fromkeys(conditions, True))


@unmeets(Need.SEALED_COPY)
def _no_copy(row, _who):
    row.files.filter(wanted="sealed_copy").delete()
    return "sealed_copy" in row.call.rules.lifecycle.files


@meets(Need.SEALED_COPY)
def _copy(row, _who):
    _give_file(row, "sealed_copy")


@unmeets(Need.WITHIN_QUOTA)
def _no_quota(row, who):
    set_quotas(row.call, {}, actor=who["clerk"])
    return True


@meets(Need.WITHIN_QUOTA)
def _quota(row, who):
    set_quotas(row.call, {row.recommender_id: 999}, actor=who["clerk"])


@unmeets(Need.CHECKS_PASSED)
def _no_checks(row, _who):
    for name in row.call.rules.lifecycle.checks:
        _answer_check(row, name, passed=False)
    return bool(row.call.rules.lifecycle.checks)


@meets(Need.CHECKS_PASSED)
def _checks(row, _who):
    for name in row.call.rules.lifecycle.checks:
        _answer_check(row, name, passed=True)


def _answer_check(row, name, *, passed):
    CheckAnswer.objects.create(
        application=row, check_id=name, passed=passed, note="" if passed else "缺页", answered_at=timezone.now()
    )  # fmt: skip


@unmeets(Need.REVIEWS_IN)
def _no_reviews(row, _who):
    row.reviews.all().delete()
    return row.call.rules.lifecycle.review is not None


@meets(Need.REVIEWS_IN)
def _reviews(row, _who):
    review = row.call.rules.lifecycle.review
    for place in range(review.reviews if review else 0):
        serial = 1 + Review.objects.count()
        Review.objects.create(
            application=row, expert=make_expert(serial), letter="ABCDEFGHIJKLMNO"[place],
            state="handed-in", due_on=today(), total=8000, asked_at=timezone.now(),
            accepted_at=timezone.now(), handed_in_at=timezone.now(),
        )  # fmt: skip


@unmeets(Need.PANEL_HELD)
def _no_panel(row, _who):
    row.panel_items.all().delete()
    return True


@meets(Need.PANEL_HELD)
def _panel(row, _who):
    panel = Panel.objects.create(
        call=row.call, title="会议评审", held_on=today(), closed_at=timezone.now()
    )
    PanelItem.objects.create(panel=panel, application=row, advice="recognise")


@unmeets(Need.VISIT_REPORTED)
def _no_visit(row, _who):
    return not row.visits.exists()


@meets(Need.VISIT_REPORTED)
def _visit(row, _who):
    Visit.objects.create(
        application=row, visited_on=today(), visitors="评审组", report="属实", entered_at=timezone.now()
    )  # fmt: skip


def _propose(advice):
    def proposed(row, who):
        if row.phase == Phase.DECIDING:
            propose(row, advice=advice, grounds="经评议", actor=who["clerk"])
        else:
            Standing.objects.filter(application=row).update(proposal=advice, grounds="经评议")

    return proposed


def _no_proposal(row, _who):
    Standing.objects.filter(application=row).update(proposal="")
    return True


for _need, _advice in (
    (Need.PROPOSED_RECOGNISED, "recognise"),
    (Need.PROPOSED_RESERVE, "reserve"),
    (Need.PROPOSED_REFUSED, "refuse"),
):
    UNMEET[_need], MEET[_need] = _no_proposal, _propose(_advice)


@unmeets(Need.PUBLICITY_OVER)
def _notice_runs(row, _who):
    _update(row, publicity_until=today())
    return True


@meets(Need.PUBLICITY_OVER)
def _notice_over(row, _who):
    _update(row, publicity_until=today() - DAY)


def _objection(row):
    until = row.publicity_until
    _update(row, publicity_until=today())
    row.refresh_from_db()
    text = f"第{row.objections.count() + 1}条"
    made = object_to(row, text=text, name="某人", contact="13800000000", actor=None)
    _update(row, publicity_until=until)
    return made


@unmeets(Need.NO_OPEN_OBJECTION)
def _objected(row, _who):
    _objection(row)
    return True


@meets(Need.NO_OPEN_OBJECTION)
def _answered(row, who):
    for objection in row.objections.filter(answered_at=None):
        answer_objection(objection, is_upheld=False, answer="不成立", actor=who["clerk"])


@unmeets(Need.OBJECTION_UPHELD)
def _rejected(row, who):
    answer_objection(_objection(row), is_upheld=False, answer="不成立", actor=who["clerk"])
    return True


@meets(Need.OBJECTION_UPHELD)
def _upheld(row, who):
    answer_objection(_objection(row), is_upheld=True, answer="成立", actor=who["clerk"])


@unmeets(Need.TASKS_ENTERED)
def _no_tasks(row, _who):
    row.tasks.all().delete()
    return True


@meets(Need.TASKS_ENTERED)
def _tasks(row, who):
    if row.phase != Phase.BUILDING:
        BuildTask.objects.create(application=row, position=1, title="建成中心", due_on=today())
        return
    tasks = [TaskGiven(title=f"建成中心{row.changes.count()}", due_on=today())]
    wanted = ChangeWanted(subject="任务书", reason="首次填报", tasks=tasks)
    change = ask_change(row, wanted, actor=who["school"])
    decide_change(change, approved=True, answer="", actor=who["clerk"])


@unmeets(Need.REPORTS_ACCEPTED)
def _report_due(row, _who):
    first = row.reports.filter(state="due").order_by("due_on").first()
    if first is not None:
        BuildReport.objects.filter(pk=first.pk).update(due_on=today())
    return first is not None


@meets(Need.REPORTS_ACCEPTED)
def _report_in(row, who):
    for report in row.reports.filter(due_on__lte=today(), state="due"):
        reached = {name: Decimal(str(number)) for name, number in row.content.indicators.items()}
        save_report(report, ReportGiven(text="已完成", reached=reached), actor=who["school"])
        hand_in_report(report, actor=who["school"])
        accept_report(report, verdict="passed", findings="", actor=who["clerk"])


def _judge_acceptance(*, passed):
    def judged(row, who):
        review_acceptance(row, passed=passed, findings="经评审", actor=who["clerk"])
        return True

    return judged


for _need, _passed in ((Need.ACCEPTANCE_PASSED, True), (Need.ACCEPTANCE_FAILED, False)):
    UNMEET[_need] = _judge_acceptance(passed=not _passed)
    MEET[_need] = _judge_acceptance(passed=_passed)
