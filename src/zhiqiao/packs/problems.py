"""What is wrong with a pack, said so that its author can put it right.

``PackError`` is the only exception of this package; it carries every problem that was found, not
just the first one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from zhiqiao.packs.codes import CODES


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of a pack.

    Attributes
    ----------
    file
        Path of the file inside the pack's directory, ``.`` for the directory itself; files of an
        extended pack begin with ``../``.
    line
        Line of the fault, counted from 1; 0 when the fault belongs to the whole file.
    code
        Stable name of the rule, such as ``duplicate-key``, from :mod:`zhiqiao.packs.codes`.
    message
        What was found and which rule it breaks.
    remedy
        What the author should do.
    """

    file: str
    line: int
    code: str
    message: str
    remedy: str

    def __post_init__(self) -> None:
        """Refuse a code that the reference does not explain."""
        if self.code not in CODES:
            message = f"{self.code} is not a rule of packs"
            raise ValueError(message)

    def __str__(self) -> str:
        """Return ``file:line: code: message remedy``, the form that editors make clickable."""
        return f"{self.file}:{self.line}: {self.code}: {self.message} {self.remedy}"


class PackError(Exception):
    """A pack that cannot be used.

    Attributes
    ----------
    problems
        Every problem found, in the order of files and lines.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
