"""The drawing of the home page: a bridge with one hanger for each target of the plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhiqiao.apps.plan.queries import board_strip

WIDTH = 1000
DECK = 128
TOWER_TOP = 14
TOWERS = (250, 750)
LOWEST = 104
MARGIN = 52

Figure = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Hanger:
    """One target: where it hangs and how it stands."""

    x: int
    top: int
    bottom: int
    status: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The board in few words: the drawing, the tally, and the figures that lead somewhere."""

    hangers: tuple[Hanger, ...]
    tally: tuple[tuple[str, int], ...]
    shown: tuple[Figure, ...]
    total: int


def strip(language: str, *, shown: int = 8) -> Strip:
    """Return the board's strip; figures that have a value come first, in the plan's order."""
    figures = board_strip(language)
    known = sorted(figures, key=lambda figure: figure["value"] is None)
    return Strip(
        hangers=hangers([str(figure["status"]) for figure in figures]),
        tally=tuple(Counter(str(figure["status"]) for figure in figures).most_common()),
        shown=tuple(known[:shown]),
        total=len(figures),
    )


def hangers(statuses: Sequence[str]) -> tuple[Hanger, ...]:
    """Return the hangers, evenly spaced along the deck, each cut at the cable above it."""
    step = (WIDTH - 2 * MARGIN) / max(1, len(statuses) - 1)
    places = [round(MARGIN + number * step) for number in range(len(statuses))]
    return tuple(
        Hanger(x, _cable(x), DECK, status) for x, status in zip(places, statuses, strict=True)
    )


def _cable(x: int) -> int:
    """Return the height of the cable: a parabola between the towers, a straight line outside."""
    left, right = TOWERS
    if left <= x <= right:
        middle, half = (left + right) / 2, (right - left) / 2
        return round(LOWEST - (LOWEST - TOWER_TOP) * ((x - middle) / half) ** 2)
    outside = left - x if x < left else x - right
    return round(TOWER_TOP + (DECK - TOWER_TOP) * outside / left)
