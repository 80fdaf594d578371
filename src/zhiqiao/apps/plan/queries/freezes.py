"""Frozen boards: what was said on a day, and whether it can still be computed from what was kept."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from zhiqiao.apps.plan.models import BoardFreeze, ReportedFigure
from zhiqiao.apps.plan.queries.board import json_number
from zhiqiao.apps.plan.rules import target_status
from zhiqiao.core.access import Actor
from zhiqiao.core.measures import Bound, ListState
from zhiqiao.engines import formula, trace
from zhiqiao.packs import Target


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out when a frozen board was computed again from its own content."""

    intact: bool
    differing: tuple[str, ...]


def freezes_visible_to(_actor: Actor) -> QuerySet[BoardFreeze]:
    """Frozen boards are public: they are what the bureau has said."""
    return BoardFreeze.objects.select_related("frozen_by")


def reported_figures_visible_to(_actor: Actor) -> QuerySet[ReportedFigure]:
    """Figures that others published are public; demonstration rows are never among them."""
    return ReportedFigure.objects.select_related("citation").exclude(provenance="demonstration")


def digest_of(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def replay_freeze(freeze: BoardFreeze) -> Replay:
    """Compute every frozen figure again from its explanation alone and compare.

    Neither today's records nor today's pack are read, so a later change of either cannot move a
    figure that was published.
    """
    differing = tuple(row["id"] for row in freeze.content["figures"] if not _agrees(row))
    return Replay(intact=digest_of(freeze.content) == freeze.digest, differing=differing)


def _agrees(row: dict[str, Any]) -> bool:
    step = trace.from_json(row["explanation"]["steps"])
    value = formula.replay(step)
    shown = row["value"] if Bound(row["bound"]) is not Bound.NONE else None
    again = None if shown is None or value is None else json_number(Decimal(str(value)))
    return again == shown and _status_again(row, again).value == row["status"]


def _status_again(row: dict[str, Any], value: float | None) -> Any:
    return target_status(
        Target.model_validate(row["definition"]),
        None if value is None else Decimal(str(value)),
        bound=Bound(row["bound"]),
        list_state=ListState(row["list_state"]),
        today=date.fromisoformat(row["as_of"]),
        started=date.fromisoformat(row["started"]),
    )
