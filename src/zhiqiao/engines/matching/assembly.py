"""A stage of an allocation as a problem of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.capping import Capping, capping_of
from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.problem import Groups, Problem, Reserves, Standing
from zhiqiao.engines.matching.rules import (
    CHOICE_SCORE,
    DEFAULT,
    BatchRules,
    Missing,
    ReserveMode,
    columns_of,
)
from zhiqiao.engines.matching.stages import OPEN_PLACES, Kind, Stage, chosen_by
from zhiqiao.engines.matching.standings import called, standing_of
from zhiqiao.engines.matching.tables import ROW, need_columns
from zhiqiao.engines.matching.terms import OPEN, Mechanism, Reason

if TYPE_CHECKING:
    from decimal import Decimal

    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.tables import Scores
    from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Truths


@dataclass(frozen=True, eq=False)
class Assembled:
    """A problem with what is needed to speak of it by name.

    ``choices`` are the choices of the whole allocation behind those of the problem; ``classes`` names
    the class of each programme; ``lines`` names the lines that decide: programme and category.
    """

    problem: Problem
    choices: Int64
    classes: list[str]
    class_of: Int32
    lines: list[tuple[int, str]]
    groups: list[str]


def assemble(
    applications: Applications, stage: Stage, left: Int64, programme_of: Int32
) -> Assembled:
    """Make the problem of a stage from the places left to it and the admissions made before.

    Raises
    ------
    TableError
        When the tables do not fit the rules of the stage.
    MatchingError
        When the rules do not fit each other.
    """
    kinds = [kind for kind in stage.kinds if kind.reserve.mode is not ReserveMode.PREFIX]
    if not stage.only_reserved:
        kinds = [kind for kind in kinds if kind.reserve.mode is not ReserveMode.SEPARATE]
    seats = _seats(applications, stage, left, kinds)
    chosen = np.flatnonzero(stage.is_in[applications.programme])
    first = np.searchsorted(applications.owner[chosen], np.arange(programme_of.size + 1))
    classes, class_of = _classes(applications, stage.rules)
    bars = _bars(applications, stage.rules, chosen, programme_of, classes, class_of)
    standing = standing_of(applications, stage.rules, chosen, bars, classes, class_of)
    programme = applications.programme[chosen]
    standing = called(stage, first, programme, bars, standing, seats.size)
    reserves, lines = _reserves(kinds, seats, stage)
    capping = capping_of(applications, stage.rules, class_of, programme_of)
    group_names, groups = _groups(applications, stage.rules, chosen, classes, class_of)
    problem = Problem(
        mechanism=_mechanism(stage.rules, standing),
        ties=stage.rules.ties.policy,
        seats=seats,
        first=first.astype(np.int64),
        programme=programme,
        standing=standing,
        bars=bars if bars.any() else np.zeros(0, np.uint8),
        reserves=reserves,
        caps=capping.caps if capping else None,
        groups=groups,
        rank=applications.rank[chosen],
        ratio_thousandths=int(stage.rules.ratio * 1000),
    )
    return Assembled(problem, chosen, classes, class_of, lines + _cap_lines(capping), group_names)


def _cap_lines(capping: Capping | None) -> list[tuple[int, str]]:
    return [(-1, name) for name in capping.names] if capping else []


def _mechanism(rules: BatchRules, standing: Standing) -> Mechanism:
    """One ranking stays one where decisions or rates gave each choice a place of its own."""
    named = {column for keys in rules.keys.values() for column, _ in columns_of(keys)}
    if rules.mechanism is Mechanism.SERIAL and standing.by_choice and CHOICE_SCORE not in named:
        return Mechanism.CANDIDATES
    return rules.mechanism


def _seats(applications: Applications, stage: Stage, left: Int64, kinds: list[Kind]) -> Int64:
    reserved = sum((kind.seats for kind in stage.kinds), np.zeros_like(left))
    if np.any(reserved > applications.seats):
        at = int(np.argmax(reserved > applications.seats))
        row = int(applications.programmes[ROW][at])
        message = f"{reserved[at]} reserved places are more than {applications.seats[at]} places."
        raise TableError([Fault("programmes", row, "seats", message)])
    if stage.only_reserved:
        own = sum((kind.seats for kind in kinds), np.zeros_like(left))
        return np.where(stage.is_in, np.minimum(own, left), 0)
    return np.where(stage.is_in, np.maximum(left, 0), 0)


def kept_empty(assembled: Assembled, stage: Stage, outcome: Outcome) -> Int64:
    """Return the separate places of each programme that stay empty after their stage. O(M)."""
    problem = assembled.problem
    kept = np.zeros(problem.programmes, np.int64)
    if not stage.only_reserved or problem.reserves is None:
        return kept
    reserves = problem.reserves
    held = np.bincount(outcome.group[outcome.group >= 0], minlength=reserves.seats.size)
    stays = np.array([not kind.reserve.reverts for kind in stage.kinds])[reserves.attribute]
    owner = np.repeat(np.arange(problem.programmes), np.diff(reserves.first))
    np.add.at(kept, owner, np.where(stays, np.maximum(reserves.seats - held, 0), 0))
    return kept


def _classes(applications: Applications, rules: BatchRules) -> tuple[list[str], Int32]:
    programmes = applications.programmes
    if "class" not in programmes.columns:
        _refuse_unknown_classes(rules, [DEFAULT])
        return [DEFAULT], np.zeros(programmes.height, np.int32)
    texts = programmes["class"].cast(pl.String).str.strip_chars().fill_null(DEFAULT)
    classes = sorted(set(texts))
    for name in classes:
        if name not in rules.keys and DEFAULT not in rules.keys:
            row = int(programmes.filter(texts == name)[ROW][0])
            message = f"{name!r}: the rules give this class no keys, and there are none by default."
            raise TableError([Fault("programmes", row, "class", message)])
    _refuse_unknown_classes(rules, classes)
    codes = texts.replace_strict(classes, range(len(classes)), return_dtype=pl.Int32)
    return classes, codes.to_numpy().astype(np.int32)


def _refuse_unknown_classes(rules: BatchRules, classes: list[str]) -> None:
    """Refuse a line or a requirement for a misspelt class, which would be lost in silence."""
    known = {*classes, *rules.keys, DEFAULT}
    for part in ("lines", "require"):
        for name in getattr(rules, part):
            if name not in known:
                message = f"no programme is of this class; the classes are {', '.join(classes)}."
                raise TableError([Fault("rules", 0, f"{part}.{name}", message)])


def _bars(
    applications: Applications,
    rules: BatchRules,
    chosen: Int64,
    programme_of: Int32,
    classes: list[str],
    class_of: Int32,
) -> Int8:
    bars = np.zeros(chosen.size, np.uint8)
    owner, programme = applications.owner[chosen], applications.programme[chosen]
    of_class = class_of[programme]
    _bar(bars, programme_of[owner] >= 0, Reason.PLACED_BEFORE)
    _bar(bars, applications.is_closed[programme], Reason.PLAN_CHANGED)
    for code, name in enumerate(classes):
        is_own = of_class == code
        if name in rules.require or DEFAULT in rules.require:
            where = rules.require.get(name, rules.require.get(DEFAULT, {}))
            fits = chosen_by(applications.candidates, "candidates", where)
            _bar(bars, is_own & ~fits[owner], Reason.NOT_ELIGIBLE)
    for code, name in enumerate(classes):
        is_own = (of_class == code) & (bars == 0)
        lacks = _lacks_score(applications, rules, chosen, name)
        if rules.missing is Missing.REFUSE:
            _refuse_missing(applications, rules, name, chosen[is_own & lacks])
        _bar(bars, is_own & lacks, Reason.NO_SCORE)
        for column, line in lines_for(rules, name).items():
            scores = applications.scores[column]
            is_below = scores.values < _scaled(line, scores)
            _bar(bars, is_own & is_below[owner], Reason.BELOW_LINE)
    _bar(bars, applications.struck_out[chosen], Reason.STRUCK_OUT)
    return bars


def lines_for(rules: BatchRules, name: str) -> dict[str, Decimal]:
    """Return the control lines of a class of programmes."""
    return rules.lines.get(name, rules.lines.get(DEFAULT, {}))


def _bar(bars: Int8, is_barred: Truths, reason: Reason) -> None:
    bars[(bars == 0) & is_barred] = reason


def _scaled(line: Decimal, scores: Scores) -> float:
    """Return a line in the unit of a column; between two units it lies between."""
    return float(line * 10**scores.decimals)


def _lacks_score(applications: Applications, rules: BatchRules, chosen: Int64, name: str) -> Truths:
    lacks = np.zeros(chosen.size, np.bool_)
    columns = {column for column, _ in columns_of(rules.keys_of(name))}
    columns |= set(lines_for(rules, name))
    for column in columns:
        if column == CHOICE_SCORE:
            assert applications.choice_scores is not None  # noqa: S101 - read because a key names it
            lacks |= applications.choice_scores.is_missing[chosen]
        else:
            lacks |= applications.scores[column].is_missing[applications.owner[chosen]]
    return lacks


def _refuse_missing(
    applications: Applications, rules: BatchRules, name: str, lacking: Int64
) -> None:
    if lacking.size == 0:
        return
    choice = int(lacking[0])
    columns = [column for column, _ in columns_of(rules.keys_of(name))]
    empty = [column for column in [*columns, *lines_for(rules, name)]
             if is_missing(applications, column, choice)]  # fmt: skip
    table, row = "choices", int(applications.row[choice])
    if empty[0] != CHOICE_SCORE:
        table, row = (
            "candidates",
            int(applications.candidates[ROW][int(applications.owner[choice])]),
        )
    programme = applications.programme_names[int(applications.programme[choice])]
    message = f"is empty, and {programme} asks for it. Give the score, or say `missing: bar` in the rules."
    shown = empty[0].removeprefix("choice.")
    raise TableError([Fault(table, row, shown, message)], more=int(lacking.size - 1))


def is_missing(applications: Applications, column: str, choice: int) -> bool:
    """Say whether the candidate of a choice has no score in a key or line."""
    if column == CHOICE_SCORE:
        assert applications.choice_scores is not None  # noqa: S101 - read because a key names it
        return bool(applications.choice_scores.is_missing[choice])
    return bool(applications.scores[column].is_missing[applications.owner[choice]])


def _reserves(
    kinds: list[Kind], seats: Int64, stage: Stage
) -> tuple[Reserves | None, list[tuple[int, str]]]:
    if not kinds:
        return None, [(at, OPEN_PLACES) for at in range(seats.size)]
    before = [kind for kind in kinds if kind.reserve.mode is ReserveMode.MINIMUM]
    after = [kind for kind in kinds if kind.reserve.mode is not ReserveMode.MINIMUM]
    codes = np.stack([kind.codes for kind in kinds]).astype(np.int32)
    rows: list[tuple[int, int, int, bool]] = []
    lines, first = [], [0]
    for at in range(seats.size):
        reserved = [(kind, int(kind.seats[at])) for kind in [*before, *after] if kind.seats[at]]
        if not stage.is_in[at]:
            reserved = []
        open_seats = int(seats[at]) - sum(number for _kind, number in reserved)
        reserved, open_seats = _fitted(reserved, open_seats)
        groups = [(kind, number) for kind, number in reserved if kind in before]
        for kind, number in groups:
            rows.append((number, kinds.index(kind), kind.code, _reverts(kind, stage)))
        if not stage.only_reserved:
            rows.append((open_seats, OPEN, 0, False))
        lines += [(at, kind.name) for kind, _number in groups]
        lines += [] if stage.only_reserved else [(at, OPEN_PLACES)]
        for kind, number in reserved:
            if kind in after:
                rows.append((number, kinds.index(kind), kind.code, _reverts(kind, stage)))
                lines.append((at, kind.name))
        first.append(len(rows))
    table = np.array(rows, np.int64).reshape(-1, 4)
    return Reserves(
        first=np.array(first, np.int64),
        seats=table[:, 0].copy(),
        attribute=table[:, 1].astype(np.int32),
        value=table[:, 2].astype(np.int32),
        reverting=table[:, 3].astype(np.bool_),
        attributes=codes,
    ), lines


def _fitted(
    reserved: list[tuple[Kind, int]], open_seats: int
) -> tuple[list[tuple[Kind, int]], int]:
    """Take places that admissions before used up from the open ones, then from the last reserve."""
    fitted = []
    for kind, number in reversed(reserved):
        cut = min(number, max(-open_seats, 0))
        open_seats += cut
        fitted.append((kind, number - cut))
    return fitted[::-1], open_seats


def _reverts(kind: Kind, stage: Stage) -> bool:
    return kind.reserve.reverts and not stage.only_reserved


def _groups(
    applications: Applications,
    rules: BatchRules,
    chosen: Int64,
    classes: list[str],
    class_of: Int32,
) -> tuple[list[str], Groups | None]:
    if rules.mechanism is not Mechanism.GROUPS:
        return [], None
    need_columns("programmes", applications.programmes, "group")
    texts = applications.programmes["group"].cast(pl.String).str.strip_chars()
    if texts.null_count():
        row = int(applications.programmes.filter(texts.is_null())[ROW][0])
        message = "the mechanism groups needs the group of every programme."
        raise TableError([Fault("programmes", row, "group", message)])
    names = sorted(set(texts))
    codes = texts.replace_strict(names, range(len(names)), return_dtype=pl.Int32)
    return names, Groups(
        group=codes.to_numpy().astype(np.int32),
        adjusts=applications.adjusts[chosen],
        class_of=np.where(applications.is_closed, -1, class_of).astype(np.int32),
        takes=_takes(applications, rules, classes),
        ratio_thousandths=int(rules.ratio * 1000),
    )


def _takes(applications: Applications, rules: BatchRules, classes: list[str]) -> Truths:
    """Say for each candidate and class whether a major of the class takes one who did not list it."""
    takes = np.ones((applications.candidates.height, len(classes)), np.bool_)
    for code, name in enumerate(classes):
        where = rules.require.get(name, rules.require.get(DEFAULT, {}))
        takes[:, code] &= chosen_by(applications.candidates, "candidates", where)
        lines = lines_for(rules, name)
        for column in {column for column, _ in columns_of(rules.keys_of(name))} | set(lines):
            if column == CHOICE_SCORE:
                continue
            scores = applications.scores[column]
            takes[:, code] &= ~scores.is_missing
            if column in lines:
                takes[:, code] &= scores.values >= _scaled(lines[column], scores)
    return takes
