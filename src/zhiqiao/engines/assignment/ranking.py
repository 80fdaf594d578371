"""The greatest values of each of many lists at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from zhiqiao.engines.assignment.terms import Int32, Int64

LOWEST = -(2**62)
MOST_PADDED = 8
SMALL = 2**16


def greatest(values: Int64, first: Int64, *, number: int, least: int = LOWEST) -> Int64:
    """Return the greatest values of each list, falling; of shape (lists, number).

    Parameters
    ----------
    values : int64 array of shape (n,)
    first : int64 array of shape (lists + 1,)
        Where each list begins.
    number : int
        How many of each are wanted; shorter lists are filled up.
    least : int
        Smaller values, and missing ones, count as this.

    Notes
    -----
    Selection in a padded table where the lists are about as long as each other, O(n); else a sort.
    """
    long = np.diff(first)
    width = int(max(long.max(initial=0), number))
    if width * long.size > MOST_PADDED * values.size + SMALL:
        return _by_sorting(values, first, number=number, least=least)
    table = np.full((long.size, width), least)
    if long.size and (long == width).all():
        table = np.maximum(values.reshape(table.shape), least)
    else:
        inside = np.arange(width) < long[:, None]
        table[inside] = np.maximum(values, least)
    if width > number:
        table = np.partition(table, width - number, axis=1)[:, width - number :]
    table.sort(axis=1)
    return table[:, ::-1]


def _by_sorting(values: Int64, first: Int64, *, number: int, least: int) -> Int64:
    lists = np.repeat(np.arange(first.size - 1), np.diff(first))
    order = np.lexsort((-values, lists))
    rank = np.arange(values.size) - first[lists]
    found = np.full((first.size - 1, number), least)
    kept = rank < number
    found[lists[kept], rank[kept]] = np.maximum(values[order[kept]], least)
    return found


def grouped(numbers: Int32, lists: int) -> tuple[npt.NDArray[np.intp], Int64]:
    """Return the order that brings equal numbers together, and where those of each begin. O(n)."""
    # Sixteen bits are sorted by digits, several times as fast as by comparison.
    keys = numbers.astype(np.uint16) if lists <= SMALL else numbers
    first = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=lists))])
    return np.argsort(keys, kind="stable"), first.astype(np.int64)
