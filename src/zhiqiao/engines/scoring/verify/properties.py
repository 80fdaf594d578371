"""The properties of scores, one function each."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

from zhiqiao.engines.scoring.terms import UNKNOWN, Way
from zhiqiao.engines.scoring.verify.equations import (
    UNIT,
    effects_satisfy_equations,
    ridge_is_justified,
)
from zhiqiao.engines.scoring.verify.facts import Facts, Violation, doubled_median, rounded
from zhiqiao.engines.scoring.verify.reading import expected_flags, reviewer_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhiqiao.engines.scoring.outcome import Flag, Scores
    from zhiqiao.engines.scoring.problem import ScoringProblem
    from zhiqiao.engines.scoring.terms import Int32, Int64


def verify(
    problem: ScoringProblem, scores: Scores, *, without: frozenset[str] = frozenset()
) -> list[Violation]:
    """Return what scores violate; nothing when every property holds.

    Parameters
    ----------
    problem, scores
        What was asked and what was answered.
    without : frozenset of str
        Names of properties to leave out, for showing what only they find.

    Notes
    -----
    Review by review in whole numbers and fractions: O(N log N), and the pairs of comments.
    """
    facts = Facts(problem, scores)
    return [
        violation
        for name, holds in PROPERTIES.items()
        if name not in without
        for violation in holds(facts)
    ]


def _differing(
    name: str, what: str, told: Int64 | Int32, expected: Sequence[int]
) -> Iterator[Violation]:
    if told.shape != (len(expected),):
        yield Violation(name, f"{what}: {len(expected)} are needed, and {told.size} told")
        return
    for at, (own, given) in enumerate(zip(expected, told.tolist(), strict=True)):
        if own != given:
            yield Violation(name, f"the {what} is {_said(own)}, and {_said(given)} is told", (at,))


def _said(figure: int) -> str:
    return "unknown" if figure == UNKNOWN else str(figure)


def plain_figures_are_exact(facts: Facts) -> Iterator[Violation]:
    """P1: mean, trimmed mean, median and spread are those of the marks, rounded once."""
    figures: dict[str, list[int]] = {"official": [], "trimmed": [], "median": [], "spread": []}
    for own in facts.of_application:
        rising = sorted(review.score for review in own)
        is_trimmed = len(rising) >= facts.problem.thresholds.trimmed_from
        inner = rising[1:-1] if is_trimmed else rising
        figures["official"].append(rounded(Fraction(sum(rising), len(rising))))
        figures["trimmed"].append(rounded(Fraction(sum(inner), len(inner))))
        figures["median"].append(rounded(Fraction(doubled_median(rising), 2)))
        figures["spread"].append(rising[-1] - rising[0])
    for what, expected in figures.items():
        yield from _differing("P1", what, getattr(facts.scores, what), expected)


def groups_are_connected(facts: Facts) -> Iterator[Violation]:
    """P2: a group is what chains of common reviewers connect, numbered by size."""
    expected = [0] * facts.problem.applications
    for number, own in enumerate(facts.connected):
        for at in own:
            expected[at] = number
    yield from _differing("P2", "group", facts.scores.group, expected)


def calibrated_follows_from_effects(facts: Facts) -> Iterator[Violation]:
    """P5: a calibrated score is the mean of the marks less the effects of those who gave them."""
    effect = facts.scores.model.effect.tolist()
    expected = [UNKNOWN] * facts.problem.applications
    if len(effect) == facts.problem.reviewers:
        expected = [
            rounded(
                Fraction(sum(r.score * UNIT - effect[r.reviewer] for r in own), UNIT * len(own))
            )
            for own in facts.of_application
        ]
    yield from _differing("P5", "calibrated score", facts.scores.calibrated, expected)


def standard_scores_follow(facts: Facts) -> Iterator[Violation]:
    """P6: a standard score is the deviation of the official one in its panel's deviations."""
    problem, official = facts.problem, facts.scores.official.tolist()
    panels: dict[int, list[int]] = {}
    numbers = [0] * problem.applications if problem.panel is None else problem.panel.tolist()
    for at, number in enumerate(numbers):
        panels.setdefault(number, []).append(at)
    expected = [UNKNOWN] * problem.applications
    for number, own in panels.items():
        if number >= 0 and len(own) >= problem.thresholds.panel_least:
            mean = Fraction(sum(official[at] for at in own), len(own))
            variance = sum((official[at] - mean) ** 2 for at in own) / (len(own) - 1)
            for at in own if variance else ():
                expected[at] = _z(official[at] - mean, Fraction(variance))
    yield from _differing("P6", "standard score", facts.scores.standard, expected)


def _z(away: Fraction, variance: Fraction) -> int:
    """Return a deviation in thousandths of the root of a variance, rounded to the nearest."""
    size = 10**6 * away * away / variance
    root = isqrt(size.numerator // size.denominator)
    root += size >= (root + Fraction(1, 2)) ** 2
    return root if away > 0 else -root


def ranks_follow_from_scores(facts: Facts) -> Iterator[Violation]:
    """P7: a rank is one more than the number of greater scores, the calibrated one in the group."""
    scores = facts.scores
    told = {
        Way.OFFICIAL: scores.official,
        Way.TRIMMED: scores.trimmed,
        Way.MEDIAN: scores.median,
        Way.CALIBRATED: scores.calibrated,
        Way.STANDARD: scores.standard,
    }
    if set(scores.ranks) != set(told):
        yield Violation("P7", "there are not ranks by each way of counting")
        return
    group = scores.group.tolist()
    for way, given in told.items():
        rows = [
            (group[at] if way is Way.CALIBRATED else 0, score)
            for at, score in enumerate(given.tolist())
        ]
        falling: dict[tuple[int, int], int] = {}
        place: dict[int, int] = {}
        for own, score in sorted(rows, key=lambda row: (row[0], -row[1])):
            place[own] = place.get(own, 0) + 1
            falling.setdefault((own, score), place[own])
        expected = [0 if row[1] == UNKNOWN else falling[row] for row in rows]
        yield from _differing("P7", f"{way} rank", scores.ranks[way], expected)


def cut_line_is_told(facts: Facts) -> Iterator[Violation]:
    """P8: an application is flagged where one way of ranking has it within the places and one outside."""
    scores, places = facts.scores, facts.problem.places
    number = facts.problem.applications
    expected = [False] * number
    if places is not None:
        ranks = {way: ranked.tolist() for way, ranked in scores.ranks.items()}
        own = [0] * (scores.groups or 1)
        for at, group in enumerate(scores.group.tolist()):
            own[group] += ranks[Way.OFFICIAL][at] <= places
        usable = [way for way, ranked in ranks.items() if all(ranked)]
        for at, group in enumerate(scores.group.tolist()):
            limits = {Way.CALIBRATED: own[group]}
            answers = {ranks[way][at] <= limits.get(way, places) for way in usable}
            expected[at] = len(answers) > 1
    for at, (one, told) in enumerate(zip(expected, scores.changes_cut.tolist(), strict=True)):
        if one != told:
            sentence = "is" if one else "is not"
            yield Violation(
                "P8", f"it {sentence} otherwise by another way, and that is not told", (at,)
            )


def figures_of_reviewers_hold(facts: Facts) -> Iterator[Violation]:
    """P9: reviews, marks and agreement with others are those of the reviewer."""
    readers = facts.scores.readers
    names = ("reviews", "marks", "common", "agreement", "timed", "commented", "judged")
    told = zip(*(getattr(readers, name).tolist() for name in names), strict=True)
    expected = list(reviewer_figures(facts))
    rows = list(told)
    if len(rows) != len(expected):
        yield Violation("P9", "there are not figures for each reviewer")
        return
    for at, (own, given) in enumerate(zip(expected, rows, strict=True)):
        for name, one, other in zip(names, own, given, strict=True):
            if one != other:
                sentence = f"{name} is {_said(one)}, and {_said(other)} is told"
                yield Violation("P9", sentence, (), (at,))


def flags_are_deserved(facts: Facts) -> Iterator[Violation]:
    """P10: there is a flag where a figure passes its threshold, with these numbers, and no other."""
    expected, told = set(expected_flags(facts)), set(facts.scores.flags)
    for flag in sorted(expected - told):
        yield _of_flag(flag, "is deserved and not told")
    for flag in sorted(told - expected):
        yield _of_flag(flag, "is told and not deserved")
    if len(told) != len(facts.scores.flags):
        yield Violation("P10", "a flag is told twice")


def _of_flag(flag: Flag, sentence: str) -> Violation:
    figures = f"{flag.kind} with {flag.figure} for {flag.threshold} of {flag.number}"
    applications = (flag.application,) if flag.application >= 0 else ()
    reviewers = (flag.reviewer,) if flag.reviewer >= 0 else ()
    return Violation("P10", f"{figures} {sentence}", applications, reviewers)


PROPERTIES: dict[str, Callable[[Facts], Iterator[Violation]]] = {
    "P1": plain_figures_are_exact,
    "P2": groups_are_connected,
    "P3": ridge_is_justified,
    "P4": effects_satisfy_equations,
    "P5": calibrated_follows_from_effects,
    "P6": standard_scores_follow,
    "P7": ranks_follow_from_scores,
    "P8": cut_line_is_told,
    "P9": figures_of_reviewers_hold,
    "P10": flags_are_deserved,
}
