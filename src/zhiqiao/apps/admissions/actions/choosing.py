"""Choices: made and locked by the candidate alone, or by two persons for somebody who cannot."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions.candidates import record
from zhiqiao.apps.admissions.actions.seasons import key_of, worded
from zhiqiao.apps.admissions.choices import Made
from zhiqiao.apps.admissions.models import (
    AssistedChoices,
    Candidate,
    ChoiceChange,
    ChoiceList,
    PlaceLine,
    Season,
    WindowExtension,
)
from zhiqiao.apps.admissions.rules import (
    can_run_season,
    can_sign,
    is_eligible,
    is_open_to,
    is_own,
    is_window_open,
)
from zhiqiao.apps.registry.queries import wholes_of
from zhiqiao.core.access import Actor, Verdict, obey, require
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError
from zhiqiao.core.models import StoredFile


@transaction.atomic
def save_choices(
    candidate: Candidate, lines: Sequence[int], *, version: int, choice_code: str, actor: Actor
) -> ChoiceList:
    """Save a draft over the version that the candidate had in view."""
    candidate, held = _opened(candidate, actor, version=version, choice_code=choice_code)
    return _keep(held, candidate, lines, actor=actor)


@transaction.atomic
def lock_choices(
    candidate: Candidate, *, version: int, choice_code: str, actor: Actor
) -> ChoiceList:
    """Close the list for good; the receipt is the digest of exactly what was locked."""
    candidate, held = _opened(candidate, actor, version=version, choice_code=choice_code)
    if not held.lines:
        raise RuleError("admissions.choices-empty")
    held = _keep(held, candidate, held.lines, actor=actor, lock=True)
    record(candidate, "admissions.candidate.choices_locked", actor=actor, before=None)
    return held


def receipt_of(season: Season, held: ChoiceList, number: str) -> str:
    """Digest what a list says, in words that the candidate can compute again."""
    codes = dict(PlaceLine.objects.filter(pk__in=held.lines).values_list("pk", "code"))
    return sha256(receipt_text(season, held, number, codes).encode()).hexdigest()


def receipt_text(season: Season, held: ChoiceList, number: str, codes: Mapping[int, str]) -> str:
    told = {
        "season": f"{season.scheme} {season.year}",
        "round": held.round,
        "candidate": number,
        "version": held.version,
        "choices": [codes[line] for line in held.lines],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _opened(
    candidate: Candidate, actor: Actor, *, version: int, choice_code: str
) -> tuple[Candidate, ChoiceList]:
    """Hold the list for the candidate who signed in and knows the choice code."""
    require(is_own(actor, candidate))
    candidate = _locked(candidate)
    if not check_password(choice_code.strip(), candidate.choice_code):
        raise RefusedError("admissions.choice-code-wrong")
    held = _held(candidate)
    if held.version != version:
        raise RuleError("admissions.choices-changed")
    return candidate, held


def _held(candidate: Candidate) -> ChoiceList:
    """Return the candidate's list of the present round, open for changes now."""
    _require_open(candidate)
    held, _is_new = ChoiceList.objects.select_for_update().get_or_create(
        candidate=candidate,
        round=candidate.season.round,
        defaults={"changed_at": timezone.now()},
    )
    return held


def _require_open(candidate: Candidate) -> None:
    season = candidate.season
    obey(is_eligible(candidate))
    obey(is_window_open(season, now=timezone.now(), until=window_end(candidate)))
    held = ChoiceList.objects.filter(candidate=candidate, round=season.round)
    if held.filter(locked_at__isnull=False).exists():
        raise RuleError("admissions.choices-locked")


def window_end(candidate: Candidate) -> datetime | None:
    """Return until when the candidate may choose: the latest that holds for the district.

    Of several extensions of one district the last granted holds, so that a mistaken one is corrected.
    """
    season = candidate.season
    rows = WindowExtension.objects.filter(
        season=season, round=season.round, region__in=wholes_of(candidate.region_id)
    )
    extended = dict(rows.order_by("id").values_list("region", "until"))
    ends = [end for end in (season.choices_until, *extended.values()) if end is not None]
    return max(ends, default=None)


def window_of(candidate: Candidate) -> Verdict:
    """Say whether the candidate may choose now, and if not, why."""
    until = window_end(candidate)
    return is_window_open(candidate.season, now=timezone.now(), until=until)


def _keep(
    held: ChoiceList,
    candidate: Candidate,
    lines: Sequence[int],
    *,
    actor: Actor,
    lock: bool = False,
    assisted: AssistedChoices | None = None,
) -> ChoiceList:
    season = candidate.season
    now = timezone.now()
    held.lines = ordered(candidate, lines)
    held.version += 1
    held.made = Made.ASSISTED if assisted else Made.OWN
    held.changed_at = now
    if lock:
        held.locked_at, held.receipt = now, receipt_of(season, held, candidate.number)
        candidate.locked_round = season.round
        candidate.save(update_fields=["locked_round"])
    held.save()
    ChoiceChange.objects.create(
        candidate=candidate,
        round=season.round,
        version=held.version,
        lines=held.lines,
        made=held.made,
        is_lock=lock,
        made_by_id=assisted.asked_by_id if assisted else key_of(actor),
        second_id=key_of(actor) if assisted else None,
        form=assisted.form if assisted else "",
        at=now,
    )
    return held


def ordered(candidate: Candidate, lines: Sequence[int]) -> list[int]:
    """Check a list against the programmes open to the candidate; batches in their order.

    Inside of a batch the order stays as it was given.
    """
    scheme = candidate.season.rules
    found = {
        line.pk: line for line in PlaceLine.objects.filter(pk__in=lines, season=candidate.season)
    }
    regions = wholes_of(candidate.region_id)
    by_batch: dict[str, list[int]] = {batch.id: [] for batch in scheme.batches}
    for key in lines:
        line = found.get(key)
        if line is None:
            raise MissingError("admissions.missing")
        if not is_open_to(line, candidate, regions=regions):
            raise InputError("admissions.not-open-to-you", programme=line.code)
        if key in by_batch[line.batch]:
            raise InputError("admissions.choice-twice", programme=line.code)
        by_batch[line.batch].append(key)
    for batch in scheme.batches:
        given = len(by_batch[batch.id])
        if given > batch.list_limit:
            raise InputError("admissions.too-many-choices", batch=batch.id, limit=batch.list_limit,
                             given=given)  # fmt: skip
    return [key for keys in by_batch.values() for key in keys]


@transaction.atomic
def ask_assisted(
    candidate: Candidate,
    lines: Sequence[int],
    *,
    form: str,
    why: str,
    actor: Actor,
    scan: StoredFile | None = None,
) -> AssistedChoices:
    """Write in what a signed form says, for somebody who cannot; it counts once a second confirms."""
    require(can_run_season(actor))
    candidate = _locked(candidate)
    _require_open(candidate)
    if not lines:
        raise RuleError("admissions.choices-empty")
    asked = AssistedChoices(
        candidate=candidate,
        round=candidate.season.round,
        lines=ordered(candidate, lines),
        form=worded(form),
        scan=scan,
        why=worded(why),
        asked_by_id=key_of(actor),
        asked_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        raise RuleError("admissions.assistance-waits") from error
    verb = "admissions.candidate.choices_assistance_asked"
    record(candidate, verb, actor=actor, before=None, reason=asked.form)
    return asked


@transaction.atomic
def confirm_assisted(asked: AssistedChoices, *, actor: Actor) -> ChoiceList:
    """Confirm, as the second person, that the list is that of the form; it is locked with it."""
    asked = _waiting(asked)
    require(can_sign(actor, asked_by=asked.asked_by_id, is_lead_needed=False))
    candidate = _locked(asked.candidate)
    if asked.round != candidate.season.round:
        raise RuleError("admissions.no-assistance-waits")
    held = _keep(_held(candidate), candidate, asked.lines, actor=actor, lock=True, assisted=asked)
    asked.confirmed_by_id, asked.ended_at = key_of(actor), timezone.now()
    asked.save(update_fields=["confirmed_by", "ended_at"])
    verb = "admissions.candidate.choices_assisted"
    record(candidate, verb, actor=actor, before=None, reason=asked.form)
    return held


@transaction.atomic
def refuse_assisted(asked: AssistedChoices, *, reason: str, actor: Actor) -> AssistedChoices:
    """Refuse or take back what waits; the list of the candidate stays as it is."""
    require(can_run_season(actor))
    asked = _waiting(asked)
    asked.refused_by_id, asked.refusal = key_of(actor), worded(reason)
    asked.ended_at = timezone.now()
    asked.save(update_fields=["refused_by", "refusal", "ended_at"])
    verb = "admissions.candidate.choices_assistance_refused"
    record(asked.candidate, verb, actor=actor, before=None, reason=asked.refusal)
    return asked


def _waiting(asked: AssistedChoices) -> AssistedChoices:
    rows = AssistedChoices.objects.select_for_update(of=("self",)).select_related("candidate")
    found = rows.get(pk=asked.pk)
    if found.ended_at is not None:
        raise RuleError("admissions.no-assistance-waits")
    return found


def _locked(candidate: Candidate) -> Candidate:
    rows = Candidate.objects.select_for_update(of=("self",)).select_related("season", "person")
    return rows.get(pk=candidate.pk)
