"""How much text the cells of a sheet come to when each gets its own copy of a shared string.

An xlsx keeps a text once and lets any number of cells name it; the reader of cells copies it into
each. A few kilobytes can so become gigabytes, which the size of the parts does not show.
"""

import re
from collections.abc import Iterator

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import choices, problems
from zhiqiao.core.imports.reading.container import Package
from zhiqiao.core.imports.reading.whole_tags import whole_tags

PART = "xl/sharedstrings.xml"
PREFIX = rb"<(?:\w+:)?"
ENDS = re.compile(rb"</(?:\w+:)?si\s*>|" + PREFIX + rb"si\b[^<>]*/>")
HIDDEN = re.compile(rb"<!\[CDATA\[|<!--")
SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"']")
STEPS = re.compile(PREFIX + rb"(?:c\s(?P<cell>[^<]*)|v\s*>\s*(?P<number>\d{1,9}))")


def lengths_of(package: Package) -> list[int]:
    """Give the bytes of every shared string, in order; markup that hides an end is refused."""
    lengths: list[int] = []
    for part in package.parts:
        if part.replace("\\", "/").lower() == PART:
            lengths += _lengths(package, part)
    return lengths


def _lengths(package: Package, part: str) -> Iterator[int]:
    open_bytes = 0
    for text in whole_tags(package, part):
        if HIDDEN.search(text):
            raise InputError(problems.DAMAGED, name=package.name)
        done = 0
        for end in ENDS.finditer(text):
            yield open_bytes + end.end() - done
            open_bytes, done = 0, end.end()
        open_bytes += len(text) - done


def check_text(package: Package, part: str, lengths: list[int]) -> None:
    """Refuse a sheet whose cells would be longer together than the memory should hold."""
    longest = max(lengths, default=0)
    cells = sum(len(SHARED.findall(text)) for text in whole_tags(package, part))
    if longest * cells <= choices.MAX_SHARED_TEXT:
        return
    if _summed(package, part, lengths) > choices.MAX_SHARED_TEXT:
        raise InputError(problems.SWOLLEN, name=package.name)


def _summed(package: Package, part: str, lengths: list[int]) -> int:
    total, is_shared = 0, False
    for text in whole_tags(package, part):
        for step in STEPS.finditer(text):
            if step["number"] is None:
                is_shared = SHARED.search(step["cell"]) is not None
            elif is_shared and int(step["number"]) < len(lengths):
                total += lengths[int(step["number"])]
    return total
