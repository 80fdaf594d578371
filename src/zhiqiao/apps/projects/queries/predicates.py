"""What the pack's measures ask of a row, as data and as conditions for the database."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Exists, OuterRef, Q

from zhiqiao.apps.projects.choices import LEVEL_PROPERTY
from zhiqiao.apps.projects.models import Judgement
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import Measure, Pack, Target, Text

SOURCE = "projects.recognitions"
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Question:
    """One property that measures use and that only a person can fill when it is missing.

    Its name is `level` or the id of a judgement of the pack.
    """

    name: str
    text: Text | None
    measures: tuple[Measure, ...]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for measure in self.measures for kind in measure.kinds)

    def targets_moved_by(self, kind: str = "") -> tuple[Target, ...]:
        """Return the targets that an answer about a row of the kind (or of any) may move."""
        asking = (m for m in self.measures if not kind or kind in m.kinds)
        return _each_once(asking)

    def narrowed(self, *, target: str = "", kind: str = "") -> "Question":
        """Keep only the measures that feed the target and count the kind; maybe none is left."""
        kept = tuple(
            measure
            for measure in self.measures
            if (not kind or kind in measure.kinds)
            and (not target or any(t.id == target for t in targets_of_measure(measure.name)))
        )
        return replace(self, measures=kept)


def register_measures(pack: Pack | None = None) -> tuple[Measure, ...]:
    """Return the measures that count rows of this register, in the order of the pack."""
    measures = (pack or current_pack()).measures.values()
    return tuple(measure for measure in measures if measure.source == SOURCE)


def questions() -> Mapping[str, Question]:
    """Return every question of the current pack by its property; `level` comes first."""
    return _questions_of(current_pack().digest)


def targets_of_measure(name: str) -> tuple[Target, ...]:
    return _targets_by_measure(current_pack().digest).get(name, ())


def targets_of_kind(kind: str) -> tuple[Target, ...]:
    """Return the targets whose figure counts rows of this kind, each once."""
    return _each_once(measure for measure in register_measures() if kind in measure.kinds)


def _each_once(measures: Iterable[Measure]) -> tuple[Target, ...]:
    found: dict[str, Target] = {}
    for measure in measures:
        found.update({target.id: target for target in targets_of_measure(measure.name)})
    return tuple(found.values())


def waits(measure: Measure, property_name: str) -> Q:
    """Return the rows that this measure cannot count for want of one answer."""
    rows = Q(kind__in=measure.kinds)
    if property_name == LEVEL_PROPERTY:
        return rows & Q(level="") & _answered_no_to_none(measure.judgements)
    if measure.levels:
        rows &= Q(level__in=("", *measure.levels))
    others = tuple(other for other in measure.judgements if other != property_name)
    return rows & ~_answered(property_name) & _answered_no_to_none(others)


def waiting_for(question: Question) -> Q:
    condition = Q(pk__in=())
    for measure in question.measures:
        condition |= waits(measure, question.name)
    return condition


def _answered(judgement: str) -> Q:
    answers = Judgement.objects.filter(recognition=OuterRef("pk"), judgement=judgement)
    return Q(Exists(answers))


def _answered_no_to_none(judgements: tuple[str, ...]) -> Q:
    if not judgements:
        return Q()
    refusals = Judgement.objects.filter(
        recognition=OuterRef("pk"), judgement__in=judgements, answer=False
    )
    return ~Q(Exists(refusals))


@lru_cache(maxsize=8)
def _questions_of(_digest: str) -> Mapping[str, Question]:
    pack = current_pack()
    asking: dict[str, list[Measure]] = {}
    for measure in register_measures(pack):
        if measure.levels:
            asking.setdefault(LEVEL_PROPERTY, []).append(measure)
        for judgement in measure.judgements:
            asking.setdefault(judgement, []).append(measure)
    return {name: _question(pack, name, tuple(measures)) for name, measures in asking.items()}


def _question(pack: Pack, name: str, measures: tuple[Measure, ...]) -> Question:
    text = None if name == LEVEL_PROPERTY else pack.judgements[name].question
    return Question(name=name, text=text, measures=measures)


@lru_cache(maxsize=8)
def _targets_by_measure(_digest: str) -> Mapping[str, tuple[Target, ...]]:
    pack = current_pack()
    found: dict[str, list[Target]] = {}
    for target in pack.targets.values():
        for name in _names_behind(pack, target.formula):
            found.setdefault(name, []).append(target)
    return {name: tuple(targets) for name, targets in found.items()}


def _names_behind(pack: Pack, formula: str) -> Iterator[str]:
    """Walk a formula and the formulas it uses down to the names of measures, each once."""
    seen: set[str] = set()
    waiting = [formula]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in pack.measures:
            yield name
        if name in pack.formulas:
            waiting.extend(IDENTIFIER.findall(pack.formulas[name].text))
