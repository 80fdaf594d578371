"""How two written names of a body are compared: pure text, no table.

Two names are the *same* when they differ only in the way they are typed (full or half width,
brackets, spaces, quotation marks). They are *near* when they share enough of their characters, or
when one is made of the other's characters in order, as short names are. A near name is never the
answer; it is something to show to a person.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from math import ceil

#: Share of common bigrams (Jaccard) from which a name is worth showing.
NEAR_FROM = 0.5
#: A short name is looked for by its characters in order only up to this length.
ABBREVIATION_AT_MOST = 8
CANDIDATES_AT_MOST = 5

_NOISE = re.compile(r"[\W_]+")


class Likeness(StrEnum):
    USUAL_WORDS = "usual-words"
    CONTAINED = "contained"
    ABBREVIATION = "abbreviation"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class Likely:
    """An entry of the index that resembles the given name, from 0 to 1."""

    entry: int
    score: float
    likeness: Likeness


def folded(name: str) -> str:
    """Return the letters and digits of `name` in one width and case, without signs and spaces."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


@lru_cache(maxsize=1)
def _affixes() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    with files("zhiqiao.apps.registry").joinpath("name_affixes.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -len(row["given"]))
    starts = tuple((r["given"], r["standard"]) for r in rows if r["position"] == "start")
    ends = tuple((r["given"], r["standard"]) for r in rows if r["position"] == "end")
    return starts, ends


def standard(folded_name: str) -> str:
    """Return the name with its usual first and last words in their shortest form."""
    starts, ends = _affixes()
    for given, short in starts:
        if folded_name.startswith(given) and len(folded_name) > len(given):
            folded_name = short + folded_name[len(given) :]
            break
    for given, short in ends:
        if folded_name.endswith(given) and len(folded_name) > len(given):
            return folded_name[: -len(given)] + short
    return folded_name


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset({text})


def _in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


class NameIndex:
    """Looks up near names among many.

    A candidate with a Jaccard share of at least t has ``ceil(t * n)`` of the n bigrams of the given
    name, so it has at least one of any ``n - ceil(t * n) + 1`` of them: only the postings of the
    rarest ones are read, and nothing is missed.
    """

    def __init__(self, folded_names: Sequence[str]) -> None:
        self._folded = folded_names
        self._standard = [standard(name) for name in folded_names]
        self._grams = [_bigrams(name) for name in self._standard]
        self._by_gram: Mapping[str, list[int]] = _postings(self._grams)
        self._by_start: Mapping[str, list[int]] = _postings({n[:1]} for n in self._standard)

    def nearest(self, folded_name: str) -> list[Likely]:
        """Return up to five entries, the most alike first; ties keep the order of the index."""
        given = standard(folded_name)
        if not given:
            return []
        found = {likely.entry: likely for likely in self._abbreviated(given)}
        for likely in self._sharing_bigrams(given):
            known = found.get(likely.entry)
            if known is None or known.score < likely.score:
                found[likely.entry] = likely
        ranked = sorted(found.values(), key=lambda likely: (-likely.score, likely.entry))
        return ranked[:CANDIDATES_AT_MOST]

    def _sharing_bigrams(self, given: str) -> Iterable[Likely]:
        grams = _bigrams(given)
        rarest = sorted(grams, key=lambda gram: (len(self._by_gram.get(gram, ())), gram))
        needed = len(grams) - ceil(NEAR_FROM * len(grams)) + 1
        entries = {e for gram in rarest[:needed] for e in self._by_gram.get(gram, ())}
        for entry in entries:
            other = self._grams[entry]
            shared = len(grams & other)
            score = shared / (len(grams) + len(other) - shared)
            if score >= NEAR_FROM:
                yield self._judged(entry, given, score)

    def _judged(self, entry: int, given: str, score: float) -> Likely:
        other = self._standard[entry]
        if other == given:
            return Likely(entry, 0.95, Likeness.USUAL_WORDS)
        if given in other or other in given:
            return Likely(entry, round(max(score, 0.7), 3), Likeness.CONTAINED)
        return Likely(entry, round(score, 3), Likeness.CHARACTERS)

    def _abbreviated(self, given: str) -> Iterable[Likely]:
        if not 3 <= len(given) <= ABBREVIATION_AT_MOST:
            return
        for entry in self._by_start.get(given[0], ()):
            other = self._folded[entry]
            if len(other) > len(given) and _in_order(given, other):
                score = 0.5 + 0.4 * len(given) / len(other)
                contained = given in self._standard[entry]
                likeness = Likeness.CONTAINED if contained else Likeness.ABBREVIATION
                yield Likely(entry, round(score, 3), likeness)


def _postings(keys_of_entries: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    postings: dict[str, list[int]] = defaultdict(list)
    for entry, keys in enumerate(keys_of_entries):
        for key in keys:
            postings[key].append(entry)
    return dict(postings)
