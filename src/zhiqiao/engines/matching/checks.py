"""Whether the parts of a problem fit each other; every breach names the first place of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.kernels.lists import first_double
from zhiqiao.engines.matching.terms import (
    BY_LOT,
    DEFERRED,
    MOST_SEATS,
    OPEN,
    Mechanism,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from zhiqiao.engines.matching.problem import Caps, Groups, Problem, Reserves
    from zhiqiao.engines.matching.terms import Int32, Int64

LEAST_RATIO, MOST_RATIO = 1000, 2000


def check_problem(problem: Problem) -> None:
    """Raise `MatchingError` for the first part of a problem that does not fit."""
    _check_shapes(problem)
    _check_lists(problem)
    _check_standing(problem)
    if problem.reserves is not None:
        _check_reserves(problem, problem.reserves)
    if problem.caps is not None:
        _check_caps(problem, problem.caps)
    if problem.groups is not None:
        _check_groups(problem, problem.groups)
    _check_mechanism(problem)


def _has(array: npt.NDArray[np.generic], name: str, kind: type, size: int, each: str) -> None:
    if array.dtype != kind:
        raise MatchingError("kind", name=name, given=array.dtype, wanted=np.dtype(kind))
    if array.shape != (size,):
        raise MatchingError("length", name=name, given=array.size, wanted=size, each=each)


def _check_shapes(problem: Problem) -> None:
    _has(problem.seats, "seats", np.int64, problem.programmes, "programme")
    _has(problem.first, "first", np.int64, problem.candidates + 1, "candidate and one more")
    _has(problem.programme, "programme", np.int32, problem.choices, "choice")
    if problem.bars.size:
        _has(problem.bars, "bars", np.uint8, problem.choices, "choice")
    if problem.rank is not None:
        _has(problem.rank, "rank", np.int32, problem.choices, "choice")
    _within(problem.seats, "seats", MOST_SEATS)


def _within(array: Int32 | Int64, reason: str, limit: int) -> None:
    if array.size and (array.min() < 0 or array.max() > limit):
        at = int(np.argmax((array < 0) | (array > limit)))
        raise MatchingError(reason, where=(at,), at=at, given=array[at], limit=limit)


def _check_lists(problem: Problem) -> None:
    first, choices = problem.first, problem.choices
    if first.size == 0 or first[0] != 0 or first[-1] != choices or np.any(np.diff(first) < 0):
        raise MatchingError("first", choices=choices)
    programme, programmes = problem.programme, problem.programmes
    if choices and (programme.min() < 0 or programme.max() >= programmes):
        at = int(np.argmax((programme < 0) | (programme >= programmes)))
        raise MatchingError("programme", choice=at, given=programme[at], programmes=programmes)
    at = first_double(first, programme, programmes)
    if at >= 0:
        candidate = int(np.searchsorted(first, at, side="right") - 1)
        raise MatchingError(
            "twice", where=(candidate,), candidate=candidate, programme=programme[at]
        )


def _check_standing(problem: Problem) -> None:
    standing, candidates = problem.standing, problem.candidates
    size, each = (problem.choices, "choice") if standing.by_choice else (candidates, "candidate")
    _has(standing.places, "places", np.int32, size, each)
    _has(standing.lots, "lots", np.int32, candidates, "candidate")
    limit = MOST_SEATS // 2 if standing.by_choice else max(candidates - 1, 0)
    _within(standing.places, "place", limit)
    seen = np.zeros(candidates, np.bool_)
    if candidates and 0 <= standing.lots.min() <= standing.lots.max() < candidates:
        seen[standing.lots] = True
    if not seen.all():
        raise MatchingError("lot", last=candidates - 1)


def _check_reserves(problem: Problem, reserves: Reserves) -> None:
    groups = reserves.seats.size
    _has(reserves.first, "first of reserves", np.int64, problem.programmes + 1, "programme and one")
    for name, kind in (("seats", np.int64), ("attribute", np.int32), ("value", np.int32)):
        _has(getattr(reserves, name), f"{name} of reserves", kind, groups, "group")
    _has(reserves.reverting, "reverting of reserves", np.bool_, groups, "group")
    _has(reserves.attributes.ravel(), "attributes of reserves", np.int32,
         reserves.attributes.shape[0] * problem.candidates, "attribute and candidate")  # fmt: skip
    first = reserves.first
    if first[0] != 0 or first[-1] != groups or np.any(np.diff(first) < 0):
        raise MatchingError("reserve-first", groups=groups)
    _within(reserves.seats, "seats", MOST_SEATS)
    totals = np.add.reduceat(np.append(reserves.seats, 0), reserves.first[:-1])
    totals[np.diff(reserves.first) == 0] = 0
    if np.any(totals != problem.seats):
        at = int(np.argmax(totals != problem.seats))
        raise MatchingError(
            "reserve-seats", where=(at,), programme=at, given=totals[at], wanted=problem.seats[at]
        )
    attributes = reserves.attributes.shape[0]
    wrong = (reserves.attribute < OPEN) | (reserves.attribute >= attributes)
    if wrong.any():
        at = int(np.argmax(wrong))
        given = reserves.attribute[at]
        raise MatchingError("reserve-attribute", group=at, given=given, attributes=attributes)


def _check_caps(problem: Problem, caps: Caps) -> None:
    number = caps.limit.size
    _has(caps.above, "above of caps", np.int32, problem.programmes, "programme")
    _has(caps.parent, "parent of caps", np.int32, number, "cap")
    _has(caps.limit, "limit of caps", np.int64, number, "cap")
    astray = (caps.above < -1) | (caps.above >= number)
    if astray.any():
        at = int(np.argmax(astray))
        raise MatchingError(
            "cap-above", where=(at,), programme=at, given=caps.above[at], caps=number
        )
    if number and caps.limit.min() < 0:
        at = int(np.argmin(caps.limit))
        raise MatchingError("cap-limit", cap=at, given=caps.limit[at])
    for cap in range(number):
        above, steps = cap, 0
        while above != -1 and steps <= number:
            above, steps = int(caps.parent[above]) if -1 <= above < number else -1, steps + 1
        if steps > number:
            raise MatchingError("cap-tree", cap=cap)


def _check_groups(problem: Problem, groups: Groups) -> None:
    _has(groups.group, "group", np.int32, problem.programmes, "programme")
    _has(groups.adjusts, "adjusts", np.bool_, problem.choices, "choice")
    _within(groups.group, "group", max(problem.programmes - 1, 0))
    _check_ratio(groups.ratio_thousandths)


def _check_ratio(thousandths: int) -> None:
    if not LEAST_RATIO <= thousandths <= MOST_RATIO:
        raise MatchingError("ratio", given=thousandths / 1000)


def _check_mechanism(problem: Problem) -> None:
    mechanism, ties = problem.mechanism, problem.ties
    if mechanism is Mechanism.GROUPS and problem.groups is None:
        raise MatchingError("groups-needed")
    if mechanism in {Mechanism.SERIAL, Mechanism.GROUPS} and problem.standing.by_choice:
        raise MatchingError("serial-keys", mechanism=mechanism)
    _check_ratio(problem.ratio_thousandths)
    parts = {"reserves": problem.reserves, "caps": problem.caps}
    for what, part in parts.items():
        if part is not None and mechanism not in DEFERRED:
            raise MatchingError("only-deferred", what=what, mechanism=mechanism)
    if ties not in BY_LOT and (problem.caps is not None or mechanism is Mechanism.PROGRAMMES):
        what = "caps" if problem.caps is not None else f"the mechanism {mechanism}"
        raise MatchingError("ties-with", policy=ties, what=what)
    _check_caps_and_reserves(problem)


def _check_caps_and_reserves(problem: Problem) -> None:
    caps, reserves = problem.caps, problem.reserves
    if caps is None or reserves is None:
        return
    owner = np.repeat(np.arange(problem.programmes), np.diff(reserves.first))
    capped = reserves.reverting & (caps.above[owner] != -1)
    if capped.any():
        at = int(owner[np.argmax(capped)])
        raise MatchingError("cap-reverting", where=(at,), programme=at)
