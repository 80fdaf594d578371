"""Run the examples that a pack's author worked out by hand: given counts, expected figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from zhiqiao.engines.formula import Direction, Program, compile_program
from zhiqiao.packs.draft import Draft
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.progress import Status, list_state_of, status_of
from zhiqiao.packs.schemas import ExpectedFigure, GivenCount, PackTest, Target


@dataclass(frozen=True, slots=True)
class Shown:
    """What a target shows for given counts."""

    value: Decimal | None
    bound: str
    status: Status


def find_failed_tests(draft: Draft, pack: Pack) -> Iterator[Problem]:
    """Yield every expectation of the pack's own tests that the pack does not meet."""
    formulas, facts, parameters, scopes = pack.formula_program()
    program = compile_program(formulas, facts=facts, parameters=parameters, scopes=scopes)
    for test in pack.tests.values():
        if test.id not in draft.entries["tests"]:
            continue
        for key, expected in test.expect.items():
            shown = show(pack.targets[key], pack=pack, program=program, test=test)
            for field, wanted, found in _differences(expected, shown):
                yield draft.problem(
                    ("tests", test.id, "expect", key), "test-failed",
                    message=f"{field} should be {_said(wanted)}, it is {_said(found)}.",
                    remedy="Correct the target, its formula or the example.",
                )  # fmt: skip


def show(target: Target, *, pack: Pack, program: Program, test: PackTest) -> Shown:
    """Compute what `target` shows on the day of `test` for the counts that it gives.

    A measure that the test does not give was not loaded.
    """
    used = {
        name: test.given.get(name, _NOT_LOADED) for name in program.inputs(target.formula).facts
    }
    bound = _bound(program, target, used)
    value = None if bound == "none" else _value(target, pack=pack, program=program, test=test)
    return Shown(
        value=value,
        bound="none" if value is None else bound,
        status=status_of(
            target,
            value,
            exact=bound == "exact",
            list_state=list_state_of(count.list_state for count in used.values()),
            day=test.at,
            started=pack.issued,
        ),
    )


_KEEPING = (Direction.RISING, Direction.CONSTANT)
_NOT_LOADED = GivenCount(list_state="not-loaded")


def _bound(program: Program, target: Target, used: Mapping[str, GivenCount]) -> str:
    """Carry "at least" through the formula, only where more of each count means more of it."""
    if any(count.value is None for count in used.values()):
        return "none"
    loose = [
        name for name, count in used.items() if count.list_state != "complete" or count.pending
    ]
    rising = all(program.direction(target.formula, name) in _KEEPING for name in loose)
    if not loose:
        return "exact"
    return "at-least" if rising else "none"


def _value(target: Target, *, pack: Pack, program: Program, test: PackTest) -> Decimal | None:
    facts = pl.DataFrame(
        {
            "entity": [pack.area],
            "year": [test.at.year],
            **{
                name: pl.Series(
                    [test.given[name].value if name in test.given else None], dtype=pl.Int64
                )
                for name in pack.measures
            },
        }
    )
    step = program.explain(facts, entity=pack.area, year=test.at.year, formula=target.formula)
    return None if step.value is None else Decimal(str(step.value))


def _differences(expected: ExpectedFigure, shown: Shown) -> Iterator[tuple[str, object, object]]:
    for field in ("value", "bound", "status"):
        wanted, found = getattr(expected, field), getattr(shown, field)
        if field in expected.model_fields_set and wanted != found:
            yield field, wanted, found


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)
