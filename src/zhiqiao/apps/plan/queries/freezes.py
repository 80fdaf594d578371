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
    """Compute the value and what the status was judged by; early freezes judged by the value alone."""
    same = {name: row[name] for name in ("value", "bound", "list_state")}
    judged = row.get("judged", same | {"steps": row["explanation"]["steps"]})
    return (
        _replays(row, row["explanation"]["steps"])
        and _replays(judged, judged["steps"])
        and _status_again(row, judged).value == row["status"]
    )


def _replays(shown: dict[str, Any], steps: Any) -> bool:
    value = formula.replay(trace.from_json(steps))
    stated = shown["value"] if Bound(shown["bound"]) is not Bound.NONE else None
    again = None if stated is None or value is None else json_number(Decimal(str(value)))
    return again == stated


def _status_again(row: dict[str, Any], judged: dict[str, Any]) -> Any:
    bound, value = Bound(judged["bound"]), judged["value"]
    return target_status(
        Target.model_validate(row["definition"]),
        None if value is None or bound is Bound.NONE else Decimal(str(value)),
        bound=bound,
        list_state=ListState(judged["list_state"]),
        today=date.fromisoformat(row["as_of"]),
        started=date.fromisoformat(row["started"]),
    )
