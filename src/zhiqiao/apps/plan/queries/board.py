"""The live board, computed once per change of the records and day."""

from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import Any

from django.db import connection
from django.utils import formats
from django.utils.translation import gettext as _

from zhiqiao.apps.plan.choices import Scope
from zhiqiao.apps.plan.models import FigurePoint, ReportedFigure
from zhiqiao.apps.plan.queries.figures import Figure, compute_figures
from zhiqiao.core.counted import counting_demonstration
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.measures import Bound, ListState
from zhiqiao.core.policy import current_pack
from zhiqiao.core.revisions import number
from zhiqiao.core.values import rounded_down
from zhiqiao.engines import trace
from zhiqiao.packs import Pack

REVISION = "plan"


@dataclass(frozen=True, slots=True)
class Board:
    pack: Pack
    revision: int
    figures: tuple[Figure, ...]
    reported: dict[str, tuple[ReportedFigure, ...]]
    provenance: Provenance | None = None

    @property
    def is_demonstration(self) -> bool:
        return self.provenance == Provenance.DEMONSTRATION

    @property
    def key(self) -> str:
        """Name what the board was computed from; pages that show it are cached under this."""
        day = self.figures[0].as_of.isoformat() if self.figures else ""
        return f"{self.pack.digest[:16]}-{self.revision}-{day}-{self.provenance or ''}"

    def figure(self, target_id: str) -> Figure | None:
        return next((f for f in self.figures if f.target.id == target_id), None)


_latest: dict[bool, tuple[tuple[object, ...], Board]] = {}
_lock = Lock()


def board(*, demonstration: bool = False) -> Board:
    """Give the board of today; it is the same object until a record or the day changes.

    It is computed from the real records or, when asked for, from those of the demonstration alone.
    Inside a transaction it is not kept: a change that is undone leaves no number behind, and the
    next change takes the same one.
    """
    pack, day, revision = current_pack(), today(), number(REVISION)
    key = (pack.digest, day, revision)
    known, kept = _latest.get(demonstration, (None, None))
    if kept is not None and known == key:
        return kept
    with counting_demonstration(wanted=demonstration):
        figures = compute_figures(pack, today=day)
    made = (
        Board(pack, revision, figures, {}, Provenance.DEMONSTRATION)
        if demonstration
        else Board(pack, revision, figures, _reported())
    )
    if connection.in_atomic_block:
        return made
    with _lock:
        _latest[demonstration] = (key, made)
    return made


def _reported() -> dict[str, tuple[ReportedFigure, ...]]:
    found: dict[str, list[ReportedFigure]] = {}
    rows = ReportedFigure.objects.select_related("citation").exclude(provenance="demonstration")
    for row in rows.exclude(target=""):
        found.setdefault(row.target, []).append(row)
    return {target: tuple(rows) for target, rows in found.items()}


def board_strip(language: str) -> list[dict[str, Any]]:
    """Give the few words of each target that the public home shows."""
    return [
        {
            "id": figure.target.id,
            "title": figure.target.title.in_language(language),
            "value": figure.value,
            "bound": figure.bound.value,
            "target": figure.target.value,
            "unit": figure.unit.in_language(language),
            "status": figure.status.value,
        }
        for figure in board().figures
    ]


def values_of_target(target_id: str) -> list[FigurePoint]:
    rows = FigurePoint.objects.filter(target=target_id).select_related("cause")
    return list(rows[:50])


def sentence(figure: Figure) -> str:
    """Say in one sentence what the figure means and why nothing more may be said."""
    if figure.value is None:
        return _without_value(figure)
    words = (
        _("At least %(value)s: the list is not complete or rows wait for a decision.")
        if figure.bound is Bound.AT_LEAST
        else _("Exactly %(value)s: the list is declared complete and every row is decided.")
    )
    said = words % {"value": plain_number(figure.value)}
    if figure.met_late:
        said += " " + _("The number was reached, but after the deadline.")
    return said


def _without_value(figure: Figure) -> str:
    if figure.list_state is ListState.NO_DATA:
        return _("No records of this kind are kept yet, so no number may be given.")
    if figure.list_state is ListState.NOT_LOADED:
        return _("No official list has been loaded, so no number may be given.")
    if figure.pending:
        return _(
            "%(pending)s rows wait for a person's decision and none is confirmed, "
            "so no number may be given."
        ) % {"pending": figure.pending}
    return _("The list is declared partial and no row counts, so no number may be given.")


def plain_number(value: Decimal) -> str:
    shown = rounded_down(value)
    return formats.number_format(shown.normalize() if shown % 1 else shown.to_integral_value())


def figure_json(figure: Figure, reported: tuple[ReportedFigure, ...] = ()) -> dict[str, Any]:
    """Give one row of ``zhiqiao board --format json``; missing is null, never zero."""
    target = figure.target
    return {
        "id": target.id,
        "article": target.article,
        "title": {"zh": target.title.zh, "en": target.title.en},
        "value": json_number(figure.value),
        "bound": figure.bound.value,
        "operator": target.operator,
        "target": json_number(target.value),
        "tolerance": json_number(target.tolerance),
        "unit": target.unit,
        "status": figure.status.value,
        "pending": figure.pending,
        "reported": [reported_json(row) for row in reported if row.scope == Scope.AREA],
        "deadline": target.deadline.isoformat(),
        "dated": target.dated,
        "value_at_deadline": json_number(figure.value_at_deadline),
        "bound_at_deadline": figure.bound_at_deadline.value,
        "met_late": figure.met_late,
        "undated": figure.undated,
        "list_state": figure.list_state.value,
        "numerator": json_number(figure.numerator),
        "denominator": json_number(figure.denominator),
        "coverage": figure.coverage[0] / figure.coverage[1] if figure.coverage else None,
        "as_of": figure.as_of.isoformat(),
        "explanation": {
            "sentence": sentence(figure),
            "formula": target.formula,
            "inputs": {name: count_json(count) for name, count in figure.counts.items()},
            "steps": trace.to_json(figure.explanation),
        },
    }


def judged_json(figure: Figure) -> dict[str, Any]:
    """Give what the status was judged by: the day of the deadline once it is past, else today."""
    step, state = figure.explanation_at_deadline, figure.list_state_at_deadline
    if step is None or state is None or figure.as_of <= figure.target.deadline:
        return _judged(figure.value, figure.bound, figure.list_state, figure.explanation)
    return _judged(figure.value_at_deadline, figure.bound_at_deadline, state, step)


def _judged(
    value: Decimal | None, bound: Bound, list_state: ListState, step: trace.Step
) -> dict[str, Any]:
    return {
        "value": json_number(value),
        "bound": bound.value,
        "list_state": list_state.value,
        "steps": trace.to_json(step),
    }


def count_json(count: Any) -> dict[str, Any]:
    return {
        "value": count.value,
        "bound": count.bound.value,
        "list_state": count.list_state.value,
        "pending": count.pending,
        "undated": count.undated,
    }


def reported_json(row: ReportedFigure) -> dict[str, Any]:
    return {
        "code": row.code,
        "title": {"zh": row.title_zh, "en": row.title_en},
        "value": json_number(row.value),
        "words": row.words,
        "scope": row.scope,
        "organisation": row.organisation_name,
        "as_of": row.as_of,
        "aim": row.is_aim,
        "source": row.citation.title,
    }


def json_number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
