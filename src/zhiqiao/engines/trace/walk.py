"""Walks through an explanation without recursion, so that depth is no danger."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.trace.step import Record, Step


def steps(root: Step) -> Iterator[Step]:
    """Give every step object once, parents before inputs, inputs in order.

    Parameters
    ----------
    root : Step
        The explanation.

    Yields
    ------
    Step
        Each distinct object; a step shared by two parents comes once. O(steps).
    """
    seen: set[int] = set()
    stack = [root]
    while stack:
        step = stack.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        yield step
        stack.extend(reversed(step.inputs))


def leaves(root: Step) -> tuple[Step, ...]:
    """Give the steps that have no inputs: facts, parameters, literals and gaps.

    Parameters
    ----------
    root : Step
        The explanation.

    Returns
    -------
    tuple of Step
        In order of reading, each once. O(steps).
    """
    return tuple(step for step in steps(root) if not step.inputs)


def records(root: Step) -> tuple[Record, ...]:
    """Give the records that a figure traces to.

    Parameters
    ----------
    root : Step
        The explanation.

    Returns
    -------
    tuple of Record
        In order of reading, each once. O(steps + records).
    """
    return tuple(dict.fromkeys(record for step in steps(root) for record in step.records))
