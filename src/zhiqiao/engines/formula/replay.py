"""Computes a stored explanation again from its leaves alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, NamedTuple

from zhiqiao.engines.formula.aggregation import AGGREGATIONS
from zhiqiao.engines.formula.errors import FactsError
from zhiqiao.engines.formula.semantics import OPERATIONS

if TYPE_CHECKING:
    from zhiqiao.engines.trace import State, Step, Value

_MEANINGS = {**OPERATIONS, **AGGREGATIONS}


class Answer(NamedTuple):
    """A value with its state, as it follows from the leaves."""

    value: Value
    state: State


def replay(step: Step) -> Value:
    """Compute an explanation again from its leaves; nothing else in it is trusted.

    Parameters
    ----------
    step : Step
        An explanation, perhaps read back from a store.

    Returns
    -------
    Value
        What follows from the leaves: equal to ``step.value`` unless one was changed.

    Raises
    ------
    FactsError
        When a step is not one of the language, or its inputs cannot be its inputs.

    See Also
    --------
    replay_state : the state that follows.
    """
    return _answer(step).value


def replay_state(step: Step) -> State:
    """Give the state that follows from the leaves, see `replay`."""
    return _answer(step).state


def _answer(root: Step) -> Answer:
    """Compute steps after their inputs, without recursion; a shared step once."""
    found: dict[int, Answer] = {}
    stack = [root]
    while stack:
        step = stack[-1]
        waiting = [each for each in step.inputs if id(each) not in found]
        if id(step) in found or not waiting:
            found.setdefault(id(step), _compute(step, found))
            stack.pop()
        else:
            stack.extend(waiting)
    return found[id(root)]


def _compute(step: Step, found: dict[int, Answer]) -> Answer:
    if not step.inputs:
        return _leaf(step)
    inputs = [found[id(each)] for each in step.inputs]
    meaning = _MEANINGS.get(step.op)
    if meaning is None:
        raise FactsError("", 0, "not-a-step", given=step.op, detail="no such operation")
    try:
        outcome = meaning(inputs, dict(step.details))
    except (TypeError, ValueError, KeyError, DecimalException) as error:
        raise FactsError("", 0, "not-a-step", given=step.op, detail=repr(error)) from error
    return Answer(outcome.value, outcome.state)


def _leaf(step: Step) -> Answer:
    if (step.value is None) == step.state.has_value:
        detail = f"it is {step.state.name.lower()} with the value {step.value}"
        raise FactsError("", 0, "not-a-step", given=step.op, detail=detail)
    return Answer(step.value, step.state)


def tampered(step: Step, *, leaf: Step, value: Decimal | float | bool) -> Step:
    """Give the explanation with another value in one leaf: what the figure would be then.

    Parameters
    ----------
    step : Step
        The explanation.
    leaf : Step
        One of its leaves, the same object.
    value : int, Decimal, float or bool
        Its new value, of the same kind.

    Returns
    -------
    Step
        A copy; only the leaf differs, so `replay` gives the new figure.
    """
    if step is leaf:
        return replace(step, value=value)
    return replace(
        step, inputs=tuple(tampered(each, leaf=leaf, value=value) for each in step.inputs)
    )
