"""Keeping the scores of a call beside each other; nothing replaces the official one."""

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.models import Call, Standing
from zhiqiao.apps.projects.queries.scores import eliminations_of, totals_of
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.apps.projects.rules.standings import figures_of
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
    out, now = eliminations_of(call), timezone.now()
    rows = list(Standing.objects.select_for_update().filter(application__call=call))
    for row in rows:
        one = figures.get(row.application_id)
        row.official = one.official if one else None
        row.rank = one.ranks["official"] if one else None
        eliminations = out.get(row.application_id, 0)
        row.figures = {**asdict(one), "eliminations": eliminations} if one else {}
        row.computed_at = now
    Standing.objects.bulk_update(
        rows, ["official", "rank", "figures", "computed_at"], batch_size=CHUNK
    )
    after = {"applications": len(figures)}
    verb = "projects.scores.computed"
    audit.record(actor=actor, verb=verb, subject=call, before=None, after=after)
    return len(figures)
