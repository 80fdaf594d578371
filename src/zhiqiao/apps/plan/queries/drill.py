"""The way from a figure down to what it counts, in words that a reader knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.apps.plan.models import BoardFreeze
from zhiqiao.apps.plan.queries.figures import Figure
from zhiqiao.apps.projects.queries import recognitions_visible_to
from zhiqiao.apps.registry.queries import region_by_name
from zhiqiao.core.access import Actor
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


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an explanation as a reader sees it: the words, the value, what lies below."""

    words: str
    code: str
    value: trace.Value
    source: str
    valid_from: date | None
    inputs: "tuple[StepRow, ...]"
    records: tuple[trace.Record, ...]


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


def records_of(figure: Figure, user: Actor, *, demonstration: bool = False) -> QuerySet[Any]:
    """Give the counted rows of the register; what a user may not see is not among them."""
    uids = [record.uid for count in figure.counts.values() for record in count.records]
    return (
        recognitions_visible_to(user, demonstration=demonstration)
        .filter(uid__in=uids)
        .select_related("holder")
        .order_by("name_key", "id")
    )


def area_of(pack: Pack) -> str:
    region = region_by_name(pack.area)
    return f"{region.name} ({pack.area})" if region else pack.area


NAME = re.compile(r"[a-z][a-z0-9_]*")


def formula_in_words(text: str, pack: Pack) -> str:
    """Put titles in the place of names, so that a formula reads as a sentence."""
    language = get_language() or "zh-hans"
    opening, closing = ("\u201c", "\u201d") if language == "en" else ("\u300c", "\u300d")
    functions = {"percent": _("percentage of "), "share": _("share of ")}

    def words(match: re.Match[str]) -> str:
        title = _title(match.group(), pack)
        if title is None:
            return functions.get(match.group(), match.group())
        return opening + title.in_language(language) + closing

    return NAME.sub(words, text.strip())


def _title(name: str, pack: Pack) -> Text | None:
    for named in (pack.measures, pack.formulas, pack.parameters):
        if name in named:
            title: Text = named[name].title
            return title
    return None


def step_row(step: trace.Step, pack: Pack) -> StepRow:
    """Word a step and everything below it; a formula and its only operation become one line."""
    inputs, records = step.inputs, step.records
    if step.op == "formula" and len(inputs) == 1 and inputs[0].op != "formula":
        inputs, records = inputs[0].inputs, inputs[0].records
    title = _title(step.name, pack)
    words = title.in_language(get_language() or "zh-hans") if title else step.text
    return StepRow(
        words=words if title else formula_in_words(step.text, pack),
        code=step.text if step.op == "formula" and inputs else "",
        value=step.value,
        source=step.source or "",
        valid_from=step.valid_from,
        inputs=tuple(step_row(part, pack) for part in inputs),
        records=records,
    )


def frozen_rows(freeze: BoardFreeze, pack: Pack) -> list[Mapping[str, Any]]:
    """Give the frozen figures with their explanations; titles come from today's pack where it has them."""
    return [
        {
            **row,
            "value": None if row["value"] is None else Decimal(str(row["value"])),
            "step": step_row(trace.from_json(row["explanation"]["steps"]), pack),
        }
        for row in freeze.content["figures"]
    ]
