"""The one error of the planning engine: what was given, which rule, and what to do."""

from __future__ import annotations

REFUSALS: dict[str, tuple[str, str]] = {
    "length": (
        "{name} has {given} entries; there are {wanted} lines.",
        "Give one entry for each line of the plan.",
    ),
    "kind": ("{name} holds {given}; whole numbers are needed.", "Convert it to int64 before."),
    "bounds": (
        "Line {line} may get from {least} to {most} places.",
        "Give bounds from 0 to {limit}, the lower one first.",
    ),
    "requested": ("Line {line} asks for {given} places.", "Give a number from 0 to {limit}."),
    "weight": (
        "A place changed in line {line} weighs {given}.",
        "Give a whole number from 1 to {limit}.",
    ),
    "category": (
        "Line {line} is in category {given}; there are {categories}, from 0.",
        "Name one of the categories that have a floor, or give more floors.",
    ),
    "floor": ("The floor of category {category} is {given}.", "Give a number from 0 to {limit}."),
    "total": (
        "The total is from {least} to {most}.",
        "Give totals from 0 to {limit}, the lower one first.",
    ),
    "share": (
        "The share {name} is {given}.",
        "Give a share of at least 0 and at most 1 with a denominator up to 10,000.",
    ),
    "outside": (
        "Line {line} counts for the share {name}, but not for what it is a share of.",
        "Count every line above the bar below it too.",
    ),
    "no-plan": (
        "No plan meets all rules: {rules} contradict each other.",
        "Loosen one of them, or allow more lines to change.",
    ),
    "too-long": (
        "No best plan was found within {seconds} seconds.",
        "Split the plan by level or region, or allow more time.",
    ),
}


class Names(tuple[str, ...]):
    """Names of rules, told with commas between them."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(self)


class PlanningError(ValueError):
    """A plan that the engine refuses, or rules that no plan meets.

    Parameters
    ----------
    reason : str
        A key of `REFUSALS`.
    line : int
        Number of the line concerned, or -1.
    **values : object
        What the message names.
    """

    def __init__(self, reason: str, *, line: int = -1, **values: object) -> None:
        message, remedy = REFUSALS[reason]
        self.reason = reason
        self.line = line
        self.values = {"line": line, **values}
        self.message = message.format_map(self.values)
        self.remedy = remedy.format_map(self.values)
        super().__init__(f"{self.message} {self.remedy}")
