"""Whether the parts of a problem fit each other; every breach names the first place of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.errors import AssignmentError
from zhiqiao.engines.assignment.quotas import LeastOf, MostPerValue, Quota
from zhiqiao.engines.assignment.terms import (
    KEYS,
    MOST_AFFINITY,
    MOST_LOAD,
    MOST_SEATS,
    NONE,
    ConflictKind,
    Mode,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from zhiqiao.engines.assignment.problem import (
        AssignmentProblem,
        Conflicts,
        Pairs,
        Penalties,
    )
    from zhiqiao.engines.assignment.terms import Int32, Int64, Truths

FINEST = 10_000


def check_problem(problem: AssignmentProblem) -> None:
    """Raise `AssignmentError` for the first part of a problem that does not fit."""
    _check_sizes(problem)
    _check_pairs(problem, problem.pairs)
    _check_conflicts(problem, problem.conflicts)
    _check_penalties(problem, problem.penalties)
    _check_groups(problem)
    _check_mode(problem)
    for quota in problem.quotas:
        _check_quota(problem, quota)


def _has(array: npt.NDArray[np.generic], name: str, kind: type, size: int, each: str) -> None:
    if array.dtype != kind:
        raise AssignmentError("kind", name=name, given=array.dtype, wanted=np.dtype(kind))
    if array.shape != (size,):
        raise AssignmentError("length", name=name, given=array.size, wanted=size, each=each)


def _first(is_wrong: Truths) -> int:
    return int(np.argmax(is_wrong)) if is_wrong.any() else NONE


def _check_sizes(problem: AssignmentProblem) -> None:
    _has(problem.panel_size, "panel_size", np.int64, problem.applications, "application")
    for name in ("least_load", "most_load"):
        _has(getattr(problem, name), name, np.int64, problem.experts, "expert")
    size = problem.panel_size
    at = _first((size < 0) | (size > MOST_SEATS))
    if at != NONE:
        raise AssignmentError("panel-size", application=at, given=size[at], limit=MOST_SEATS)
    least, most = problem.least_load, problem.most_load
    at = _first((least < 0) | (most > MOST_LOAD) | (least > most))
    if at != NONE:
        raise AssignmentError("load", expert=at, least=least[at], most=most[at], limit=MOST_LOAD)


def _check_indices(
    problem: AssignmentProblem, name: str, part: Pairs | Conflicts | Penalties
) -> None:
    number = part.application.size
    limits = {"application": problem.applications, "expert": problem.experts}
    for what, limit in limits.items():
        array: Int32 = getattr(part, what)
        _has(array, f"{what} of {name}", np.int32, number, f"entry of {name}")
        at = _first((array < 0) | (array >= limit))
        if at != NONE:
            raise AssignmentError(
                "index", at=at, name=name, what=what, given=array[at], number=limit
            )


def _check_pairs(problem: AssignmentProblem, pairs: Pairs) -> None:
    _check_indices(problem, "pairs", pairs)
    _has(pairs.affinity, "affinity", np.int64, pairs.application.size, "pair")
    key = pairs.application.astype(np.int64) * max(problem.experts, 1) + pairs.expert
    at = _first(key[1:] <= key[:-1]) + 1
    if at > 0:
        raise AssignmentError("order", at=at, **_named(pairs, at))
    at = _first((pairs.affinity < 0) | (pairs.affinity > MOST_AFFINITY))
    if at != NONE:
        given = pairs.affinity[at]
        raise AssignmentError("affinity", given=given, limit=MOST_AFFINITY, **_named(pairs, at))


def _named(part: Pairs | Conflicts | Penalties, at: int) -> dict[str, object]:
    return {"application": part.application[at], "expert": part.expert[at]}


def _check_conflicts(problem: AssignmentProblem, conflicts: Conflicts) -> None:
    _check_indices(problem, "conflicts", conflicts)
    kind = conflicts.kind
    _has(kind, "kind of conflicts", np.int32, conflicts.application.size, "conflict")
    at = _first((kind < 0) | (kind >= len(ConflictKind)))
    if at != NONE:
        raise AssignmentError("conflict-kind", given=kind[at], **_named(conflicts, at))


def _check_penalties(problem: AssignmentProblem, penalties: Penalties) -> None:
    _check_indices(problem, "penalties", penalties)
    penalty: Int64 = penalties.penalty
    _has(penalty, "penalty", np.int64, penalties.application.size, "soft conflict")
    at = _first((penalty < 0) | (penalty > MOST_AFFINITY))
    if at != NONE:
        given = penalty[at]
        raise AssignmentError("penalty", given=given, limit=MOST_AFFINITY, **_named(penalties, at))


def _check_groups(problem: AssignmentProblem) -> None:
    group = problem.group
    if group is None:
        return
    _has(group, "group", np.int32, problem.applications, "application")
    number = max(problem.applications, 1)
    at = _first((group < NONE) | (group >= number))
    if at != NONE:
        raise AssignmentError(
            "index", at=at, name="group", what="group", given=group[at], number=number
        )
    first = np.full(number, NONE, np.int64)
    shared = np.flatnonzero(group != NONE)
    first[group[shared[::-1]]] = shared[::-1]
    size = problem.panel_size
    wrong = _first(size[shared] != size[first[group[shared]]])
    if wrong != NONE:
        second = int(shared[wrong])
        other = int(first[group[second]])
        raise AssignmentError(
            "group-size", first=other, second=second, given=size[other], wanted=size[second]
        )


def _check_mode(problem: AssignmentProblem) -> None:
    keys, pairs = problem.keys, problem.pairs.application.size
    if (problem.mode is Mode.DRAW) != (keys is not None):
        given = "no" if keys is None else keys.size
        raise AssignmentError("keys", mode=problem.mode, given=given)
    if keys is not None:
        _has(keys, "keys", np.int64, pairs, "pair")
        at = _first((keys < 0) | (keys >= KEYS))
        if at != NONE:
            raise AssignmentError("key", at=at, given=keys[at])


def _check_quota(problem: AssignmentProblem, quota: Quota) -> None:
    if quota.applies is not None:
        name = f"applies of {quota.name}"
        _has(quota.applies, name, np.bool_, problem.applications, "application")
    if isinstance(quota, MostPerValue):
        _check_most(problem, quota)
    else:
        _check_least(problem, quota)


def _check_most(problem: AssignmentProblem, quota: MostPerValue) -> None:
    _has(quota.label, f"label of {quota.name}", np.int32, problem.experts, "expert")
    at = _first((quota.label < NONE) | (quota.label >= max(problem.experts, 1)))
    if at != NONE:
        raise AssignmentError("label", expert=at, given=quota.label[at], name=quota.name)
    if quota.number < 1:
        raise AssignmentError(
            "quota-number", name=quota.name, given=quota.number, least=1, limit=FINEST
        )


def _check_least(problem: AssignmentProblem, quota: LeastOf) -> None:
    _has(quota.members, f"members of {quota.name}", np.bool_, problem.experts, "expert")
    share = quota.share
    if quota.number < 0 or not 0 <= share <= 1 or share.denominator > FINEST:
        given = f"{quota.number} and {share}"
        raise AssignmentError("quota-number", name=quota.name, given=given, least=0, limit=FINEST)
    applies = np.ones(problem.applications, np.bool_) if quota.applies is None else quota.applies
    for size in np.unique(problem.panel_size[applies]).tolist():
        needed = quota.needed(size)
        if size and needed > size:
            at = int(np.argmax(applies & (problem.panel_size == size)))
            raise AssignmentError(
                "quota-panel", name=quota.name, given=needed, size=size, application=at
            )
