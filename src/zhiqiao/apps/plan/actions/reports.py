"""Writing a progress report, handing it in, returning it for correction and accepting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.plan.actions.tasks import locked, written
from zhiqiao.apps.plan.choices import ReportState
from zhiqiao.apps.plan.models import ProgressReport, ReportEvidence, TaskPart
from zhiqiao.apps.plan.queries.periods import Period, period_ending
from zhiqiao.apps.plan.rules import (
    can_be_reviewed,
    can_be_written,
    can_coordinate,
    can_write_for,
    is_in_force,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.models import StoredFile

HANDED_IN = define_event("plan.report_handed_in")
REVIEWED = define_event("plan.report_reviewed", ["state"])
RECORDED = ("state", "progress", "difficulties", "next_steps", "review_note", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a body reports; ``version`` is that of the report the person had in view."""

    progress: str
    difficulties: str = ""
    next_steps: str = ""
    version: int | None = None


@transaction.atomic
def save_report(
    part: TaskPart,
    period_to: date,
    words: Words,
    *,
    actor: Actor,
    files: Sequence[StoredFile] = (),
) -> ProgressReport:
    """Keep the draft of a report; what was typed is never lost to a later step."""
    require(can_write_for(actor, part))
    part = locked(part)
    obey(is_in_force(part))
    report = _opened(part, _period(part, period_to), words.version)
    before = audit.snapshot(report, RECORDED) if report.pk else None
    report.progress = written(words.progress)
    report.difficulties, report.next_steps = words.difficulties.strip(), words.next_steps.strip()
    report.written_by_id = actor.pk if actor else None
    report.version += 1 if before else 0
    report.save()
    _add_writer(report, actor)
    _attach(report, files)
    _record(report, "plan.report.written", actor=actor, before=before)
    return report


def _period(part: TaskPart, end: date) -> Period:
    """Take the period of the rhythm; a body without one reports for the day itself."""
    found = period_ending(part.task.every, end)
    if found is None or end < part.starts_on:
        raise MissingError("plan.period-unknown", day=end)
    return found


def _opened(part: TaskPart, period: Period, version: int | None) -> ProgressReport:
    found = ProgressReport.objects.select_for_update()
    report = found.filter(part=part, period_to=period.end).first()
    if report is None:
        if version is not None:
            raise RuleError("plan.changed-meanwhile")
        return ProgressReport(part=part, period_from=period.start, period_to=period.end)
    report.part = part
    obey(can_be_written(report))
    if version != report.version:
        raise RuleError("plan.changed-meanwhile")
    return report


def _add_writer(report: ProgressReport, actor: Actor) -> None:
    if isinstance(actor, AbstractBaseUser):
        report.writers.add(actor.pk)


def _attach(report: ProgressReport, files: Sequence[StoredFile]) -> None:
    ReportEvidence.objects.bulk_create(
        (ReportEvidence(report=report, file=stored, note=stored.name) for stored in files),
        ignore_conflicts=True,
    )


@transaction.atomic
def submit_report(
    report: ProgressReport, *, actor: Actor, version: int | None = None
) -> ProgressReport:
    """Hand the report in; from now on only a return for correction opens it again.

    Who names the version that was seen hands in that one and no other.
    """
    report = _locked(report)
    require(can_write_for(actor, report.part))
    obey(can_be_written(report))
    if version not in {None, report.version}:
        raise RuleError("plan.changed-meanwhile")
    before = audit.snapshot(report, RECORDED)
    report.state = ReportState.SUBMITTED
    report.submitted_at = timezone.now()
    report.version += 1
    report.save(update_fields=["state", "submitted_at", "version"])
    _add_writer(report, actor)
    _record(report, "plan.report.handed_in", actor=actor, before=before)
    emit(HANDED_IN, subject=report, actor=actor)
    return report


@transaction.atomic
def return_report(report: ProgressReport, *, actor: Actor, note: str) -> ProgressReport:
    """Give the report back with what is to be corrected."""
    return _review(report, ReportState.RETURNED, actor=actor, note=written(note))


@transaction.atomic
def accept_report(report: ProgressReport, *, actor: Actor, note: str = "") -> ProgressReport:
    return _review(report, ReportState.ACCEPTED, actor=actor, note=note.strip())


def _review(report: ProgressReport, state: str, *, actor: Actor, note: str) -> ProgressReport:
    require(can_coordinate(actor))
    report = _locked(report)
    obey(can_be_reviewed(actor, report))
    before = audit.snapshot(report, RECORDED)
    report.state, report.review_note = state, note
    report.reviewed_by_id, report.reviewed_at = (actor.pk if actor else None), timezone.now()
    report.version += 1
    report.save(update_fields=["state", "review_note", "reviewed_by", "reviewed_at", "version"])
    _record(report, f"plan.report.{state}", actor=actor, before=before, reason=note)
    emit(REVIEWED, subject=report, actor=actor, state=str(state))
    return report


def _locked(report: ProgressReport) -> ProgressReport:
    rows = ProgressReport.objects.select_related("part__task", "part__organisation")
    return rows.select_for_update(of=("self",)).get(pk=report.pk)


def _record(
    report: ProgressReport,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
) -> None:
    after = audit.snapshot(report, RECORDED)
    audit.record(actor=actor, verb=verb, subject=report, before=before, after=after, reason=reason)
