"""What must be there before a season takes a step, and what the step rests on."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.db.models import Q
from django.utils import timezone

from zhiqiao.apps.admissions.choices import AppealState, Arrow, RequestState
from zhiqiao.apps.admissions.models import (
    UNDECIDED,
    Appeal,
    ChoiceList,
    LotterySeed,
    PlaceLine,
    Privilege,
    Recheck,
    Season,
    StrikeOut,
    WindowExtension,
)
from zhiqiao.apps.admissions.rules import draws_lots, written
from zhiqiao.core.errors import RuleError
from zhiqiao.engines.merkle import leaf_hash, root_of


def require_ready(season: Season, arrow: str, *, today: date) -> None:
    """Raise what is still missing for a step."""
    for condition in CONDITIONS.get(arrow, ()):
        condition(season, today)


def _no_request_waits(season: Season, _today: date) -> None:
    waiting = PlaceLine.objects.filter(season=season, state=RequestState.SUBMITTED).count()
    if waiting:
        raise RuleError("admissions.places-wait", number=waiting)


def _places_are_there(season: Season, _today: date) -> None:
    if not PlaceLine.objects.filter(season=season, places__gt=0).exists():
        raise RuleError("admissions.no-places")


def _window_is_set(season: Season, _today: date) -> None:
    if season.choices_from is None or season.choices_until is None:
        raise RuleError("admissions.window-missing")


def _window_is_over(season: Season, _today: date) -> None:
    ends = [season.choices_until] if season.choices_until else []
    extended = WindowExtension.objects.filter(season=season, round=season.round).order_by("id")
    ends += dict(extended.values_list("region", "until")).values()
    if ends and timezone.now() < max(ends):
        raise RuleError("admissions.window-open", until=written(max(ends)))


def _scores_are_sealed(season: Season, _today: date) -> None:
    if season.scores_sealed_at is None:
        raise RuleError("admissions.scores-open")


def _seed_is_committed(season: Season, _today: date) -> None:
    seeds = LotterySeed.objects.filter(season__in=[season, season.source], round=season.round)
    if draws_lots(season) and not seeds.exists():
        raise RuleError("admissions.no-seed")


def _strike_outs_are_decided(season: Season, _today: date) -> None:
    waiting = StrikeOut.objects.filter(
        candidate__season=season, round=season.round, is_approved=None
    ).count()
    if waiting:
        raise RuleError("admissions.strike-outs-wait", number=waiting)


def _privileges_are_decided(season: Season, _today: date) -> None:
    waiting = Privilege.objects.filter(candidate__season=season, state__in=UNDECIDED).count()
    if waiting:
        raise RuleError("admissions.privileges-wait", number=waiting)


def _rechecks_are_answered(season: Season, _today: date) -> None:
    rows = Recheck.objects.filter(candidate__season=season, state=AppealState.FILED)
    waiting = rows.count()
    if waiting:
        raise RuleError("admissions.rechecks-wait", number=waiting)


def _appeals_are_over(season: Season, today: date) -> None:
    waiting = Appeal.objects.filter(Q(state=AppealState.FILED), candidate__season=season).count()
    until = season.appeals_until
    if waiting or (until is not None and today <= until):
        raise RuleError("admissions.appeals-open", until=str(until or "—"), number=waiting)


Condition = Callable[[Season, date], None]
CONDITIONS: Mapping[str, tuple[Condition, ...]] = {
    Arrow.FREEZE_PLACES: (_no_request_waits, _places_are_there),
    Arrow.OPEN_CHOICES: (_window_is_set,),
    Arrow.FREEZE_CHOICES: (_window_is_over,),
    Arrow.RUN_TRIAL: (_scores_are_sealed, _seed_is_committed),
    Arrow.RUN_FINAL: (
        _scores_are_sealed,
        _rechecks_are_answered,
        _strike_outs_are_decided,
        _privileges_are_decided,
    ),
    Arrow.PUBLISH: (_rechecks_are_answered,),
    Arrow.CORRECT: (_scores_are_sealed,),
    Arrow.CLOSE: (_rechecks_are_answered, _appeals_are_over),
}


def digest_for(season: Season, arrow: str) -> str:
    """Return the root over what a step rests on; nothing for steps that rest on no table."""
    maker = None if season.is_rehearsal else _DIGESTS.get(arrow)
    return maker(season) if maker else ""


def places_digest(season: Season) -> str:
    rows = PlaceLine.objects.filter(season=season, state=RequestState.APPROVED)
    return root_of_texts(f"{code}={places}" for code, places in rows.values_list("code", "places"))


def choices_digest(season: Season) -> str:
    """Return the root over the lists as they stand, locked or not."""
    rows = ChoiceList.objects.filter(candidate__season=season, round=season.round)
    listed = rows.values_list("candidate__number", "lines")
    return root_of_texts(
        f"{number}={','.join(map(str, lines))}" for number, lines in listed.iterator()
    )


def root_of_texts(texts: Iterable[str]) -> str:
    leaves = [leaf_hash(text.encode()) for text in sorted(texts)]
    return root_of(leaves).hex() if leaves else hashlib.sha256(b"").hexdigest()


_DIGESTS: Mapping[str, Callable[[Season], str]] = {
    Arrow.FREEZE_PLACES: places_digest,
    Arrow.FREEZE_CHOICES: choices_digest,
    Arrow.RUN_FINAL: places_digest,
}
