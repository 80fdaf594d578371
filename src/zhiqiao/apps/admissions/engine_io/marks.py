"""Marks as the scheme reads them: sums, credited items, and what a prize raises in a batch."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from zhiqiao.packs import AdmissionScheme, ExamType

Marks = Mapping[str, Decimal]


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
    counts.
    """
    kind = scheme.exam_types[exam_type]
    columns = dict(kind.credited) | dict(marks) | sums_of(kind, marks)
    best: dict[str, Decimal] = {}
    for name in awards:
        award = scheme.awards[name]
        if batch in award.batches:
            for score, value in award.sets.items():
                best[score] = max(value, best.get(score, value))
    for score, value in best.items():
        _raise(kind, columns, score, value)
    return columns


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
