"""Which records figures are made of: the real ones or, on request, those of the demonstration alone.

Never both: whoever counts chooses its rows with `counted_rows`, and so cannot combine them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Q

from zhiqiao.core.fields import Provenance

_demonstration: ContextVar[bool] = ContextVar("demonstration", default=False)


@contextmanager
def counting_demonstration(*, wanted: bool = True) -> Iterator[None]:
    """Let what is counted inside be counted from the demonstration, where that is wanted."""
    token = _demonstration.set(wanted)
    try:
        yield
    finally:
        _demonstration.reset(token)


def is_demonstration_counted() -> bool:
    return _demonstration.get()


def counted_rows(path: str = "") -> Q:
    """Choose the rows that count; ``path`` leads to the record with a provenance (``call__``)."""
    of_demonstration = Q(**{f"{path}provenance": Provenance.DEMONSTRATION})
    return of_demonstration if is_demonstration_counted() else ~of_demonstration
