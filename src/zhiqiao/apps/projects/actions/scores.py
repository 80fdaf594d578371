"""Keeping the scores of a call beside each other; nothing replaces the official one."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.engine_io.scoring import Figures, Scored, score_call
from zhiqiao.apps.projects.models import Call, ReviewFlag, Scoring, Standing
from zhiqiao.apps.projects.queries.scores import eliminations_of, needs_another
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require

CHUNK = 2_000


@transaction.atomic
def compute_scores(call: Call, *, actor: Actor) -> int:
    """Compute every score anew from the reviews that are there; how many applications have one.

    Proposals stay as they are: what is proposed is a person's. What the engine's own check does not
    accept is not kept.
    """
    require(can_run_calls(actor))
    rows = list(Standing.objects.select_for_update().filter(application__call=call))
    scored, now = score_call(call), timezone.now()
    _keep_standings(call, rows, scored, now)
    _keep_flags(call, scored, now)
    after = {
        "applications": len(scored.applications),
        "flags": len(scored.flags),
        "ridge": scored.figures["ridge"],
    }
    verb = "projects.scores.computed"
    audit.record(actor=actor, verb=verb, subject=call, before=None, after=after)
    return len(scored.applications)


def _keep_standings(call: Call, rows: list[Standing], scored: Scored, now: datetime) -> None:
    out = eliminations_of(call)
    for row in rows:
        key = row.application_id
        one = scored.applications.get(key)
        row.official = one.official if one else None
        row.rank = one.ranks["official"] if one else None
        row.figures = _kept(call, one, out.get(key, 0)) if one else {}
        row.computed_at = now
    Standing.objects.bulk_update(
        rows, ["official", "rank", "figures", "computed_at"], batch_size=CHUNK
    )


def _kept(call: Call, one: Figures, eliminations: int) -> dict[str, object]:
    """Return the figures with what a person should look at, so that no page reads all reviews."""
    found = {**asdict(one), "eliminations": eliminations}
    if needs_another(call, reviews=one.reviews, spread=one.spread):
        found["needs_another"] = True
    return found


def _keep_flags(call: Call, scored: Scored, now: datetime) -> None:
    kept = {"figures": dict(scored.figures), "computed_at": now}
    scoring, _made = Scoring.objects.update_or_create(call=call, defaults=kept)
    scoring.flags.all().delete()
    ReviewFlag.objects.bulk_create(
        (
            ReviewFlag(
                scoring=scoring,
                review_id=one.review,
                other_id=one.other,
                kind=one.kind,
                figure=one.figure,
                threshold=one.threshold,
                number=one.number,
            )
            for one in scored.flags
        ),
        batch_size=CHUNK,
    )
