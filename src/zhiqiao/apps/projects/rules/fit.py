"""How well an expert's fields fit what an application says: by codes, and by words that it uses.

Whole millionths, as the assignment engine counts. An expert without a word in common fits a little,
so that somebody is found where nobody fits well.
"""

import re
from collections.abc import Collection

UNIT = 1_000_000
LEAST = UNIT // 20
CODE = re.compile(r"(?<![0-9])[0-9]{2,8}(?![0-9])")
DIVIDERS = re.compile(r"[\s,;/\uff0c\u3001\uff1b]+")
SHORTEST_WORD = 2


def words_of(topics: str) -> tuple[str, ...]:
    return tuple(word for word in DIVIDERS.split(topics) if len(word) >= SHORTEST_WORD)


def fit_of(codes: Collection[str], topics: str, text: str) -> int:
    """Return the fit from 1/20 to 1: the longest code in common, or the share of words found."""
    there = set(CODE.findall(text))
    by_code = max(
        (
            min(len(code), len(other)) / max(len(code), len(other))
            for code in codes
            for other in there
            if other.startswith(code) or code.startswith(other)
        ),
        default=0.0,
    )
    words = words_of(topics)
    by_word = sum(word in text for word in words) / len(words) if words else 0.0
    return max(LEAST, round(UNIT * max(by_code, by_word)))
