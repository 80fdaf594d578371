"""How well an expert's fields fit what an application says: by codes, and by words that it uses.

Whole millionths, as the assignment engine counts. An expert without a word in common fits a little,
so that somebody is found where nobody fits well.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

Int64: TypeAlias = npt.NDArray[np.int64]
Shares: TypeAlias = npt.NDArray[np.float64]

UNIT = 1_000_000
LEAST = UNIT // 20
CODE = re.compile(r"(?<![0-9])[0-9]{2,8}(?![0-9])")
DIVIDERS = re.compile(r"[\s,;/\uff0c\u3001\uff1b]+")
SHORTEST_WORD = 2
# Texts that are searched for words at a time.
READ_AT_ONCE = 512


def words_of(topics: str) -> tuple[str, ...]:
    return tuple(word for word in DIVIDERS.split(topics) if len(word) >= SHORTEST_WORD)


class Fits:
    """The fit of many experts at once, from 1/20 to 1 in millionths.

    It is the longest code in common or the share of an expert's words that a text uses, whichever is more.

    Parameters
    ----------
    codes, topics : sequences of length E
        What each expert knows.
    """

    def __init__(self, codes: Sequence[Collection[str]], topics: Sequence[str]) -> None:
        self.number = len(codes)
        self._experts_of_code = _holders([sorted(set(each)) for each in codes])
        self._codes = sorted(self._experts_of_code)
        self._alike: dict[str, tuple[Int64, Shares]] = {}
        words = [words_of(each) for each in topics]
        self._words = np.array([max(1, len(each)) for each in words], np.int64)
        by_word = _holders(words)
        self._holders = list(by_word.values())
        self._known = pl.DataFrame(
            {"word": list(by_word), "place": range(len(by_word))},
            schema={"word": pl.String, "place": pl.Int64},
        )

    def rows(self, texts: Sequence[str]) -> Iterator[Int64]:
        """Give the fits of all experts to one text after the other.

        Yields
        ------
        int64 array of shape (E,)
        """
        for start in range(0, len(texts), READ_AT_ONCE):
            part = texts[start : start + READ_AT_ONCE]
            for text, words in zip(part, self._words_in(part), strict=True):
                yield self._row(text, words)

    def _row(self, text: str, words: Int64) -> Int64:
        best = np.zeros(self.number, np.float64)
        if words.size:
            holders = np.concatenate([self._holders[word] for word in words.tolist()])
            best = np.bincount(holders, minlength=self.number) / self._words
        for code in set(CODE.findall(text)):
            experts, shares = self._alike_to(code)
            best[experts] = np.maximum(best[experts], shares)
        return np.maximum(LEAST, np.rint(UNIT * best).astype(np.int64))

    def _words_in(self, texts: Sequence[str]) -> list[Int64]:
        """Return the places of the known words that each text uses."""
        if self._known.is_empty():
            return [np.zeros(0, np.int64)] * len(texts)
        known = self._known["word"].to_list()
        found = (
            pl.DataFrame({"text": range(len(texts)), "word": list(texts)})
            .with_columns(pl.col("word").str.extract_many(known, overlapping=True))
            .explode("word")
            .unique()
            .join(self._known, on="word")
            .sort("text", "place")
        )
        ends = np.searchsorted(found["text"].to_numpy(), np.arange(1, len(texts)))
        return np.split(found["place"].to_numpy(), ends)

    def _alike_to(self, code: str) -> tuple[Int64, Shares]:
        """Return the experts with a code that begins like this one, and how much is in common."""
        if code not in self._alike:
            best = np.zeros(self.number, np.float64)
            for other in self._beginning_alike(code):
                experts = self._experts_of_code[other]
                share = min(len(code), len(other)) / max(len(code), len(other))
                best[experts] = np.maximum(best[experts], share)
            experts = np.flatnonzero(best)
            self._alike[code] = experts, best[experts]
        return self._alike[code]

    def _beginning_alike(self, code: str) -> Iterator[str]:
        for length in range(1, len(code)):
            if code[:length] in self._experts_of_code:
                yield code[:length]
        for other in self._codes[bisect_left(self._codes, code) :]:
            if not other.startswith(code):
                return
            yield other


def _holders(words: Sequence[Sequence[str]]) -> dict[str, Int64]:
    """Return who has each word, as often as it was given."""
    found: dict[str, list[int]] = {}
    for owner, each in enumerate(words):
        for word in each:
            found.setdefault(word, []).append(owner)
    return {word: np.array(owners, np.int64) for word, owners in found.items()}
