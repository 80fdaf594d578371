"""Building: promised and reached, budget and spent, reports due, warnings and what comes next.

A number that nobody reported is None and never 0. What counts is the latest report that was handed in
and gives the number; everybody is shown accepted reports alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.projects.choices import ChangeState, ReportState
from zhiqiao.apps.projects.models import (
    AcceptanceReview,
    Application,
    BuildChange,
    BuildReport,
    BuildTask,
    BuildWarning,
    Content,
)
from zhiqiao.apps.projects.queries.budgets import planned_by_line
from zhiqiao.apps.projects.queries.calls import RULES_TEXT, application_visible_to, viewers_of
from zhiqiao.apps.projects.rules import (
    Part,
    Proposal,
    Share,
    is_staff,
    may_see,
    proposed_by,
    share_reached,
)
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.reach import SYSTEM, reaching
from zhiqiao.packs import Phase, Text

TOLD = (ReportState.HANDED_IN, ReportState.ACCEPTED)
OPEN = (ReportState.DUE, ReportState.RETURNED)
BUILT = (Phase.BUILDING, Phase.ACCEPTING, Phase.IN_FORCE)
Numbers = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """A promised indicator: its number in each report in order (None: not reported) and the latest."""

    name: str
    title: Text
    unit: Text
    promised: Decimal | None
    by_report: tuple[Decimal | None, ...]
    reached: Decimal | None


@dataclass(frozen=True, slots=True)
class BudgetLine:
    title: Text
    planned: Decimal | None
    spent: Decimal | None


@dataclass(frozen=True, slots=True)
class Board:
    """The state of one project at a look."""

    indicators: tuple[IndicatorLine, ...]
    budget: tuple[BudgetLine, ...]
    told: tuple[BuildReport, ...]
    share: Share
    next_report: BuildReport | None


def decimal_of(value: Any) -> Decimal | None:
    """Read a number as it is kept (a text, or texts by year, which add up); None where there is none."""
    if isinstance(value, Mapping):
        parts = [number for one in value.values() if (number := decimal_of(one)) is not None]
        return sum(parts, Decimal(0)) if parts else None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def numbers_of(kept: Mapping[str, Any]) -> dict[str, Decimal]:
    found = {name: decimal_of(value) for name, value in kept.items()}
    return {name: number for name, number in found.items() if number is not None}


def approved_after(application: Application, part: str) -> dict[str, Any]:
    """Lay the approved changes of a part over one another, the latest on top."""
    rows = BuildChange.objects.filter(application=application, state=ChangeState.APPROVED)
    changed: dict[str, Any] = {}
    for after in rows.order_by("decided_at", "id").values_list("after", flat=True):
        changed |= after.get(part, {})
    return changed


def promised_of(application: Application) -> dict[str, Decimal]:
    """Return what is promised now: what was handed in, under the changes that were approved."""
    content = Content.objects.filter(application=application).first()
    handed_in = content.indicators if content else {}
    return numbers_of({**handed_in, **approved_after(application, "indicators")})


def budget_of(application: Application) -> dict[str, Decimal]:
    content = Content.objects.filter(application=application).first()
    planned = planned_by_line(application.call, content.budget) if content else {}
    return planned | numbers_of(approved_after(application, "budget"))


def reached_of(reports: Iterable[BuildReport]) -> dict[str, Decimal]:
    """Return the latest number of each indicator in reports that come in the order of their days."""
    found: dict[str, Decimal] = {}
    for report in reports:
        found |= numbers_of(report.reached)
    return found


def told_reports(application: Application, *, accepted_only: bool = False) -> list[BuildReport]:
    states = (ReportState.ACCEPTED,) if accepted_only else TOLD
    rows = BuildReport.objects.filter(application=application, state__in=states)
    return list(rows.order_by("due_on", "id"))


def share_of(application: Application, *, until: BuildReport | None = None) -> Share:
    """Return the share of the promised that is reached, as of a report or as of the latest."""
    reports = told_reports(application)
    if until is not None:
        before = (until.due_on, until.pk)
        reports = [one for one in reports if (one.due_on, one.pk) < before]
        reports.append(until)
    return share_reached(promised_of(application), reached_of(reports))


def proposal_of(report: BuildReport) -> Proposal:
    """Say what the figures of a reviewed report propose; of another report nothing follows."""
    building = report.application.call.rules.lifecycle.building
    wanted = building.reports.get(report.report) if building else None
    if building is None or wanted is None or not wanted.reviewed:
        return Proposal.NOTHING
    return proposed_by(share_of(report.application, until=report), building)


def board_of(application: Application, *, accepted_only: bool = False) -> Board:
    lifecycle = application.call.rules.lifecycle
    told = told_reports(application, accepted_only=accepted_only)
    promised, reached = promised_of(application), reached_of(told)
    spent: dict[str, Decimal] = {}
    for report in told:
        spent |= numbers_of(report.spent)
    planned, lines = budget_of(application), lifecycle.budget.lines if lifecycle.budget else {}
    return Board(
        indicators=tuple(
            IndicatorLine(
                name=name,
                title=wanted.title,
                unit=wanted.unit,
                promised=promised.get(name),
                by_report=tuple(numbers_of(one.reached).get(name) for one in told),
                reached=reached.get(name),
            )
            for name, wanted in lifecycle.indicators.items()
        ),
        budget=tuple(
            BudgetLine(title, planned.get(name), spent.get(name)) for name, title in lines.items()
        ),
        told=tuple(told),
        share=share_reached(promised, reached),
        next_report=reports_of(application).filter(state__in=OPEN).first(),
    )


def figures_for_everybody(application: Application) -> Board:
    """Return promised and reached by accepted reports; the policies are passed for these numbers alone."""
    with reaching(SYSTEM):
        return board_of(application, accepted_only=True)


def building_visible_to(user: Actor, uid: UUID) -> Application:
    """Return an application whose building the person may see."""
    application = application_visible_to(user, uid)
    if not may_see(viewers_of(user, application), Part.BUILDING, phase=application.phase):
        raise MissingError("projects.missing")
    return application


def projects_visible_to(
    user: Actor, *, today: date, sample: bool = False, late: bool = False
) -> QuerySet[Application]:
    """Return what is being built or in force: all for the bureau, their own for others."""
    is_sample = sample or bool(getattr(user, "is_demonstration", False))
    shown = Q(call__provenance=Provenance.DEMONSTRATION)
    rows = Application.objects.filter(shown if is_sample else ~shown, phase__in=BUILT)
    if not is_staff(user):
        key = getattr(user, "pk", None)
        own = Q(applicant__in=organisations_of(user)) | Q(coauthors__user=key)
        rows = rows.filter(own)
    waiting = BuildReport.objects.filter(application=OuterRef("pk"), state__in=OPEN)
    warned = BuildWarning.objects.filter(application=OuterRef("pk"), lifted_at=None)
    rows = rows.annotate(
        next_due=Min("reports__due_on", filter=Q(reports__state__in=OPEN)),
        to_judge=Count("reports", filter=Q(reports__state=ReportState.HANDED_IN), distinct=True),
        is_late=Exists(waiting.filter(due_on__lt=today)),
        is_warned=Exists(warned),
    )
    if late:
        rows = rows.filter(Q(is_late=True) | Q(is_warned=True))
    rows = rows.select_related("call", "applicant").defer(RULES_TEXT)
    return rows.order_by("next_due", "id")


def reports_of(application: Application) -> QuerySet[BuildReport]:
    return BuildReport.objects.filter(application=application).order_by("due_on", "id")


def report_visible_to(user: Actor, uid: UUID) -> BuildReport:
    rows = BuildReport.objects.select_related("application__call", "application__applicant")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    building_visible_to(user, found.application.uid)
    return found


def tasks_of(application: Application) -> QuerySet[BuildTask]:
    return BuildTask.objects.filter(application=application).order_by("position")


def task_visible_to(user: Actor, uid: UUID) -> BuildTask:
    found = BuildTask.objects.select_related("application__call").filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    building_visible_to(user, found.application.uid)
    return found


def changes_of(application: Application) -> QuerySet[BuildChange]:
    rows = BuildChange.objects.filter(application=application)
    return rows.select_related("asked_by", "decided_by").order_by("-id")


def change_visible_to(user: Actor, uid: UUID) -> BuildChange:
    found = BuildChange.objects.select_related("application__call").filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    building_visible_to(user, found.application.uid)
    return found


def warnings_of(application: Application) -> QuerySet[BuildWarning]:
    return BuildWarning.objects.filter(application=application).order_by("-id")


def warning_visible_to(user: Actor, uid: UUID) -> BuildWarning:
    found = BuildWarning.objects.select_related("application__call").filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    building_visible_to(user, found.application.uid)
    return found


def acceptances_of(application: Application) -> QuerySet[AcceptanceReview]:
    return AcceptanceReview.objects.filter(application=application).order_by("-id")


def own_reports(user: Actor) -> QuerySet[BuildReport]:
    """Return the reports of building of the person's own bodies, for programs."""
    rows = BuildReport.objects.filter(application__applicant__in=organisations_of(user))
    rows = rows.exclude(application__call__provenance=Provenance.DEMONSTRATION)
    return rows.select_related("application__call").order_by("due_on", "id")


def reports_open_until(day: date) -> QuerySet[BuildReport]:
    """Return the reports that are due by a day and were not handed in."""
    rows = BuildReport.objects.filter(due_on__lte=day, state__in=OPEN, application__phase__in=BUILT)
    return rows.select_related("application__call").order_by("id")
