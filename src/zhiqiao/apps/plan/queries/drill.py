"""The way from a figure down to what it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhiqiao.apps.plan.models import BoardFreeze
from zhiqiao.apps.plan.queries.figures import Figure
from zhiqiao.core.measures import Count
from zhiqiao.engines import trace
from zhiqiao.packs import Judgement, Measure, Pack, RecognitionKind, Text


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure behind a figure, with the kinds of records it counts and what it found."""

    measure: Measure
    count: Count
    kinds: tuple[RecognitionKind, ...]
    levels: tuple[Text, ...]
    judgements: tuple[Judgement, ...]


def measures_of(figure: Figure, pack: Pack) -> list[MeasureRow]:
    return [
        _row(pack.measures[name], count=count, pack=pack) for name, count in figure.counts.items()
    ]


def _row(measure: Measure, *, count: Count, pack: Pack) -> MeasureRow:
    levels = pack.vocabularies["recognition_level"].terms
    return MeasureRow(
        measure=measure,
        count=count,
        kinds=tuple(pack.kinds[kind] for kind in measure.kinds),
        levels=tuple(levels[level] for level in measure.levels),
        judgements=tuple(pack.judgements[judgement] for judgement in measure.judgements),
    )


def records_of(figure: Figure) -> tuple[trace.Record, ...]:
    return tuple(record for count in figure.counts.values() for record in count.records)


def frozen_rows(freeze: BoardFreeze) -> list[Mapping[str, Any]]:
    return [
        {**row, "step": trace.from_json(row["explanation"]["steps"])}
        for row in freeze.content["figures"]
    ]
