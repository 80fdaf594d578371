"""Who moved because of whom between two runs: the engine's chains, with the rows that they name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.models import Candidate, PlaceLine, Run
from zhiqiao.apps.admissions.queries import changed_places
from zhiqiao.engines.matching.displacement import Chain, End, displacements

ENDS: dict[End, Promise] = {
    End.FREE: _("The last one takes a place that nobody had."),
    End.OUT: _("The last one has no place any more."),
    End.ROUND: _("The last one takes the place of the first."),
}


@dataclass(frozen=True, slots=True)
class MoveTold:
    """A candidate with the programmes left and entered, and whose place it was; nothing is no place.

    ``displaced`` is nobody at the end of a chain.
    """

    candidate: Candidate
    left: PlaceLine | None
    entered: PlaceLine | None
    displaced: Candidate | None


@dataclass(frozen=True, slots=True)
class ChainTold:
    """Moves in order: each candidate takes the place that the next one leaves."""

    number: int
    moves: tuple[MoveTold, ...]
    end: Promise


@dataclass(frozen=True, slots=True)
class Chains:
    """All chains between two runs, by indices into the keys of candidates and programmes."""

    chains: Sequence[Chain]
    candidates: Sequence[int]
    lines: Sequence[int]


def chains_between(before: Run, after: Run) -> Chains:
    """Return who displaced whom from one run to the other. O(changes · log changes)."""
    changed = changed_places(before, after)
    lines = sorted({key for _candidate, *both in changed for key in both if key is not None})
    at: dict[int | None, int] = {key: index for index, key in enumerate(lines)} | {None: -1}
    was = np.array([at[left] for _candidate, left, _entered in changed], np.int32)
    now = np.array([at[entered] for _candidate, _left, entered in changed], np.int32)
    return Chains(displacements(was, now), [candidate for candidate, *_both in changed], lines)


def chains_told(found: Chains, shown: Sequence[tuple[int, Chain]]) -> list[ChainTold]:
    """Name the candidates and programmes of some numbered chains."""
    moves = [move for _number, chain in shown for move in chain.moves]
    people = Candidate.objects.in_bulk([found.candidates[move.candidate] for move in moves])
    places = {place for move in moves for place in (move.left, move.entered) if place >= 0}
    lines = PlaceLine.objects.select_related("school").in_bulk([found.lines[at] for at in places])

    def line_at(place: int) -> PlaceLine | None:
        return lines[found.lines[place]] if place >= 0 else None

    told = []
    for number, chain in shown:
        named = [people[found.candidates[move.candidate]] for move in chain.moves]
        rows = zip(named, chain.moves, [*named[1:], None], strict=True)
        told.append(
            ChainTold(
                number,
                tuple(
                    MoveTold(who, line_at(m.left), line_at(m.entered), to) for who, m, to in rows
                ),
                ENDS[chain.end],
            )
        )
    return told
