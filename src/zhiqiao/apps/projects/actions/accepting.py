"""Warnings while something is built, and the acceptance review at its end."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.models import AcceptanceReview, Application, BuildWarning
from zhiqiao.apps.projects.queries.building import promised_of, reached_of, share_of, told_reports
from zhiqiao.apps.projects.rules import can_run_calls, stands_in
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.packs import Phase

WARNED = define_event("projects.warned")


@transaction.atomic
def issue_warning(
    application: Application, *, reason: str, until: date, actor: Actor
) -> BuildWarning:
    """Warn a project that falls behind; that figures propose it is no condition."""
    require(can_run_calls(actor))
    row = locked_application(application)
    obey(stands_in(row, Phase.BUILDING, Phase.ACCEPTING))
    if until <= today():
        raise InputError("projects.warning-early", until=until, today=today())
    warning = BuildWarning.objects.create(
        application=row,
        reason=worded(reason),
        until=until,
        issued_by_id=getattr(actor, "pk", None),
        issued_at=timezone.now(),
    )
    _record(row, "warned", actor=actor, after={"until": until}, reason=warning.reason)
    emit(WARNED, subject=warning, actor=actor)
    return warning


@transaction.atomic
def lift_warning(warning: BuildWarning, *, why: str, actor: Actor) -> BuildWarning:
    require(can_run_calls(actor))
    row = BuildWarning.objects.select_for_update().get(pk=warning.pk)
    if row.lifted_at is not None:
        raise RuleError("projects.warning-lifted")
    row.why_lifted, row.lifted_at = worded(why), timezone.now()
    row.save(update_fields=["why_lifted", "lifted_at"])
    _record(row.application, "warning_lifted", actor=actor, after=None, reason=row.why_lifted)
    return row


@transaction.atomic
def review_acceptance(
    application: Application, *, passed: bool, findings: str, actor: Actor
) -> AcceptanceReview:
    """Keep what the acceptance review found, with the figures of that moment.

    Nothing passes of which it is certain that too little was reached; what was not reported is left
    to the reviewers.
    """
    require(can_run_calls(actor))
    row = locked_application(application)
    obey(stands_in(row, Phase.ACCEPTING))
    building, share = row.call.rules.lifecycle.building, share_of(row)
    mark = building.pass_mark if building else None
    if passed and mark is not None and share.promised and share.most < mark:
        raise RuleError("projects.below-pass-mark", share=f"{share.most:.0%}", mark=f"{mark:.0%}")
    reached = reached_of(told_reports(row))
    figures = {
        "promised": {name: str(number) for name, number in promised_of(row).items()},
        "reached": {name: str(number) for name, number in reached.items()},
        "least": str(share.least),
        "most": str(share.most),
        "reported": share.reported,
        "asked": share.promised,
        "pass_mark": None if mark is None else str(mark),
    }
    made = AcceptanceReview.objects.create(
        application=row,
        passed=passed,
        findings=worded(findings),
        figures=figures,
        judged_by_id=getattr(actor, "pk", None),
        judged_at=timezone.now(),
    )
    after = {"passed": passed, **figures}
    _record(row, "acceptance_reviewed", actor=actor, after=after, reason=made.findings)
    return made


def _record(
    application: Application,
    verb: str,
    *,
    actor: Actor,
    after: dict[str, object] | None,
    reason: str,
) -> None:
    audit.record(
        actor=actor,
        verb=f"projects.application.{verb}",
        subject=application,
        before=None,
        after=after,
        reason=reason,
    )
