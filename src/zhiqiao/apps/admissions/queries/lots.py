"""Seeds by which ties are decided by lot: their commitments at once, the seeds after publication."""

from dataclasses import dataclass
from datetime import datetime

from zhiqiao.apps.admissions.models import LotterySeed, Run, Season
from zhiqiao.core.sealing import unseal


@dataclass(frozen=True, slots=True)
class SeedTold:
    """The commitment of a round, and the seed once a run of the round is published."""

    round: int
    commitment: str
    drawn_at: datetime
    seed: str = ""


def seeds_of(season: Season) -> list[SeedTold]:
    """Return what everybody may know of the lots of a season, round by round."""
    seeds = list(LotterySeed.objects.filter(season=season))
    if not seeds:
        return []
    rows = Run.objects.filter(season=season, published_at__isnull=False)
    opened = set(rows.values_list("round", flat=True))
    return [
        SeedTold(
            drawn.round,
            drawn.commitment,
            drawn.drawn_at,
            seed=unseal(drawn.seed_sealed) if drawn.round in opened else "",
        )
        for drawn in seeds
    ]


def is_seed_sealed(season: Season, number: int) -> bool:
    """Say whether the lots of a round are drawn by a seed that nobody may know yet."""
    return any(told.round == number and not told.seed for told in seeds_of(season))
