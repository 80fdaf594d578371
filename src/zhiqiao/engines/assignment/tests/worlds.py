"""Small problems written down, for tests that look at one thing."""

import numpy as np

from zhiqiao.engines.assignment import (
    AssignmentProblem,
    Conflicts,
    Penalties,
    sorted_pairs,
)


def whole(*values):
    return np.array(values, np.int64)


def small(*values):
    return np.array(values, np.int32)


def a_problem(fits, sizes, most, **parts):
    """Make a problem; ``fits[a][e]`` is the affinity of a pair, or None where it is not listed."""
    listed = [
        (a, e, fit) for a, row in enumerate(fits) for e, fit in enumerate(row) if fit is not None
    ]
    conflicts = parts.pop("conflicts", [])
    soft = parts.pop("penalties", [])
    return AssignmentProblem(
        panel_size=whole(*sizes),
        least_load=parts.pop("least_load", np.zeros(len(most), np.int64)),
        most_load=whole(*most),
        pairs=sorted_pairs(
            small(*(a for a, _e, _fit in listed)),
            small(*(e for _a, e, _fit in listed)),
            whole(*(fit for _a, _e, fit in listed)),
        ),
        conflicts=Conflicts(*(small(*(row[part] for row in conflicts)) for part in range(3))),
        penalties=Penalties(
            small(*(a for a, _e, _p in soft)),
            small(*(e for _a, e, _p in soft)),
            whole(*(p for _a, _e, p in soft)),
        ),
        **parts,
    )


def pairs_of(assignment):
    return list(zip(assignment.application.tolist(), assignment.expert.tolist(), strict=True))
