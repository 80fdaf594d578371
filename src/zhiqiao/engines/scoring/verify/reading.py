"""The figures of reviewers and the flags, derived again review by review."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from math import isqrt, lcm
from typing import TYPE_CHECKING

from zhiqiao.engines.scoring.outcome import Flag
from zhiqiao.engines.scoring.terms import UNKNOWN, FlagKind
from zhiqiao.engines.scoring.verify.facts import doubled_median, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhiqiao.engines.scoring.verify.facts import Facts, Given

OTHER_SIGNS = re.compile(r"[\W_]")


def reviewer_figures(facts: Facts) -> Iterator[tuple[int, ...]]:
    """Yield the seven figures of each reviewer in the order of `Readers`."""
    limits = facts.problem.thresholds
    judged = facts.deviations if len(facts.deviations) >= limits.outlying_least else {}
    for own in facts.of_reviewer:
        shared = [review for review in own if len(facts.of_application[review.application]) > 1]
        yield (
            len(own),
            len({review.score for review in own}),
            len(shared),
            _correlation(facts, shared) if len(shared) >= limits.agreement_least else UNKNOWN,
            sum(_can_be_timed(facts, review) for review in own),
            sum(review.comment is not None for review in own),
            sum(review.at in judged for review in own),
        )


def _can_be_timed(facts: Facts, review: Given) -> bool:
    return review.seconds is not None and len(_times(facts, review)) >= (
        facts.problem.thresholds.times_least
    )


def _times(facts: Facts, review: Given) -> list[int]:
    return [
        other.seconds
        for other in facts.of_application[review.application]
        if other.seconds is not None
    ]


def _correlation(facts: Facts, shared: Sequence[Given]) -> int:
    """Return Pearson's correlation of average ranks, in thousandths."""
    own = _doubled_ranks([review.score for review in shared])
    others = _doubled_ranks(_means_of_others(facts, shared))
    middle = len(shared) + 1
    left, right = [r - middle for r in own], [r - middle for r in others]
    both = sum(a * b for a, b in zip(left, right, strict=True))
    square = sum(a * a for a in left) * sum(b * b for b in right)
    if square == 0:
        return UNKNOWN
    size = Fraction(10**6 * both * both, square)
    root = isqrt(size.numerator // size.denominator)
    root += size >= (root + Fraction(1, 2)) ** 2
    return root if both > 0 else -root


def _means_of_others(facts: Facts, shared: Sequence[Given]) -> list[int]:
    """Return the means of the other marks, all of them as many times over as makes them whole."""
    panels = [facts.of_application[review.application] for review in shared]
    times = lcm(*(len(panel) - 1 for panel in panels))
    return [
        (sum(other.score for other in panel) - review.score) * times // (len(panel) - 1)
        for review, panel in zip(shared, panels, strict=True)
    ]


def _doubled_ranks(values: Sequence[int]) -> list[int]:
    """Return the first and the last place of each value, added up: twice the average rank."""
    rising = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(rising, start=1)))}
    last = {value: place for place, value in enumerate(rising, start=1)}
    return [first[value] + last[value] for value in values]


def expected_flags(facts: Facts) -> list[Flag]:
    """Return every flag that the problem deserves, sorted."""
    return sorted(flag for derive in DERIVED for flag in derive(facts))


def _hardly_read(facts: Facts) -> Iterator[Flag]:
    limits = facts.problem.thresholds
    for review in facts.reviews:
        if review.seconds is None:
            continue
        times, limit = _times(facts, review), limits.read_bare
        if len(times) >= limits.times_least:
            share = -(-limits.read_share * doubled_median(times) // 200)
            limit = max(limit, min(share, limits.read_floor))
        if review.seconds < limit:
            yield _about(FlagKind.HARDLY_READ, review, -1, (review.seconds, limit, len(times)))


def _short_comments(facts: Facts) -> Iterator[Flag]:
    least = facts.problem.thresholds.comment_least
    for review in facts.reviews:
        if review.comment is not None:
            length = len("".join(review.comment.split()))
            if length < least:
                yield _about(FlagKind.SHORT_COMMENT, review, -1, (length, least, 1))


def _copied(facts: Facts) -> Iterator[Flag]:
    limits = facts.problem.thresholds
    sets = {}
    for review in facts.reviews:
        text = _letters(review)
        if len(text) >= limits.copied_least:
            ends = range(min(limits.shingle, len(text)), len(text) + 1)
            sets[review.at] = {text[max(0, end - limits.shingle) : end] for end in ends}
    for kind, groups in (
        (FlagKind.COPIED_OWN, facts.of_reviewer),
        (FlagKind.COPIED_OTHER, facts.of_application),
    ):
        for group in groups:
            own = [review for review in group if review.at in sets]
            for review in own:
                shares = [
                    (_share(sets[review.at], sets[other.at]), -other.at)
                    for other in own
                    if other.at != review.at
                ]
                share, other = max(shares, default=(0, 0))
                if share >= limits.copied_share:
                    yield _about(kind, review, -other, (share, limits.copied_share, len(own)))


def _copied_elsewhere(facts: Facts) -> Iterator[Flag]:
    least = facts.problem.thresholds.copied_least
    same: dict[str, list[Given]] = {}
    for review in facts.reviews:
        text = _letters(review)
        if len(text) >= least:
            same.setdefault(text, []).append(review)
    for group in same.values():
        for review in group:
            for other in group:
                is_apart = other.application != review.application
                if is_apart and other.reviewer != review.reviewer:
                    told = 100, 100, len(group)
                    yield _about(FlagKind.COPIED_ELSEWHERE, review, other.at, told)
                    break


def _letters(review: Given) -> str:
    return OTHER_SIGNS.sub("", unicodedata.normalize("NFKC", review.comment or "").casefold())


def _share(one: set[str], other: set[str]) -> int:
    return 100 * len(one & other) // len(one | other)


def _of_reviewers(facts: Facts) -> Iterator[Flag]:
    """Take the figures as they are told: whether they are true is another property."""
    limits, readers = facts.problem.thresholds, facts.scores.readers
    columns = readers.reviews, readers.marks, readers.common, readers.agreement
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for at, (reviews, marks, common, agreement) in enumerate(rows):
        if agreement != UNKNOWN and agreement <= limits.agreement_most:
            told = agreement, limits.agreement_most, common
            yield Flag(FlagKind.AGREES_WITH_NOBODY, -1, at, -1, -1, *told)
        if marks == 1 and reviews >= limits.same_marks_least:
            told = facts.of_reviewer[at][0].score, limits.same_marks_least, reviews
            yield Flag(FlagKind.NO_SPREAD, -1, at, -1, -1, *told)


def _outlying(facts: Facts) -> Iterator[Flag]:
    limits, found = facts.problem.thresholds, facts.deviations
    if len(found) < limits.outlying_least:
        return
    middle = doubled_median(list(found.values()))
    scale = doubled_median([abs(2 * value - middle) for value in found.values()])
    if scale == 0:
        return
    for at, value in found.items():
        z = Fraction("67.45") * 2 * (2 * value - middle) / scale
        if abs(z) > limits.outlying:
            told = rounded(z), limits.outlying, len(found)
            yield _about(FlagKind.OUTLYING_MARK, facts.reviews[at], -1, told)


def _of_applications(facts: Facts) -> Iterator[Flag]:
    most = facts.problem.thresholds.spread_most
    for at, own in enumerate(facts.of_application):
        spread = max(review.score for review in own) - min(review.score for review in own)
        if most is not None and spread > most:
            yield Flag(FlagKind.APART, at, -1, -1, -1, spread, most, len(own))
    for group in facts.connected[1:]:
        told = len(group), facts.problem.applications, len(facts.connected)
        for at in group:
            yield Flag(FlagKind.INCOMPARABLE, at, -1, -1, -1, *told)


def _about(kind: FlagKind, review: Given, other: int, told: tuple[int, int, int]) -> Flag:
    return Flag(kind, review.application, review.reviewer, review.at, other, *told)


DERIVED: tuple[Callable[[Facts], Iterator[Flag]], ...] = (
    _hardly_read,
    _short_comments,
    _copied,
    _copied_elsewhere,
    _of_reviewers,
    _outlying,
    _of_applications,
)
