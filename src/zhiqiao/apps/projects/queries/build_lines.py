"""Building as pages show it: reports, tasks and changes with their words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from zhiqiao.apps.projects.models import (
    Application,
    BuildChange,
    BuildReport,
    BuildTask,
    ReportFile,
)
from zhiqiao.apps.projects.queries.building import (
    OPEN,
    numbers_of,
    proposal_of,
    report_visible_to,
    tasks_of,
)
from zhiqiao.apps.projects.rules import Proposal, Share, is_staff
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Lifecycle


@dataclass(frozen=True, slots=True)
class ReportLine:
    report: BuildReport
    title: str
    is_late: bool
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class TaskLine:
    task: BuildTask
    indicator: str


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number of a report with its words; None is not reported."""

    title: str
    unit: str
    number: Decimal | None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    title: str
    before: str
    after: str


def is_of_bureau(user: Actor) -> bool:
    return is_staff(user)


def is_to_be_written(report: BuildReport) -> bool:
    return report.state in OPEN


def report_title(report: BuildReport) -> str:
    """Return the title that the lifecycle gives the report, with its number where it comes again."""
    building = report.application.call.rules.lifecycle.building
    wanted = building.reports.get(report.report) if building else None
    title = spoken(wanted.title) if wanted else report.report
    return f"{title} {report.number}" if wanted and wanted.every_months else title


def report_lines(
    application: Application, reports: Iterable[BuildReport], *, today: date
) -> list[ReportLine]:
    """Return every report; what is proposed is worked out only for those that wait to be judged."""
    lines = []
    for report in reports:
        report.application = application
        waits = report.state == "handed-in"
        lines.append(
            ReportLine(
                report,
                report_title(report),
                is_late=report.state in OPEN and report.due_on < today,
                proposal=proposal_of(report) if waits else Proposal.NOTHING,
            )
        )
    return lines


def task_lines(application: Application) -> list[TaskLine]:
    indicators = application.call.rules.lifecycle.indicators
    return [
        TaskLine(
            row, spoken(indicators[row.indicator].title) if row.indicator in indicators else ""
        )
        for row in tasks_of(application)
    ]


def report_numbers(report: BuildReport) -> list[NumberLine]:
    lifecycle = report.application.call.rules.lifecycle
    reached, spent = numbers_of(report.reached), numbers_of(report.spent)
    lines = [
        NumberLine(spoken(one.title), spoken(one.unit), reached.get(name))
        for name, one in lifecycle.indicators.items()
    ]
    budget = lifecycle.budget.lines if lifecycle.budget else {}
    words = _("Spent on %(line)s")
    return lines + [
        NumberLine(words % {"line": spoken(text)}, _("yuan"), spent.get(name))
        for name, text in budget.items()
    ]


def report_file_visible_to(user: Actor, uid: UUID) -> ReportFile:
    found = ReportFile.objects.select_related("report", "file").filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    report_visible_to(user, found.report.uid)
    return found


def compared(change: BuildChange) -> list[ChangeLine]:
    """Put before and after side by side, line by line."""
    lifecycle = change.application.call.rules.lifecycle
    lines = []
    for part in ("tasks", "indicators", "budget"):
        before, after = change.before.get(part), change.after.get(part)
        if after is None:
            continue
        if part == "tasks":
            lines.append(ChangeLine(_("Tasks"), _listed(before or []), _listed(after)))
        else:
            lines += _numbers(before or {}, after, _titles(part, lifecycle))
    return lines


def _titles(part: str, lifecycle: Lifecycle) -> dict[str, str]:
    if part == "indicators":
        return {name: spoken(one.title) for name, one in lifecycle.indicators.items()}
    lines = lifecycle.budget.lines if lifecycle.budget else {}
    return {name: spoken(text) for name, text in lines.items()}


def _numbers(
    before: Mapping[str, str], after: Mapping[str, str], titles: Mapping[str, str]
) -> list[ChangeLine]:
    return [
        ChangeLine(titles.get(name, name), before.get(name, ""), value)
        for name, value in after.items()
    ]


def _listed(tasks: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(
        " · ".join(str(part) for part in (one["title"], one["due_on"], one["budget_cny"]) if part)
        for one in tasks
    )


def share_in_words(share: Share) -> str:
    """Say which share was reached, or between what it lies while numbers are missing."""
    if not share.promised:
        return _("No indicator was promised.")
    words = {
        "least": f"{share.least:.0%}",
        "most": f"{share.most:.0%}",
        "reported": share.reported,
        "promised": share.promised,
    }
    if share.is_known:
        return _("%(least)s of what was promised is reached; all %(promised)s indicators were reported.") % words  # fmt: skip
    return _(
        "Between %(least)s and %(most)s of what was promised is reached: %(reported)s of %(promised)s indicators were reported."
    ) % words  # fmt: skip
