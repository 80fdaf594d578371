"""How the candidates of a stage compare: by keys, decisions, rates and lots."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.problem import Standing
from zhiqiao.engines.matching.ranking import (
    called_standing,
    commitment_of,
    dense_places,
    draw_lots,
)
from zhiqiao.engines.matching.rules import CHOICE_SCORE, BatchRules, columns_of
from zhiqiao.engines.matching.stages import Stage, rate_of
from zhiqiao.engines.matching.terms import Mechanism, Ties

if TYPE_CHECKING:
    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.terms import Int8, Int32, Int64


def standing_of(
    applications: Applications,
    rules: BatchRules,
    chosen: Int64,
    bars: Int8,
    classes: list[str],
    class_of: Int32,
) -> Standing:
    """Return how the candidates compare at what they choose.

    Files to a group are compared whatever majors they list, so there classes of the same keys are one.

    Raises
    ------
    MatchingError
        Where a mechanism that needs one order of all finds several.
    """
    lots = _lots(applications, rules)
    owner = applications.owner[chosen]
    if rules.mechanism is Mechanism.GROUPS:
        class_of = _merged(rules, classes, class_of)
    of_class = class_of[applications.programme[chosen]]
    single = _single_class(owner, of_class, bars, applications.candidates.height)
    named = {column for name in classes for column, _ in columns_of(rules.keys_of(name))}
    _refuse_several_orders(rules, classes, of_class, named, is_one=single is not None)
    decides = applications.decided is not None and rules.mechanism is not Mechanism.GROUPS
    if single is None or CHOICE_SCORE in named or decides:
        places = np.zeros(chosen.size, np.int32)
        for code, name in enumerate(classes):
            rows = np.flatnonzero(of_class == code)
            places[rows] = dense_places(
                _keys(applications, rules.keys_of(name), owner[rows], chosen[rows])
            )
        return Standing(places=places, lots=lots, by_choice=True)
    places = np.zeros(applications.candidates.height, np.int32)
    for code, name in enumerate(classes):
        rows = np.flatnonzero(single == code)
        places[rows] = dense_places(_keys(applications, rules.keys_of(name), rows, None))
    return Standing(places=places, lots=lots)


def _merged(rules: BatchRules, classes: list[str], class_of: Int32) -> Int32:
    """Give classes of the same keys the same number."""
    keys = [tuple(rules.keys_of(name)) for name in classes]
    return np.array([keys.index(each) for each in keys], np.int32)[class_of]


def _refuse_several_orders(
    rules: BatchRules, classes: list[str], of_class: Int32, named: set[str], *, is_one: bool
) -> None:
    if rules.mechanism not in {Mechanism.GROUPS, Mechanism.SERIAL}:
        return
    several = len({tuple(rules.keys_of(classes[code])) for code in np.unique(of_class)}) > 1
    if rules.mechanism is Mechanism.SERIAL:
        several = several and not is_one
    if several or (rules.mechanism is Mechanism.GROUPS and CHOICE_SCORE in named):
        raise MatchingError("serial-keys", mechanism=rules.mechanism)


def _single_class(owner: Int32, of_class: Int32, bars: Int8, candidates: int) -> Int32 | None:
    """Return the class that each candidate applies to, 0 without any; nothing where one has two."""
    single = np.full(candidates, -1, np.int32)
    single[owner] = of_class
    competes = bars == 0
    single[owner[competes]] = of_class[competes]
    if np.any(single[owner[competes]] != of_class[competes]):
        return None
    return np.maximum(single, 0)


def _keys(
    applications: Applications, keys: list[str], owner: Int32 | Int64, choices: Int64 | None
) -> list[Int64]:
    columns = []
    for column, rises in columns_of(keys):
        if column == CHOICE_SCORE:
            assert applications.choice_scores is not None  # noqa: S101 - read because a key names it
            assert choices is not None  # noqa: S101 - such keys rank choices
            values = applications.choice_scores.values[choices]
        else:
            values = applications.scores[column].values[owner]
        columns.append(values if rises else -values)
    if applications.decided is not None and choices is not None:
        columns.append(-applications.decided[choices])
    return columns


def _lots(applications: Applications, rules: BatchRules) -> Int32:
    names = applications.candidate_names
    if rules.ties.policy is not Ties.LOTTERY:
        return np.arange(names.len(), dtype=np.int32)
    seed = rules.ties.seed.encode()
    if rules.ties.commitment and rules.ties.commitment != commitment_of(seed):
        message = "is not the commitment of this seed; a seed is not changed after its publication."
        raise TableError([Fault("rules", 0, "ties.commitment", message)])
    return draw_lots(names.to_list(), seed)


def called(
    stage: Stage, first: Int64, programme: Int32, bars: Int8, standing: Standing, programmes: int
) -> Standing:
    """Return the standing by the order of call where a reserve is a rate in every prefix."""
    kind = rate_of(stage)
    if kind is None:
        return standing
    rate = kind.reserve.rate or Decimal(0)
    return called_standing(
        first.astype(np.int64),
        programme,
        bars,
        standing,
        is_of_kind=kind.codes == kind.code,
        rate_thousandths=np.full(programmes, int(rate * 1000), np.int64),
    )
