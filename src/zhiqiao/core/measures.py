"""Named, typed counts that packs may use; the apps that hold the rows register them here."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from zhiqiao.core.reach import SYSTEM, reaching

if TYPE_CHECKING:
    from zhiqiao.engines.trace import Record
    from zhiqiao.packs import Measure


T = TypeVar("T")


class Bound(StrEnum):
    EXACT = "exact"
    AT_LEAST = "at-least"
    NONE = "none"


class ListState(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"
    NOT_LOADED = "not-loaded"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True)
class Count:
    """What may be said about one measure.

    ``value`` is None when nothing may be said; it is never 0 for a list that was not loaded.
    ``pending`` rows wait for a person, ``undated`` rows cannot be placed before a date.
    """

    value: int | None
    bound: Bound
    list_state: ListState
    pending: int = 0
    undated: int = 0
    records: "tuple[Record, ...]" = ()
    coverage: tuple[int, int] | None = None


NOTHING_KNOWN = Count(None, Bound.NONE, ListState.NO_DATA)


class MeasureSource(Protocol):
    def __call__(
        self, measures: "Sequence[Measure]", *, area: str, at: date | None
    ) -> Mapping[str, Count]: ...


_SOURCES: dict[str, MeasureSource] = {}


def measure_source(name: str) -> Callable[[MeasureSource], MeasureSource]:
    def kept(source: MeasureSource) -> MeasureSource:
        _SOURCES[name] = source
        return source

    return kept


def evaluate(
    measures: "Iterable[Measure]", *, area: str, at: date | None = None
) -> Mapping[str, Count]:
    """Ask each source once for all of its measures; an unknown source knows nothing.

    Figures are the same for whoever asks first, so sources reach every row; what they name as records
    is what everybody may know of.
    """
    grouped: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        grouped[measure.source].append(measure)
    counts: dict[str, Count] = {}
    with asked_together(), reaching(SYSTEM):
        for name, wanted in grouped.items():
            source = _SOURCES.get(name)
            answered = source(wanted, area=area, at=at) if source else {}
            counts |= {m.name: answered.get(m.name, NOTHING_KNOWN) for m in wanted}
    return counts


_answers: ContextVar[dict[Hashable, object] | None] = ContextVar("answers", default=None)


@contextmanager
def asked_together() -> Iterator[None]:
    """Let evaluations inside ask the database once for what they all need; see `once`."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once(key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made for a key in the same evaluation, else make it; outside of one always."""
    answers = _answers.get()
    if answers is None:
        return make()
    if key not in answers:
        answers[key] = make()
    return cast("T", answers[key])
