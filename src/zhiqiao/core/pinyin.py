"""Pinyin keys: Chinese alphabetical order without a collation in the database."""

import csv
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.contrib.tone_convert import to_tone

OVERRIDES = Path(__file__).parent / "pinyin_overrides.csv"
KEY_LENGTH = 200

Kind = Literal["place", "name"]


@lru_cache(maxsize=1)
def _load_overrides() -> dict[str, list[str]]:
    """Teach pypinyin the readings of places and of surnames once per process."""
    surnames: dict[str, list[str]] = {}
    phrases: dict[str, list[list[str]]] = {}
    with OVERRIDES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            syllables = row["reading"].split()
            if row["kind"] == "surname":
                surnames[row["text"]] = syllables
            else:
                phrases[row["text"]] = [[to_tone(syllable)] for syllable in syllables]
    load_phrases_dict(phrases)
    return surnames


# Names of people and programmes come again and again.
@lru_cache(maxsize=16_384)
def _syllables(text: str, kind: Kind) -> tuple[str, ...]:
    surnames = _load_overrides()
    text = unicodedata.normalize("NFKC", text)
    read: list[str] = []
    if kind == "name":
        for length in (2, 1):
            if text[:length] in surnames and len(text) > length:
                read = surnames[text[:length]]
                text = text[length:]
                break
    rest = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    return tuple(word for part in [*read, *rest] for word in _words(part))


def _words(part: str) -> list[str]:
    kept = "".join(character if character.isalnum() else " " for character in part.casefold())
    return kept.split()


def pinyin_key(text: str, kind: Kind = "place") -> str:
    """Syllables with spaces between; a space sorts before every letter, so chang an < chang shou."""
    return " ".join(_syllables(text, kind))[:KEY_LENGTH].rstrip()


def pinyin_initials(text: str, kind: Kind = "place") -> str:
    return "".join(word[0] for word in _syllables(text, kind))
