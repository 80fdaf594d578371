"""What a candidate reads of how results became marks, and of what a prize or title adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

from zhiqiao.apps.admissions.engine_io.marks import Converted, columns_of, conversions_of
from zhiqiao.apps.admissions.engine_io.tables import batches_with_awards
from zhiqiao.apps.admissions.models import Candidate, ScoreSheet
from zhiqiao.packs import BesideSat, Combined, Text


@dataclass(frozen=True, slots=True)
class PointsTold:
    """One reported result, and what it comes to; nothing where nobody knows."""

    title: str
    given: str
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class ConversionTold:
    """An item whose mark comes from results: what each gives, what was sat, and what counts."""

    item: str
    points: tuple[PointsTold, ...]
    is_sum: bool
    is_instead: bool
    mark: Decimal | None
    sat: Decimal | None
    counts: Decimal | None
    note: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class RaiseTold:
    """A score that counts higher in a batch, by a prize or title that was granted."""

    batch: str
    score: str
    own: Decimal | None
    counts: Decimal


def conversions_told(candidate: Candidate, sheet: ScoreSheet) -> list[ConversionTold]:
    """Tell every conversion of a candidate's results in the words of the scheme."""
    kind = candidate.season.rules.exam_types[candidate.exam_type]
    entered = {name: Decimal(text) for name, text in (sheet.first or {}).items()}
    found = conversions_of(kind, entered, sheet.reported or {})
    return [_told(candidate, converted) for converted in found]


def _told(candidate: Candidate, converted: Converted) -> ConversionTold:
    kind = candidate.season.rules.exam_types[candidate.exam_type]
    conversion = converted.conversion
    return ConversionTold(
        item=_words(kind.items[conversion.item].title),
        points=tuple(
            PointsTold(_words(kind.results[name].title), given, points)
            for name, given, points in converted.points
        ),
        is_sum=conversion.combine == Combined.SUM,
        is_instead=conversion.beside_sat == BesideSat.RESULT,
        mark=converted.mark,
        sat=converted.sat,
        counts=converted.counts,
        note=_words(conversion.note) if conversion.note else "",
        is_checked=bool(conversion.checked_by),
    )


def raises_told(candidate: Candidate, sheet: ScoreSheet, awards: Sequence[str]) -> list[RaiseTold]:
    """Tell which scores count higher in which batch; nothing where no award was granted."""
    scheme = candidate.season.rules
    kind = scheme.exam_types[candidate.exam_type]
    marks = {name: Decimal(text) for name, text in (sheet.marks or {}).items()}
    own = columns_of(scheme, candidate.exam_type, marks, (), "")
    titles = {name: item.title for name, item in kind.items.items()}
    titles |= {name: total.title for name, total in kind.sums.items()}
    return [
        RaiseTold(_words(scheme.batch(batch).title), _words(titles[name]), own.get(name), value)
        for batch in (batches_with_awards(scheme) if awards else ())
        for name, value in columns_of(scheme, candidate.exam_type, marks, awards, batch).items()
        if value != own.get(name)
    ]


def _words(title: Text) -> str:
    return title.in_language(get_language() or "zh-hans")
