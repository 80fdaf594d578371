"""Search without extensions: pairs of characters as words of a text index.

A text is reduced to its letters and digits (NFKC, lower case). Each two neighbours become one
word and the last character one more: "abcd" is ``ab bc cd d``. Finding the pairs of a question
side by side is then the same as finding the question inside of the text, and a question of one
character is found as the beginning of a word. What a person types is always a parameter.
"""

import unicodedata
from collections.abc import Iterable
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Model, QuerySet

from zhiqiao.core.models_base import Searchable
from zhiqiao.core.pinyin import pinyin_initials, pinyin_key

__all__ = [
    "Searchable",
    "filter_by_text",
    "pinyin_initials",
    "pinyin_key",
    "search_vector_text",
    "searchable_fields",
]

Row = TypeVar("Row", bound=Model)

LONGEST_QUESTION = 100
LONGEST_TERM_COUNT = 8


# Letters of every script and digits: what PostgreSQL, too, reads as part of a word.
_KEPT = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl"})


def reduced(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if unicodedata.category(character) in _KEPT)


def _pairs(reduced_text: str) -> list[str]:
    return [reduced_text[place : place + 2] for place in range(len(reduced_text) - 1)]


def search_vector_text(*texts: str) -> str:
    """Give the words under which the texts are found; no question matches across two of them."""
    words: list[str] = []
    for text in dict.fromkeys(reduced(text) for text in texts):
        if text:
            words += [*_pairs(text), text[-1]]
    return " ".join(words)


def searchable_fields(
    *, name: str, other_names: Iterable[str] = (), codes: Iterable[str | None] = ()
) -> dict[str, str]:
    """Values for the two columns of ``Searchable``."""
    names = [name, *other_names]
    sounds = [
        sound for each in names for sound in (pinyin_key(each), pinyin_initials(each)) if sound
    ]
    known_codes = [code for code in codes if code]
    return {
        "name_key": pinyin_key(name),
        "search_text": search_vector_text(*names, *known_codes, *sounds),
    }


def filter_by_text(queryset: QuerySet[Row], text: str) -> QuerySet[Row]:
    """Rows that contain every term of the question; all rows when nothing was asked."""
    terms = [reduced(term) for term in text[:LONGEST_QUESTION].replace("\x00", " ").split()]
    terms = [term for term in terms if term][:LONGEST_TERM_COUNT]
    if not terms:
        return queryset if not text.strip() else queryset.none()
    found: QuerySet[Row] = queryset.annotate(_search=SearchVector("search_text", config="simple"))
    for term in terms:
        found = found.filter(_search=_question(term))
    return found


def _question(term: str) -> SearchQuery:
    if len(term) == 1:
        return SearchQuery(f"{term}:*", config="simple", search_type="raw")
    return SearchQuery(" ".join(_pairs(term)), config="simple", search_type="phrase")
