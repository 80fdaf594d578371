"""Opening a season and taking its steps, each with its persons, its reason and what it rested on."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.apps.admissions.actions.conditions import digest_for, require_ready
from zhiqiao.apps.admissions.actions.lots import commit_to_lots
from zhiqiao.apps.admissions.actions.sent_files import (
    close_files,
    close_others,
    send_admitted,
    send_files,
)
from zhiqiao.apps.admissions.actions.withdrawals import withdraw_outdated_letters
from zhiqiao.apps.admissions.choices import Arrow, SeasonState
from zhiqiao.apps.admissions.models import Season, SeasonStep, WindowExtension
from zhiqiao.apps.admissions.rules import (
    STEPS,
    can_run_season,
    can_sign,
    may_be_rehearsed,
    stands_at,
    written,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.fields import Provenance
from zhiqiao.core.jobs import start_job
from zhiqiao.core.policy import current_pack
from zhiqiao.core.revisions import bump
from zhiqiao.core.workdays import add_working_days

AUDITED = ("state", "round", "choices_from", "choices_until", "paused_at", "scores_digest")
STEP_ASKED = define_event("admissions.step_asked")
STEPPED = define_event("admissions.stepped")
RUN = "admissions.run"


@transaction.atomic
def open_season(scheme: str, year: int, *, actor: Actor, demonstration: bool = False) -> Season:
    """Open a season under a scheme of the pack."""
    require(can_run_season(actor))
    known = current_pack().schemes
    if scheme not in known or year < known[scheme].from_.year:
        raise InputError(
            "admissions.scheme-unknown", scheme=scheme, year=year, known=", ".join(known)
        )
    is_sample = demonstration or bool(getattr(actor, "is_demonstration", False))
    provenance = Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED
    season = Season(scheme=scheme, year=year, provenance=provenance, opened_at=timezone.now())
    try:
        with transaction.atomic():
            season.save(force_insert=True)
    except IntegrityError as error:
        raise RuleError("admissions.season-known") from error
    record(season, "admissions.season.opened", actor=actor, before=None)
    return season


@transaction.atomic
def set_window(
    season: Season,
    *,
    choices_from: datetime,
    choices_until: datetime,
    actor: Actor,
    reason: str = "",
) -> Season:
    """Say from when until when candidates may choose; once it has begun only with a reason."""
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, [SeasonState.DRAFT, SeasonState.PLACES_FROZEN, SeasonState.CHOOSING]))
    if choices_from >= choices_until:
        raise InputError("admissions.window-reversed")
    is_real = season.provenance != Provenance.DEMONSTRATION
    if is_real and season.state != SeasonState.CHOOSING and choices_until <= timezone.now():
        raise InputError("admissions.window-past", until=written(choices_until))
    if season.state == SeasonState.CHOOSING:
        reason = worded(reason)
    return _window(season, actor, reason, choices_from=choices_from, choices_until=choices_until)


@transaction.atomic
def pause_choices(season: Season, *, paused: bool, actor: Actor, reason: str) -> Season:
    """Stop the making of choices for a while, or let it go on; what was saved stays."""
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, [SeasonState.CHOOSING]))
    return _window(season, actor, worded(reason), paused_at=timezone.now() if paused else None)


def _window(season: Season, actor: Actor, reason: str, **values: datetime | None) -> Season:
    before = audit.snapshot(season, AUDITED)
    for name, value in values.items():
        setattr(season, name, value)
    season.save(update_fields=list(values))
    verb = "admissions.season.window_changed"
    record(season, verb, actor=actor, before=before, reason=reason)
    return season


@transaction.atomic
def extend_window(
    season: Season, *, region: int, until: datetime, actor: Actor, reason: str
) -> WindowExtension:
    """Give one district more time, after a flood or a failure of the network."""
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, [SeasonState.CHOOSING]))
    if season.choices_until is not None and until < season.choices_until:
        raise InputError("admissions.extension-early", until=written(season.choices_until))
    extension = WindowExtension.objects.create(
        season=season,
        round=season.round,
        region_id=region,
        until=until,
        reason=worded(reason),
        granted_by_id=key_of(actor),
        granted_at=timezone.now(),
    )
    verb = "admissions.season.window_changed"
    record(season, verb, actor=actor, before=audit.snapshot(season, AUDITED), reason=reason)
    return extension


@transaction.atomic
def ask_step(season: Season, arrow: str, *, actor: Actor, reason: str = "") -> SeasonStep:
    """Take a step, or have it wait: for the second person, or for the run that it starts."""
    require(can_run_season(actor))
    if arrow not in STEPS:
        raise MissingError("admissions.missing")
    season, step = locked(season), STEPS[arrow]
    obey(stands_at(season, step.source))
    obey(may_be_rehearsed(season, arrow))
    refuse_while_waiting(season)
    if step.by_lead:
        require(can_sign(actor, asked_by=None, is_lead_needed=True))
    require_ready(season, arrow, today=today())
    asked = SeasonStep.objects.create(
        season=season,
        arrow=arrow,
        round=season.round,
        from_state=season.state,
        to_state=step.target,
        reason=reason.strip(),
        asked_by_id=key_of(actor),
        asked_at=timezone.now(),
        digest=digest_for(season, arrow) if step.two_persons else "",
    )
    if step.two_persons:
        record(season, "admissions.season.asked", actor=actor, before=None, reason=arrow)
        emit(STEP_ASKED, subject=asked, actor=actor)
        return asked
    return _go(season, asked, actor)


@transaction.atomic
def sign_step(season: Season, *, actor: Actor, step: UUID | None = None) -> SeasonStep:
    """Sign, as the second person, what another one asked for; who names a step signs no other."""
    season = locked(season)
    asked = _waiting(season, step)
    is_lead_there = asked.asked_by is not None and holds_role(asked.asked_by, Role.BUREAU_LEAD)
    require(can_sign(actor, asked_by=asked.asked_by_id, is_lead_needed=not is_lead_there))
    require_ready(season, asked.arrow, today=today())
    if asked.digest != digest_for(season, asked.arrow):
        raise RuleError("admissions.changed-since-asked", step=asked.get_arrow_display())
    asked.signed_by_id = key_of(actor)
    asked.save(update_fields=["signed_by"])
    return _go(season, asked, actor)


@transaction.atomic
def refuse_step(
    season: Season, *, actor: Actor, reason: str, step: UUID | None = None
) -> SeasonStep:
    """Take back or refuse a step that waits; nothing of the season changes."""
    require(can_run_season(actor))
    season = locked(season)
    asked = _waiting(season, step)
    asked.ended_at = timezone.now()
    asked.save(update_fields=["ended_at"])
    verb = "admissions.season.step_refused"
    record(season, verb, actor=actor, before=None, reason=worded(reason))
    return asked


def _go(season: Season, asked: SeasonStep, actor: Actor) -> SeasonStep:
    """Take the step now, or start the run at whose end it is taken."""
    if STEPS[asked.arrow].is_run:
        arguments = {"season": season.pk, "step": asked.pk}
        start_job(RUN, actor=actor, arguments=arguments, subject_uid=season.uid)
        return asked
    return take(season, asked, actor=actor)


def take(season: Season, asked: SeasonStep, *, actor: Actor) -> SeasonStep:
    """Bring the season to where the step leads; what it rests on is digested and kept with it."""
    before = audit.snapshot(season, AUDITED)
    asked.digest = digest_for(season, asked.arrow)
    season.state = asked.to_state
    season.version += 1
    _EFFECTS.get(asked.arrow, _nothing)(season, asked)
    season.save()
    asked.is_taken, asked.ended_at = True, timezone.now()
    asked.save(update_fields=["is_taken", "ended_at", "digest"])
    verb = "admissions.season.stepped"
    record(season, verb, actor=actor, before=before, reason=asked.reason or asked.arrow)
    if not season.is_rehearsal:
        emit(STEPPED, subject=asked, actor=actor)
        bump("plan")
    return asked


def _nothing(_season: Season, _step: SeasonStep) -> None:
    pass


def _keep_places(season: Season, step: SeasonStep) -> None:
    season.places_digest = step.digest


def _open_files(season: Season, _step: SeasonStep) -> None:
    if not season.is_rehearsal:
        send_files(season)


def _close_files(season: Season, _step: SeasonStep) -> None:
    close_files(season)


def _close_others(season: Season, _step: SeasonStep) -> None:
    close_others(season)


def _keep_choices(season: Season, step: SeasonStep) -> None:
    season.choices_digest = step.digest
    commit_to_lots(season)


def _publish(season: Season, step: SeasonStep) -> None:
    run = season.runs.order_by("-number").first()
    assert run is not None  # noqa: S101 - the steps before made it
    run.published_at = timezone.now()
    run.save(update_fields=["published_at"])
    term = season.rules.clocks.appeal
    season.appeals_until = add_working_days(today(), term).day
    withdraw_outdated_letters(run, actor=step.signed_by)
    send_admitted(season)


def _confirm(season: Season, _step: SeasonStep) -> None:
    run = season.runs.order_by("-number").first()
    assert run is not None  # noqa: S101 - the steps before made it
    run.confirmed_at = timezone.now()
    run.save(update_fields=["confirmed_at"])


def _next_round(season: Season, _step: SeasonStep) -> None:
    season.round += 1
    season.choices_digest = ""
    season.choices_from = season.choices_until = season.paused_at = None


_EFFECTS: Mapping[str, Callable[[Season, SeasonStep], None]] = {
    Arrow.FREEZE_PLACES: _keep_places,
    Arrow.FREEZE_CHOICES: _keep_choices,
    Arrow.OPEN_REVIEW: _open_files,
    Arrow.RUN_FINAL: _close_files,
    Arrow.CORRECT: _close_files,
    Arrow.CONFIRM: _confirm,
    Arrow.PUBLISH: _publish,
    Arrow.OPEN_SUPPLEMENTARY: _next_round,
    Arrow.CLOSE: _close_others,
}


def locked(season: Season) -> Season:
    return Season.objects.select_for_update().get(pk=season.pk)


def worded(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise InputError("admissions.reason-needed")
    return words


def key_of(actor: Actor) -> int | None:
    return int(actor.pk) if isinstance(actor, AbstractBaseUser) else None


def _waiting(season: Season, step: UUID | None) -> SeasonStep:
    rows = SeasonStep.objects.select_for_update(of=("self",)).select_related("asked_by")
    found = rows.filter(season=season, ended_at=None).first()
    if found is None or step not in {None, found.uid}:
        raise RuleError("admissions.no-step-waits")
    return found


def refuse_while_waiting(season: Season) -> None:
    """Refuse while a step waits for its second person, who must sign what was asked for."""
    found = SeasonStep.objects.filter(season=season, ended_at=None).first()
    if found is not None:
        raise RuleError("admissions.step-waits", step=found.get_arrow_display())


def record(
    season: Season, verb: str, *, actor: Actor, before: dict[str, object] | None, reason: str = ""
) -> None:
    after = audit.snapshot(season, AUDITED)
    audit.record(actor=actor, verb=verb, subject=season, before=before, after=after, reason=reason)
