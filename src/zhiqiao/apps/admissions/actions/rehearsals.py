"""A rehearsal: a closed season allocated once more by the rules as they are now."""

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions.lots import commit_to_lots
from zhiqiao.apps.admissions.actions.seasons import record
from zhiqiao.apps.admissions.choices import SeasonState
from zhiqiao.apps.admissions.models import LotterySeed, Season
from zhiqiao.apps.admissions.queries import result_to_rehearse
from zhiqiao.apps.admissions.rules import can_run_season, is_no_rehearsal, stands_at
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import RuleError


@transaction.atomic
def open_rehearsal(season: Season, *, actor: Actor) -> Season:
    """Open a rehearsal of a closed season, ready for its trial run.

    Nothing is copied: candidates, scores, choices, strike-outs and places of the first round are read
    where they are, the places as the published result had them.
    """
    require(can_run_season(actor))
    obey(is_no_rehearsal(season))
    obey(stands_at(season, [SeasonState.CLOSED]))
    if result_to_rehearse(season) is None:
        raise RuleError("admissions.nothing-to-rehearse")
    rehearsal = Season.objects.create(
        rehearsal_of=season,
        scheme=season.scheme,
        year=season.year,
        state=SeasonState.CHOICES_FROZEN,
        provenance=season.provenance,
        scores_sealed_at=season.scores_sealed_at,
        scores_digest=season.scores_digest,
        opened_at=timezone.now(),
    )
    if not LotterySeed.objects.filter(season=season, round=0).exists():
        commit_to_lots(rehearsal)
    record(rehearsal, "admissions.season.rehearsed", actor=actor, before=None)
    return rehearsal
