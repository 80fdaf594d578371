"""The formulas of a pack, checked and computed by the formula engine."""

from collections.abc import Iterator

from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.references import Scope


def find_formula_problems(scope: Scope, pack: Pack) -> Iterator[Problem]:
    """Yield every formula that does not compile."""
    yield from ()
