"""Caps above programmes, read from the tables: campus, school, workshop, region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.problem import Caps
from zhiqiao.engines.matching.tables import ROW, need_columns

if TYPE_CHECKING:
    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.rules import BatchRules
    from zhiqiao.engines.matching.terms import Int32, Truths


@dataclass(frozen=True, eq=False)
class Capping:
    """Caps with their names, ``level:name``."""

    caps: Caps
    names: list[str]


def capping_of(
    applications: Applications, rules: BatchRules, class_of: Int32, programme_of: Int32
) -> Capping | None:
    """Read the caps: column ``cap:<level>`` names the cap of a programme, the rules its limit.

    Those admitted before (``programme_of``, -1 where none) count under it: the limit is what is left.
    """
    members, limits = _members(applications, rules)
    if not members:
        return None
    names = sorted(members, key=lambda name: (int(members[name].sum()), name))
    parent = np.full(len(names), -1, np.int32)
    above = np.full(applications.seats.size, -1, np.int32)
    for at, name in enumerate(names):
        _refuse_two_rankings(applications, name, members[name], class_of)
        above[members[name] & (above == -1)] = at
        for larger in range(at + 1, len(names)):
            both = members[name] & members[names[larger]]
            if not both.any():
                continue
            if np.any(members[name] & ~members[names[larger]]):
                message = f"{name} and {names[larger]} overlap; one must contain the other."
                raise TableError([Fault("programmes", 0, f"cap:{name.split(':')[0]}", message)])
            if parent[at] == -1:
                parent[at] = larger
    before = np.bincount(programme_of[programme_of >= 0], minlength=above.size)
    left = [max(limits[name] - int(before[members[name]].sum()), 0) for name in names]
    limit = np.array(left, np.int64)
    return Capping(Caps(above=above, parent=parent, limit=limit), names)


def _members(
    applications: Applications, rules: BatchRules
) -> tuple[dict[str, Truths], dict[str, int]]:
    members, limits = {}, {}
    programmes = applications.programmes
    levels = [column for column in programmes.columns if column.startswith("cap:")]
    need_columns("programmes", programmes, *(f"cap:{level}" for level in rules.caps))
    for column in levels:
        level = column.removeprefix("cap:")
        texts = programmes[column].cast(pl.String).str.strip_chars().replace("", None)
        for name in sorted(set(texts.drop_nulls())):
            limit = rules.caps.get(level, {}).get(name)
            if limit is None:
                row = int(programmes.filter(texts == name)[ROW][0])
                message = f"{name!r}: the rules give this cap no limit (caps: {level}: {name})."
                raise TableError([Fault("programmes", row, column, message)])
            members[f"{level}:{name}"] = (texts == name).fill_null(value=False).to_numpy()
            limits[f"{level}:{name}"] = limit
    return members, limits


def _refuse_two_rankings(
    applications: Applications, name: str, member: Truths, class_of: Int32
) -> None:
    if np.unique(class_of[member]).size > 1:
        both = ", ".join(applications.programme_names.filter(pl.Series(member)).head(3))
        message = (
            f"{name} contains programmes of different classes ({both} …), which rank candidates by "
            "different keys; who goes first is then not defined."
        )
        raise TableError([Fault("programmes", 0, f"cap:{name.split(':', maxsplit=1)[0]}", message)])
