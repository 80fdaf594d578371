"""Terms that are near or have passed, each with whoever has to act and the days that the lifecycle gives.

Nothing here is sent: the same term comes again every morning, and its cause tells that it is the same.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from zhiqiao.apps.projects.choices import CallState, RecognitionState, ReviewState
from zhiqiao.apps.projects.models import Application, Call, Review
from zhiqiao.apps.projects.queries.building import reports_open_until
from zhiqiao.apps.projects.queries.calls import closes_at
from zhiqiao.apps.projects.queries.conflicts import conflicts_of
from zhiqiao.apps.projects.queries.notices import (
    ProjectTold,
    told_to,
    told_to_bureau_of,
    told_to_expert,
)
from zhiqiao.apps.projects.queries.telling import in_charge_of
from zhiqiao.core.dates import local, region_zone
from zhiqiao.core.workdays import working_days_between
from zhiqiao.packs import MOST_RENEW_BEFORE, RECOGNISED, Effect, Party, Phase, months_later

# Whoever is reminded is reminded at most ten working days before; the longest holidays fit, too.
HORIZON = timedelta(days=31)


class Term(StrEnum):
    """What ends: time to act, time to review, or the validity of what was recognised."""

    ACT = "act"
    REVIEW = "review"
    VALIDITY = "validity"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermTold:
    """A term that is to be called to mind today."""

    term: Term
    has_passed: bool
    told: ProjectTold


def open_terms(day: date) -> Iterator[TermTold]:
    """Yield the terms that are near or passed on a day, for whoever has to act before them."""
    for call, told in (*_of_states(day), *_closing_windows(day), *_reports_due(day)):
        yield from _near_or_passed(Term.ACT, told, day, before=call.rules.lifecycle.remind_before)
    yield from _reviews_due(day)
    yield from _ending(day)


def _near_or_passed(term: Term, told: ProjectTold, day: date, *, before: int) -> Iterator[TermTold]:
    due = told.day
    if due is None:
        return
    if day > due or working_days_between(day, due) <= before:
        yield TermTold(term=term, has_passed=day > due, told=told)


def _of_states(day: date) -> Iterator[tuple[Call, ProjectTold]]:
    rows = Application.objects.filter(due_on__lte=day + HORIZON).select_related("call")
    for row in rows.order_by("id").iterator(chunk_size=1_000):
        party = in_charge_of(Phase(row.phase))
        yield row.call, told_to({party}, row, day=row.due_on, cause=f"{row.uid} {row.due_on}")


def _closing_windows(day: date) -> Iterator[tuple[Call, ProjectTold]]:
    """Yield the drafts of calls that close soon, for their applicants."""
    last = datetime.combine(day + HORIZON, time.max, tzinfo=region_zone())
    drafts = Application.objects.filter(
        phase=Phase.DRAFTING,
        handed_in_at=None,
        call__state=CallState.PUBLISHED,
        call__closes_at__lte=last,
    )
    for row in drafts.select_related("call").order_by("id").iterator(chunk_size=1_000):
        ends_on = local(closes_at(row.call, row.applicant_id)).date()
        cause = f"{row.uid} {ends_on}"
        yield row.call, told_to({Party.APPLICANT}, row, day=ends_on, cause=cause)


def _reports_due(day: date) -> Iterator[tuple[Call, ProjectTold]]:
    """Yield the reports of building that are near or late, for their applicants."""
    for report in reports_open_until(day + HORIZON).iterator(chunk_size=1_000):
        row, cause = report.application, f"{report.uid} {report.due_on}"
        yield row.call, told_to({Party.APPLICANT}, row, day=report.due_on, cause=cause)


def _reviews_due(day: date) -> Iterator[TermTold]:
    """Yield the reviews that experts owe: near for the expert, late for the bureau, too.

    What is in conflict by now is told to nobody here; the clock ends it.
    """
    rows = Review.objects.filter(
        state__in=[ReviewState.ASKED, ReviewState.ACCEPTED],
        application__phase=Phase.REVIEWING,
        due_on__lte=day + HORIZON,
    )
    rows = rows.select_related("application__call", "expert__person")
    owed = list(rows.order_by("application__call", "application", "id"))
    barred = _in_conflict(owed, day)
    for row in owed:
        review = row.application.call.rules.lifecycle.review
        if review is None or (row.application_id, row.expert_id) in barred:
            continue
        told = told_to_expert(row, cause=f"{row.uid} {row.due_on}")
        yield from _near_or_passed(Term.REVIEW, told, day, before=review.remind_before)
        if day > row.due_on:
            # Several late reviews of one application are one thing to look at.
            cause = f"{row.application.uid} reviews {row.due_on}"
            told = told_to_bureau_of(row, day=row.due_on, cause=cause)
            yield TermTold(term=Term.REVIEW, has_passed=True, told=told)


def _in_conflict(owed: Collection[Review], day: date) -> set[tuple[int, int]]:
    by_call: dict[Call, list[Review]] = {}
    for row in owed:
        by_call.setdefault(row.application.call, []).append(row)
    return {
        (one.application, one.expert)
        for call, rows in by_call.items()
        for one in conflicts_of(
            call,
            day=day,
            applications=list({row.application_id for row in rows}),
            experts=list({row.expert_id for row in rows}),
        )
    }


def _ending(day: date) -> Iterator[TermTold]:
    """Yield what was recognised through a call and ends soon, for its holder and for who renews it."""
    rows = Application.objects.filter(
        recognition__valid_to__lte=months_later(day, MOST_RENEW_BEFORE),
        recognition__state=RecognitionState.RECOGNISED,
        phase__in=RECOGNISED,
    )
    rows = rows.select_related("call", "recognition").order_by("id")
    for row in rows.iterator(chunk_size=1_000):
        until = row.recognition.valid_to if row.recognition else None
        months = row.call.rules.lifecycle.renew_before_months
        if until is not None and day >= months_later(until, -months):
            cause = f"{row.uid} valid {until}"
            told = told_to(_renewing(row), row, day=until, cause=cause)
            yield TermTold(term=Term.VALIDITY, has_passed=day > until, told=told)


def _renewing(application: Application) -> set[Party]:
    moves = application.call.rules.flow.moves.values()
    renewals = [move for move in moves if move.does is Effect.RENEW_RECOGNITION]
    return {Party.APPLICANT} | {move.by for move in renewals if application.state in move.from_}
