"""Keeping the scores of a call beside each other; nothing replaces the official one."""

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.models import Call, Standing
from zhiqiao.apps.projects.queries.scores import (
    ODD,
    eliminations_of,
    needs_another,
    oddities_of,
    totals_of,
)
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.apps.projects.rules.standings import Figures, figures_of
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require

CHUNK = 2_000


@transaction.atomic
def compute_scores(call: Call, *, actor: Actor) -> int:
    """Compute every score anew from the reviews that are there; how many applications have one.

    Proposals stay as they are: what is proposed is a person's.
    """
    require(can_run_calls(actor))
    figures = figures_of(totals_of(call), places=call.places)
    out, odd, now = eliminations_of(call), oddities_of(call), timezone.now()
    rows = list(Standing.objects.select_for_update().filter(application__call=call))
    for row in rows:
        key = row.application_id
        one = figures.get(key)
        row.official = one.official if one else None
        row.rank = one.ranks["official"] if one else None
        row.figures = _kept(call, one, out.get(key, 0), odd.get(key, [])) if one else {}
        row.computed_at = now
    Standing.objects.bulk_update(
        rows, ["official", "rank", "figures", "computed_at"], batch_size=CHUNK
    )
    after = {"applications": len(figures)}
    verb = "projects.scores.computed"
    audit.record(actor=actor, verb=verb, subject=call, before=None, after=after)
    return len(figures)


def _kept(
    call: Call, one: Figures, eliminations: int, odd: list[tuple[str, int, str]]
) -> dict[str, object]:
    """Return the figures with what a person should look at, so that no page reads all reviews."""
    found = {**asdict(one), "eliminations": eliminations}
    if needs_another(call, reviews=one.reviews, spread=one.spread):
        found["needs_another"] = True
    return found | ({ODD: odd} if odd else {})
