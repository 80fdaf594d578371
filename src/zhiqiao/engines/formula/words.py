"""The closed vocabulary of the formula language and its limits."""

from __future__ import annotations

import re

MAX_LENGTH = 2_000
"""Characters of one formula."""
MAX_DEPTH = 40
"""Levels of one formula's tree."""
MAX_CHAIN = 100
"""Levels of a formula's tree with the formulas that it refers to put in place."""
MAX_NAME = 60
MAX_DIGITS = 15
"""Digits of a written number; each such number has a float64 nearest to it, read alike by all."""
MAX_SCALE = 9
"""Decimal places of an exact decimal."""
MAX_FACT = 10**15
"""Greatest magnitude of a fact or parameter, in its unit."""
MAX_MEMBERS = 1_000_000
"""Rows of one year, hence members of a group."""
MAX_LOOK_BACK = 10
MAX_INT64 = 2**63 - 1
MAX_INT128 = 2**127 - 1

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

KEYWORDS = frozenset({"and", "or", "not", "true", "false"})
AGGREGATES = frozenset({"sum", "avg", "count", "share", "rank"})
FUNCTIONS = AGGREGATES | {
    "if", "min", "max", "coalesce", "round", "percent", "fraction", "number", "param", "prev",
}  # fmt: skip
COLUMNS = frozenset({"entity", "year"})
RESERVED = KEYWORDS | FUNCTIONS | COLUMNS


def is_name(text: object) -> bool:
    """Whether a text may name a fact, parameter, formula, scope or column.

    Double underscores are left to the engine's own columns, such as ``pupils__state``.
    """
    return isinstance(text, str) and len(text) <= MAX_NAME and NAME.fullmatch(text) is not None
