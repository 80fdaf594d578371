"""Freezing the board, and keeping the history of its values."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.plan.models import BoardFreeze, FigurePoint, ReportedFigure
from zhiqiao.apps.plan.queries.board import REVISION, figure_json, judged_json
from zhiqiao.apps.plan.queries.figures import Figure, compute_figures
from zhiqiao.apps.plan.queries.freezes import digest_of
from zhiqiao.apps.plan.rules import can_freeze_board
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.citations import cite
from zhiqiao.core.dates import today
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.policy import current_pack
from zhiqiao.core.revisions import bump


@transaction.atomic
def freeze_board(*, actor: Actor, label: str, reason: str = "") -> BoardFreeze:
    """Keep today's board with its inputs, parameters and explanations; nothing later moves it.

    It waits for writes that are under way and holds later ones back, so that all figures are of one
    moment.
    """
    require(can_freeze_board(actor))
    bump(REVISION)
    pack = current_pack()
    content = {
        "figures": [
            {
                **figure_json(figure),
                "definition": figure.target.model_dump(mode="json"),
                "started": pack.issued.isoformat(),
                "judged": judged_json(figure),
            }
            for figure in compute_figures(pack, today=today())
        ]
    }
    freeze = BoardFreeze.objects.create(
        label=label,
        reason=reason,
        frozen_at=timezone.now(),
        frozen_by_id=actor.pk if actor else None,
        pack_id=pack.id,
        pack_version=pack.version,
        pack_digest=pack.digest,
        content=content,
        digest=digest_of(content),
    )
    after = {"label": label, "digest": freeze.digest}
    audit.record(
        actor=actor,
        verb="plan.board.frozen",
        subject=freeze,
        before=None,
        after=after,
        reason=reason,
    )
    return freeze


def record_figures(cause: AuditEntry | None) -> list[FigurePoint]:
    """Add one point for each target whose figure differs from its last point; runs in the change's transaction."""
    pack = current_pack()
    latest = {
        point.target: point
        for point in FigurePoint.objects.order_by("target", "-id").distinct("target")
    }
    moved = [
        figure
        for figure in compute_figures(pack, today=today())
        if _differs(figure, latest.get(figure.target.id))
    ]
    return FigurePoint.objects.bulk_create(
        _point(figure, pack_digest=pack.digest, cause=cause) for figure in moved
    )


def _differs(figure: Figure, point: FigurePoint | None) -> bool:
    if point is None:
        return True
    then = (point.value, point.bound, point.status, point.list_state, point.pending)
    return then != (
        _stored(figure.value),
        figure.bound.value,
        figure.status.value,
        figure.list_state.value,
        figure.pending,
    )


def _point(figure: Figure, *, pack_digest: str, cause: AuditEntry | None) -> FigurePoint:
    return FigurePoint(
        target=figure.target.id,
        recorded_at=timezone.now(),
        pack_digest=pack_digest,
        value=_stored(figure.value),
        bound=figure.bound.value,
        status=figure.status.value,
        list_state=figure.list_state.value,
        pending=figure.pending,
        cause=cause,
    )


def _stored(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.000001"))


def record_reported_figures(
    batch: ImportBatch, actor: Actor, progress: Progress
) -> Mapping[str, int]:
    """Write the rows of an import of published figures; one row a code, the latest words win."""
    known = {row.code: row for row in ReportedFigure.objects.all()}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for _number, values in staging.rows(batch):
        counts[_write_reported(values, known, actor)] += 1
        progress.advance()
    bump(REVISION)
    return counts


def _write_reported(
    values: Mapping[str, Any], known: Mapping[str, ReportedFigure], actor: Actor
) -> str:
    fields = _reported_fields(values)
    figure = known.get(values["code"])
    if figure is None:
        figure = ReportedFigure.objects.create(code=values["code"], **fields)
        _audit_reported(figure, actor, before=None, fields=fields)
        return "added"
    before = audit.snapshot(figure, fields)
    for name, value in fields.items():
        setattr(figure, name, value)
    if audit.snapshot(figure, fields) == before:
        return "unchanged"
    figure.save(update_fields=list(fields))
    _audit_reported(figure, actor, before=before, fields=fields)
    return "changed"


def _audit_reported(
    figure: ReportedFigure,
    actor: Actor,
    *,
    before: Mapping[str, Any] | None,
    fields: Iterable[str],
) -> None:
    after = audit.snapshot(figure, fields)
    audit.record(
        actor=actor,
        verb="plan.reported_figure.recorded",
        subject=figure,
        before=before,
        after=after,
    )


def _reported_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    citation = cite(
        title=values["source_title"], url=values["source_url"], confidence=values["confidence"]
    )
    names = (
        "title_zh",
        "title_en",
        "value",
        "words",
        "unit_zh",
        "unit_en",
        "as_of",
        "scope",
        "target",
    )
    return {
        **{name: values[name] for name in names},
        "value": None if values["value"] is None else Decimal(values["value"]),
        "organisation_name": values["organisation"],
        "is_aim": values["aim"] == "yes",
        "provenance": "public-source",
        "citation": citation,
    }
