"""Comments that are nearly the same: common shingles of letters after everything else is taken out."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from zhiqiao.engines.scoring.outcome import Flag
from zhiqiao.engines.scoring.terms import NONE, FlagKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.scoring.problem import ScoringProblem
    from zhiqiao.engines.scoring.terms import Int32

Shingles: TypeAlias = frozenset[str]


def letters_of(comment: str) -> str:
    r"""Return the letters and figures of a comment in one form and case.

    >>> letters_of("\uff21 good plan, 2 years!")
    'agoodplan2years'
    """
    folded = unicodedata.normalize("NFKC", comment).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def shingles_of(letters: str, length: int) -> Shingles:
    """Return the runs of that many letters; all of them where there are fewer."""
    return frozenset(letters[at : at + length] for at in range(max(1, len(letters) - length + 1)))


def length_of(comment: str) -> int:
    """Return the characters of a comment without blanks."""
    return sum(not letter.isspace() for letter in comment)


def comment_flags(problem: ScoringProblem) -> Iterator[Flag]:
    """Yield short comments, and for each copied one the most like it (of several the first).

    A pair is looked at where the same reviewer wrote both, or where both are about the same
    application. Beyond these only the very same words are looked for. O(sum of squared loads and panel
    sizes) comparisons of sets, most of them left out by the number of shingles alone.
    """
    if problem.comments is None:
        return
    limits = problem.thresholds
    lengths = map(length_of, problem.comments)
    for at, length in enumerate(lengths):
        if length < limits.comment_least:
            yield _flag(problem, FlagKind.SHORT_COMMENT, at, NONE, length, limits.comment_least, 1)
    yield from _copies(problem, list(map(letters_of, problem.comments)))


def _copies(problem: ScoringProblem, letters: list[str]) -> Iterator[Flag]:
    reviews, limits = problem.reviews, problem.thresholds
    known: dict[str, Shingles] = {}
    shingles = [
        known.setdefault(own, shingles_of(own, limits.shingle))
        if len(own) >= limits.copied_least
        else None
        for own in letters
    ]
    for kind, key in (
        (FlagKind.COPIED_OWN, reviews.reviewer),
        (FlagKind.COPIED_OTHER, reviews.application),
    ):
        for members in _members(key):
            own = [at for at in members if shingles[at] is not None]
            for at, other, share in _most_alike(own, shingles, limits.copied_share):
                yield _flag(problem, kind, at, other, share, limits.copied_share, len(own))
    for members in _same_words(letters, limits.copied_least):
        for at, other in _elsewhere(problem, members):
            yield _flag(problem, FlagKind.COPIED_ELSEWHERE, at, other, 100, 100, len(members))


def _same_words(letters: list[str], least: int) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for at, own in enumerate(letters):
        if len(own) >= least:
            found.setdefault(own, []).append(at)
    return [members for members in found.values() if len(members) > 1]


def _elsewhere(problem: ScoringProblem, members: list[int]) -> Iterator[tuple[int, int]]:
    """Yield reviews with the first other one of another reviewer about another application."""
    application, reviewer = (
        column[members].tolist()
        for column in (problem.reviews.application, problem.reviews.reviewer)
    )
    pairs = list(zip(members, application, reviewer, strict=True))
    for at, about, by in pairs:
        other = next((one for one, a, r in pairs if a != about and r != by), NONE)
        if other != NONE:
            yield at, other


def _flag(  # noqa: PLR0913, PLR0917 - one line for each field of a flag
    problem: ScoringProblem,
    kind: FlagKind,
    at: int,
    other: int,
    figure: int,
    threshold: int,
    number: int,
) -> Flag:
    application, reviewer = problem.reviews.application[at], problem.reviews.reviewer[at]
    return Flag(kind, int(application), int(reviewer), at, other, figure, threshold, number)


def _members(key: Int32) -> Iterator[list[int]]:
    order = np.argsort(key, kind="stable")
    bounds = np.flatnonzero(np.diff(key[order], prepend=NONE, append=NONE)).tolist()
    for start, end in pairwise(bounds):
        yield order[start:end].tolist()


def _most_alike(
    own: list[int], shingles: list[Shingles | None], least: int
) -> Iterator[tuple[int, int, int]]:
    """Yield each comment that has a copy, with the most like it and the share in percent."""
    best: dict[int, tuple[int, int]] = {}
    for place, at in enumerate(own):
        for other in own[:place]:
            share = _common_share(shingles[at], shingles[other], least)
            if share < least:
                continue
            for one, two in ((at, other), (other, at)):
                if (share, -two) > best.get(one, (-1, 0)):
                    best[one] = (share, -two)
    for at in sorted(best):
        share, other = best[at]
        yield at, -other, share


def _common_share(one: Shingles | None, other: Shingles | None, least: int) -> int:
    """Return the shingles in common of all, in whole percent, or 0 where it cannot be the least."""
    if one is None or other is None:
        return 0
    if one is other:
        return 100
    few, many = sorted((len(one), len(other)))
    if 100 * few < least * many:
        return 0
    common = len(one & other)
    return 100 * common // (few + many - common)
