"""Taking names out of what a blind reviewer reads."""

from collections.abc import Collection

MASK = "***"
SHORTEST = 2


def masked(text: str, names: Collection[str]) -> str:
    """Replace every name, the longest first, so that a part of a longer one is not left over."""
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) >= SHORTEST:
            text = text.replace(name, MASK)
    return text
