"""The seed by which ties are decided by lot: drawn and committed to once the choices are frozen."""

import secrets

from django.utils import timezone

from zhiqiao.apps.admissions.models import LotterySeed, Season
from zhiqiao.apps.admissions.rules import draws_lots
from zhiqiao.core.sealing import seal
from zhiqiao.engines.matching import commitment_of

# As text in the published bundle; 256 bits, so nobody finds it from its commitment.
SEED_BYTES = 32


def commit_to_lots(season: Season) -> LotterySeed | None:
    """Draw the seed of the present round where the scheme decides ties by lot.

    Afterwards neither choices nor seed can change, so nobody picks one to fit the other.
    """
    if not draws_lots(season):
        return None
    seed = secrets.token_hex(SEED_BYTES)
    return LotterySeed.objects.create(
        season=season,
        round=season.round,
        commitment=commitment_of(seed.encode()),
        seed_sealed=seal(seed),
        drawn_at=timezone.now(),
    )
