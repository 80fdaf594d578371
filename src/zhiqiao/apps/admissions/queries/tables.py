"""The tables by which a season is filled, and those that a person brought in."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhiqiao.apps.admissions.choices import SeasonState
from zhiqiao.apps.admissions.models import Season
from zhiqiao.apps.admissions.rules import BEFORE_RUNS, ENTERING, LINES_DRAWN_IN
from zhiqiao.core.access import Actor
from zhiqiao.core.imports import ImportSpec
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.queries import batches_visible_to, specs_visible_to, title_of

# In which states a season takes rows of a table.
TAKEN_IN: Mapping[str, frozenset[SeasonState]] = {
    "admissions.places": frozenset({SeasonState.DRAFT}),
    "admissions.candidates": ENTERING,
    "admissions.scores": BEFORE_RUNS,
    "admissions.results": BEFORE_RUNS,
    "admissions.control_lines": LINES_DRAWN_IN,
}
SEALED = frozenset({"admissions.scores", "admissions.results"})
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Brought:
    """A table that somebody brought in for a season."""

    batch: ImportBatch
    title: str


def tables_taken(user: Actor, season: Season) -> list[ImportSpec]:
    """Return the tables whose rows the season takes as it stands, for whoever may bring them in."""
    if season.is_rehearsal:
        return []
    return [
        one
        for one in specs_visible_to(user)
        if season.state in TAKEN_IN.get(one.key, ())
        and not (one.key in SEALED and season.scores_sealed_at)
    ]


def tables_brought(user: Actor, season: Season) -> list[Brought]:
    """Return the tables that the person brought in for the season, the latest first."""
    rows = batches_visible_to(user).filter(spec__in=TAKEN_IN, options__season=season.pk)
    return [Brought(batch, title_of(batch)) for batch in rows[:SHOWN]]
