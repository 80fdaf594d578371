"""A heap with the worst on top, inside a stretch of one large array."""

from __future__ import annotations

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.terms import Int64, Whole


@compiled
def push(heap: Int64, start: int, size: int, key: Whole) -> None:
    """Add a key to the ``size`` keys from ``start`` on."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[start + above] >= key:
            break
        heap[start + at] = heap[start + above]
        at = above
    heap[start + at] = key


@compiled
def sink(heap: Int64, start: int, size: int, key: Whole) -> None:
    """Put a key in place of the top of ``size`` keys."""
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[start + below + 1] > heap[start + below]:
            below += 1
        if heap[start + below] <= key:
            break
        heap[start + at] = heap[start + below]
        at = below
    heap[start + at] = key


@compiled
def drop_top(heap: Int64, start: int, size: int) -> None:
    """Remove the top of ``size`` keys; one fewer remain."""
    if size > 1:
        sink(heap, start, size - 1, heap[start + size - 1])
