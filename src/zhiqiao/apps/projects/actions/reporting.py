"""Reports of building: written with any gaps, handed in, returned or accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.choices import ReportState, Verdict
from zhiqiao.apps.projects.models import BuildReport, ReportFile
from zhiqiao.apps.projects.queries.building import OPEN, proposal_of, share_of
from zhiqiao.apps.projects.rules import can_run_calls, can_write, stands_in
from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.revisions import bump
from zhiqiao.packs import RECOGNISED

HANDED_IN = define_event("projects.report_handed_in")
JUDGED = define_event("projects.report_judged", ["state"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGiven:
    """What a report says: numbers are those reached and spent so far in all; none means not reported."""

    text: str
    reached: Mapping[str, Decimal] = field(default_factory=dict)
    spent: Mapping[str, Decimal] = field(default_factory=dict)


@transaction.atomic
def save_report(
    report: BuildReport, given: ReportGiven, *, actor: Actor, version: int | None = None
) -> BuildReport:
    """Keep a report as it is so far, with any gaps."""
    row = _opened(report, actor=actor)
    if version is not None and version != row.version:
        raise RuleError("projects.report-stale")
    lifecycle = row.application.call.rules.lifecycle
    lines = lifecycle.budget.lines if lifecycle.budget else {}
    for name, known in ((given.reached, lifecycle.indicators), (given.spent, lines)):
        for one in set(name) - set(known):
            raise InputError("projects.indicator-unknown", indicator=one)
    row.text = given.text.strip()
    row.reached = {name: str(number) for name, number in given.reached.items()}
    row.spent = {name: str(number) for name, number in given.spent.items()}
    row.version += 1
    row.save(update_fields=["text", "reached", "spent", "version"])
    return row


@transaction.atomic
def add_report_file(
    report: BuildReport, *, name: str, content: files.Content, actor: Actor
) -> ReportFile:
    row = _opened(report, actor=actor)
    stored = files.store(name, content, actor=actor)
    made = ReportFile.objects.create(report=row, file=stored, added_at=timezone.now())
    _record(row, "report_file_added", actor=actor, after={"sha256": stored.sha256})
    return made


@transaction.atomic
def hand_in_report(report: BuildReport, *, actor: Actor) -> BuildReport:
    row = _opened(report, actor=actor)
    if not row.text:
        raise RuleError("projects.report-empty")
    row.state, row.handed_in_at = ReportState.HANDED_IN, timezone.now()
    row.handed_in_by_id, row.version = getattr(actor, "pk", None), row.version + 1
    row.save(update_fields=["state", "handed_in_at", "handed_in_by", "version"])
    after = {"report": str(row), "reached": row.reached, "spent": row.spent}
    _record(row, "report_handed_in", actor=actor, after=after)
    emit(HANDED_IN, subject=row, actor=actor)
    bump("plan")
    return row


@transaction.atomic
def return_report(report: BuildReport, *, findings: str, actor: Actor) -> BuildReport:
    """Give a report back with what is to be put right."""
    row = _judged(report, actor=actor)
    row.state, row.findings = ReportState.RETURNED, worded(findings)
    row.version += 1
    row.save(update_fields=["state", "findings", "version"])
    _record(row, "report_returned", actor=actor, after={"report": str(row)}, reason=row.findings)
    emit(JUDGED, subject=row, actor=actor, state=row.state)
    return row


@transaction.atomic
def accept_report(report: BuildReport, *, verdict: str, findings: str, actor: Actor) -> BuildReport:
    """Accept a report with a verdict; the share that it reached and what it proposes go into the audit."""
    row = _judged(report, actor=actor)
    if verdict not in Verdict.values:
        raise InputError("projects.reason-needed")
    share, proposal = share_of(row.application, until=row), proposal_of(row)
    row.findings = findings.strip() if verdict == Verdict.PASSED else worded(findings)
    row.state, row.verdict, row.judged_at = ReportState.ACCEPTED, verdict, timezone.now()
    row.judged_by_id, row.version = getattr(actor, "pk", None), row.version + 1
    row.save(update_fields=["state", "verdict", "findings", "judged_at", "judged_by", "version"])
    after = {
        "report": str(row),
        "verdict": verdict,
        "least": str(share.least),
        "most": str(share.most),
        "reported": f"{share.reported}/{share.promised}",
        "proposal": proposal,
    }
    _record(row, "report_accepted", actor=actor, after=after, reason=row.findings)
    emit(JUDGED, subject=row, actor=actor, state=row.state)
    bump("plan")
    return row


def _opened(report: BuildReport, *, actor: Actor) -> BuildReport:
    """Lock a report for whoever writes it, while it is to be written."""
    require(can_write(actor, report.application))
    application = locked_application(report.application)
    obey(stands_in(application, *RECOGNISED))
    return _locked(report, *OPEN)


def _judged(report: BuildReport, *, actor: Actor) -> BuildReport:
    require(can_run_calls(actor))
    return _locked(report, ReportState.HANDED_IN)


def _locked(report: BuildReport, *states: str) -> BuildReport:
    rows = BuildReport.objects.select_for_update(of=("self",))
    found = rows.select_related("application__call").get(pk=report.pk)
    if found.state not in states:
        raise RuleError("projects.report-state", state=found.get_state_display())
    return found


def _record(
    report: BuildReport,
    verb: str,
    *,
    actor: Actor,
    after: Mapping[str, object],
    reason: str = "",
) -> None:
    audit.record(
        actor=actor,
        verb=f"projects.application.{verb}",
        subject=report.application,
        before=None,
        after=after,
        reason=reason,
    )
