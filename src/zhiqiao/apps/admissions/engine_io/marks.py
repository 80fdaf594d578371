"""Marks as the scheme reads them: sums, credited items, and what a prize raises in a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from zhiqiao.packs import (
    AdmissionScheme,
    BesideSat,
    Combined,
    Conversion,
    ExamType,
    ReportedResult,
)

Marks = Mapping[str, Decimal]
Reported = Mapping[str, str]
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion made of the results of one candidate.

    ``points`` holds for each result that was reported what it came to, or nothing where nobody knows;
    ``mark`` is what the results give together, ``counts`` what stands for the item.
    """

    conversion: Conversion
    points: tuple[tuple[str, str, Decimal | None], ...]
    mark: Decimal | None
    sat: Decimal | None
    counts: Decimal | None


def conversions_of(exam_type: ExamType, entered: Marks, reported: Reported) -> list[Converted]:
    """Return every conversion for which a result was reported."""
    return [
        _converted(exam_type, conversion, entered, reported)
        for conversion in exam_type.conversions
        if any(name in reported for name in conversion.of)
    ]


def _converted(
    exam_type: ExamType, conversion: Conversion, entered: Marks, reported: Reported
) -> Converted:
    points = tuple(
        (name, reported[name], points_of(exam_type.results[name], conversion, reported[name]))
        for name in conversion.of
        if name in reported
    )
    known = [value for _name, _given, value in points if value is not None]
    # A sum of which a part is missing is no sum.
    is_whole = len(known) == len(conversion.of)
    if conversion.combine == Combined.SUM:
        mark = sum(known, Decimal(0)) if is_whole else None
    else:
        mark = max(known, default=None)
    sat = entered.get(conversion.item)
    return Converted(conversion, points, mark, sat, _standing(conversion, mark, sat))


def points_of(result: ReportedResult, conversion: Conversion, given: str) -> Decimal | None:
    """Return what one result comes to; a number is multiplied and rounded half up to hundredths."""
    if result.grades:
        return conversion.marks.get(given)
    number = Decimal(given) * (conversion.rate or 0)
    return number.quantize(HUNDREDTH, ROUND_HALF_UP).normalize() + 0


def _standing(conversion: Conversion, mark: Decimal | None, sat: Decimal | None) -> Decimal | None:
    if mark is None or sat is None:
        return sat if mark is None else mark
    return mark if conversion.beside_sat == BesideSat.RESULT else max(mark, sat)


def standing_marks(exam_type: ExamType, entered: Marks, reported: Reported) -> dict[str, Decimal]:
    """Return the marks that count: what was sat, and what results were converted to."""
    standing = dict(entered)
    for converted in conversions_of(exam_type, entered, reported):
        if converted.counts is not None:
            standing[converted.conversion.item] = converted.counts
    return standing


def sums_of(exam_type: ExamType, marks: Marks) -> dict[str, Decimal]:
    """Return the sums whose items are all marked; a missing item leaves its sums missing.

    Credited items count with their fixed mark.
    """
    known = dict(marks) | dict(exam_type.credited)
    return {
        name: sum((known[item] for item in total.of), Decimal(0))
        for name, total in exam_type.sums.items()
        if all(item in known for item in total.of)
    }


def columns_of(
    scheme: AdmissionScheme, exam_type: str, marks: Marks, awards: Iterable[str], batch: str
) -> dict[str, Decimal]:
    """Return items and sums as they count in a batch: the higher of what was reached and awarded.

    What an award adds to a sum is added to every sum that contains it. Of several awards the best
    counts, for what they set and for the points that they add.
    """
    kind = scheme.exam_types[exam_type]
    columns = dict(kind.credited) | dict(marks) | sums_of(kind, marks)
    best: dict[str, Decimal] = {}
    points: dict[str, Decimal] = {}
    for name in awards:
        award = scheme.awards[name]
        if batch in award.batches:
            _keep_highest(best, award.sets)
            _keep_highest(points, award.adds)
    for score, value in best.items():
        _raise(kind, columns, score, value)
    for score, value in points.items():
        if score in columns:
            _raise(kind, columns, score, columns[score] + value)
    return columns


def _keep_highest(kept: dict[str, Decimal], given: Marks) -> None:
    for score, value in given.items():
        kept[score] = max(value, kept.get(score, value))


def _raise(kind: ExamType, columns: dict[str, Decimal], score: str, value: Decimal) -> None:
    reached = columns.get(score, Decimal(0))
    if score not in kind.columns or value <= reached:
        return
    columns[score] = value
    parts = set(kind.sums[score].of) if score in kind.sums else {score}
    for name, total in kind.sums.items():
        if name == score or not parts <= set(total.of):
            continue
        rest = [item for item in total.of if item not in parts]
        if name in columns:
            columns[name] += value - reached
        elif all(item in columns for item in rest):
            columns[name] = value + sum((columns[item] for item in rest), Decimal(0))


def faults_of(exam_type: ExamType, marks: Marks) -> list[tuple[str, Decimal]]:
    """Return the marks of unknown items, and those outside of the scale."""
    return [
        (name, mark)
        for name, mark in marks.items()
        if name not in exam_type.items or not 0 <= mark <= exam_type.items[name].most
    ]
