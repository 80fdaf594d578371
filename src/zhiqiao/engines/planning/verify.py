"""Whether a plan meets its rules, re-derived in plain Python; shares no code with `solve`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhiqiao.engines.planning.problem import Int64, Problem, Share

PROPERTIES = {
    "P1": "Every line gets a number of places within its bounds.",
    "P2": "The places add up to a total within its bounds.",
    "P3": "No category gets less than its floor.",
    "P4": "Every share is reached.",
    "P5": "Where the requests meet all rules, nothing is changed.",
}


def broken_rules(problem: Problem, places: Int64) -> list[str]:
    """Name every property that a plan breaks, and where; an empty list means that it holds. O(L C)."""
    given = [int(number) for number in places]
    if len(given) != problem.lines:
        return [f"P1: {len(given)} lines, {problem.lines} wanted"]
    found = list(_faults(problem, given))
    asked = [int(number) for number in problem.requested]
    if not found and given != asked and not list(_faults(problem, asked)):
        found.append("P5: the requests meet all rules and were changed")
    return found


def share_of(share: Share, places: Int64) -> Fraction | None:
    """Return the share that a plan reaches exactly, or None where nothing is below the bar."""
    below = sum(int(n) for n, is_among in zip(places, share.among, strict=True) if is_among)
    above = sum(int(n) for n, is_counted in zip(places, share.counted, strict=True) if is_counted)
    return Fraction(above, below) if below else None


def _faults(problem: Problem, given: list[int]) -> list[str]:
    found = [
        f"P1: line {line} gets {number}"
        for line, number in enumerate(given)
        if not problem.least[line] <= number <= problem.most[line]
    ]
    if not problem.total_least <= sum(given) <= problem.total_most:
        found.append(f"P2: the total is {sum(given)}")
    for category, floor in enumerate(problem.floors):
        got = sum(n for n, kind in zip(given, problem.category, strict=True) if kind == category)
        if got < floor:
            found.append(f"P3: category {category} gets {got}")
    for share in problem.shares:
        reached = share_of(share, given)  # type: ignore[arg-type] # any numbers in order will do
        if reached is not None and reached < share.least:
            found.append(f"P4: the share {share.name} is {reached}")
    return found
