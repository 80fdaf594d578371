"""What a move needs, judged one by one: what is there, and in words what is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from zhiqiao.apps.projects.choices import Advice, ReportState, ReviewState
from zhiqiao.apps.projects.models import Application, Call, CheckAnswer, Standing, Step
from zhiqiao.apps.projects.queries.calls import closes_at, quota_of
from zhiqiao.apps.projects.queries.contests import undecided
from zhiqiao.apps.projects.queries.written import SEALED_COPY, is_paper_outdated, written_of
from zhiqiao.apps.projects.rules import is_open_at, reviews_wanted
from zhiqiao.core.access import ALLOWED, Verdict, refused
from zhiqiao.core.dates import local, region_zone
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Move, Need, Party, Phase


@dataclass(frozen=True, slots=True)
class Moment:
    """When a move is asked for, and with which reason."""

    now: datetime
    reason: str = ""

    @property
    def today(self) -> date:
        return local(self.now).date()


Judge = Callable[[Application, Moment], Verdict]
_JUDGES: dict[Need, Judge] = {}


def judges(*needs: Need) -> Callable[[Judge], Judge]:
    """Declare a function as the judge of some needs."""

    def declared(judge: Judge) -> Judge:
        _JUDGES.update(dict.fromkeys(needs, judge))
        return judge

    return declared


def judged_needs() -> Mapping[Need, Judge]:
    return dict(_JUDGES)


def verdicts_on(application: Application, move: Move, moment: Moment) -> dict[Need, Verdict]:
    """Judge everything that a move needs, in the order of the lifecycle."""
    return {need: _JUDGES[need](application, moment) for need in move.needs}


@judges(Need.WINDOW_OPEN)
def _window_open(application: Application, moment: Moment) -> Verdict:
    """Judge the window; what was returned for correction has a term of its own instead."""
    due = application.due_on
    if application.handed_in_at is not None and due is not None:
        return ALLOWED if moment.today <= due else refused("projects.correction-late", due=due)
    until = closes_at(application.call, application.applicant_id)
    return is_open_at(application.call, closes_at=until, now=moment.now)


@judges(Need.SEALED_COPY)
def _sealed_copy(application: Application, _moment: Moment) -> Verdict:
    if SEALED_COPY not in application.call.rules.lifecycle.files:
        return ALLOWED
    if not application.files.filter(wanted=SEALED_COPY).exists():
        return refused("projects.sealed-copy-missing")
    outdated = is_paper_outdated(written_of(application))
    return refused("projects.sealed-copy-outdated") if outdated else ALLOWED


@judges(Need.WITHIN_QUOTA)
def _within_quota(application: Application, _moment: Moment) -> Verdict:
    most = quota_of(application.call, application.recommender_id) or 0
    others = recommended_by(application.call, application.recommender_id) - {application.pk}
    return ALLOWED if len(others) < most else refused("projects.quota-used", most=most)


def recommended_by(call: Call, body: int | None) -> set[int]:
    """Return the applications that a body recommended and that go on, by their keys."""
    states = call.rules.flow.states.items()
    onward = [name for name, state in states if state.phase not in (Phase.DRAFTING, Phase.REFUSED)]
    rows = Step.objects.filter(
        application__call=call,
        application__recommender=body,
        party=Party.RECOMMENDER,
        to_state__in=onward,
        is_taken=True,
    ).exclude(application__phase__in=[Phase.DRAFTING, Phase.RECOMMENDING, Phase.WITHDRAWN])
    return set(rows.values_list("application", flat=True))


@judges(Need.CHECKS_PASSED)
def _checks_passed(application: Application, _moment: Moment) -> Verdict:
    answers = latest_checks(application)
    questions = application.call.rules.lifecycle.checks
    still = [
        spoken(text)
        for name, text in questions.items()
        if name not in answers or not answers[name].passed
    ]
    return refused("projects.checks-open", questions="; ".join(still)) if still else ALLOWED


def latest_checks(application: Application) -> dict[str, CheckAnswer]:
    """Return the last answer to each question of the check since the last handing in."""
    rows = CheckAnswer.objects.filter(application=application).select_related("answered_by")
    if application.handed_in_at is not None:
        rows = rows.filter(answered_at__gte=application.handed_in_at)
    return {row.check_id: row for row in rows.order_by("id")}


@judges(Need.REVIEWS_IN)
def _reviews_in(application: Application, _moment: Moment) -> Verdict:
    """Judge what is there: who refused or was in conflict is replaced, who is asked is waited for.

    Where the reviews lie further apart than the lifecycle allows, one more is needed, whatever it says.
    """
    rows = application.reviews.all()
    contested = _contested(application)
    if not contested:
        return contested
    handed_in = rows.filter(state=ReviewState.HANDED_IN).values_list("total", flat=True)
    totals = [total or 0 for total in handed_in]
    there = len(totals)
    asked = rows.filter(state__in=[ReviewState.ASKED, ReviewState.ACCEPTED]).count()
    wanted = max(reviews_wanted(application, totals), there + asked)
    return (
        ALLOWED if there >= wanted else refused("projects.reviews-out", there=there, wanted=wanted)
    )


def _contested(application: Application) -> Verdict:
    number = undecided().filter(application=application).count()
    return refused("projects.reviews-contested", number=number) if number else ALLOWED


@judges(Need.PANEL_HELD)
def _panel_held(application: Application, _moment: Moment) -> Verdict:
    rows = application.panel_items.exclude(panel__closed_at=None).exclude(advice="")
    return ALLOWED if rows.exists() else refused("projects.panel-not-held")


@judges(Need.VISIT_REPORTED)
def _visit_reported(application: Application, _moment: Moment) -> Verdict:
    return ALLOWED if application.visits.exists() else refused("projects.visit-not-reported")


@judges(Need.PROPOSED_RECOGNISED)
def _proposed_recognised(application: Application, _moment: Moment) -> Verdict:
    return _proposed(application, Advice.RECOGNISE)


@judges(Need.PROPOSED_RESERVE)
def _proposed_reserve(application: Application, _moment: Moment) -> Verdict:
    return _proposed(application, Advice.RESERVE)


@judges(Need.PROPOSED_REFUSED)
def _proposed_refused(application: Application, _moment: Moment) -> Verdict:
    return _proposed(application, Advice.REFUSE)


def _proposed(application: Application, wanted: Advice) -> Verdict:
    contested = _contested(application)
    if not contested:
        return contested
    row = Standing.objects.filter(application=application).first()
    proposal = row.proposal if row else ""
    if proposal == wanted:
        return ALLOWED
    return refused(
        "projects.proposed-otherwise", proposal=Advice(proposal).label if proposal else "—"
    )


@judges(Need.PUBLICITY_OVER)
def _publicity_over(application: Application, moment: Moment) -> Verdict:
    until = application.publicity_until
    if until is None or moment.today > until:
        return ALLOWED
    return refused("projects.publicity-runs", until=until)


@judges(Need.NO_OPEN_OBJECTION)
def _no_open_objection(application: Application, _moment: Moment) -> Verdict:
    waiting = application.objections.filter(is_upheld=None).count()
    if waiting:
        return refused("projects.objection-open", number=waiting)
    if application.objections.filter(is_upheld=True).exists():
        return refused("projects.objection-stands")
    return ALLOWED


@judges(Need.OBJECTION_UPHELD)
def _objection_upheld(application: Application, _moment: Moment) -> Verdict:
    upheld = application.objections.filter(is_upheld=True).exists()
    return ALLOWED if upheld else refused("projects.no-objection-upheld")


@judges(Need.TASKS_ENTERED)
def _tasks_entered(application: Application, _moment: Moment) -> Verdict:
    return ALLOWED if application.tasks.exists() else refused("projects.tasks-missing")


@judges(Need.REPORTS_ACCEPTED)
def _reports_accepted(application: Application, moment: Moment) -> Verdict:
    rows = application.reports.filter(due_on__lte=moment.today)
    number = rows.exclude(state=ReportState.ACCEPTED).count()
    return refused("projects.reports-open", number=number) if number else ALLOWED


@judges(Need.ACCEPTANCE_PASSED)
def _acceptance_passed(application: Application, _moment: Moment) -> Verdict:
    return _accepted(application, passed=True)


@judges(Need.ACCEPTANCE_FAILED)
def _acceptance_failed(application: Application, _moment: Moment) -> Verdict:
    return _accepted(application, passed=False)


def _accepted(application: Application, *, passed: bool) -> Verdict:
    last = application.acceptances.filter(judged_at__gte=_entered_at(application)).last()
    if last is not None and last.passed == passed:
        return ALLOWED
    return refused("projects.acceptance-otherwise")


def _entered_at(application: Application) -> datetime:
    """Return when the last move led into the present state; the day's beginning where none is kept."""
    steps = Step.objects.filter(application=application, to_state=application.state, is_taken=True)
    last = steps.order_by("id").values_list("ended_at", flat=True).last()
    return last or datetime.combine(application.entered_on, time.min, region_zone())


@judges(Need.REASON)
def _reason(_application: Application, moment: Moment) -> Verdict:
    return ALLOWED if moment.reason.strip() else refused("projects.reason-needed")
