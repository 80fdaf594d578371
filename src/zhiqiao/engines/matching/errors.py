"""The one error of the matching engine, with every reason for which it refuses something.

::

    MatchingError             a problem, a rule or a result that the engine refuses

It carries a reason code, what was given, and a remedy; the text says all three.
"""

from __future__ import annotations

from zhiqiao.engines.matching.refusals import REFUSALS

MAX_SHOWN = 200


class MatchingError(ValueError):
    """Something that the engine refuses.

    Parameters
    ----------
    reason : str
        A key of `REFUSALS`.
    where : tuple of int
        Indices of the candidates or programmes concerned, for a caller that knows their names.
    **values : object
        What the message names.
    """

    def __init__(self, reason: str, *, where: tuple[int, ...] = (), **values: object) -> None:
        message, remedy = REFUSALS[reason]
        self.reason = reason
        self.where = where
        self.values = {name: str(value)[:MAX_SHOWN] for name, value in values.items()}
        self.message = message.format_map(self.values)
        self.remedy = remedy.format_map(self.values)
        super().__init__(f"{self.message} {self.remedy}")
