"""The one error of the scoring engine: what was given, which rule, and what to do."""

from __future__ import annotations

REFUSALS: dict[str, tuple[str, str]] = {
    "length": (
        "{name} has {given} entries where {wanted} are needed.",
        "Give one entry for each {each}.",
    ),
    "kind": ("{name} holds {given}; {wanted} is needed.", "Convert it before the problem is made."),
    "index": (
        "Review {at} names {what} {given}; there are {number}, from 0.",
        "Name one of them.",
    ),
    "order": (
        "Review {at} of application {application} by reviewer {reviewer} does not come after the one before it.",
        "Give each pair once, sorted by application, then by reviewer; `sorted_reviews` does it.",
    ),
    "score": (
        "The score of application {application} by reviewer {reviewer} is {given}.",
        "Give whole hundredths from 0 to {limit}.",
    ),
    "unreviewed": (
        "{what} {at} has no review.",
        "Leave out who has none: a score that nobody gave is not a score of zero.",
    ),
    "seconds": (
        "The reading time of application {application} by reviewer {reviewer} is {given} seconds.",
        "Give whole seconds from 0; -1 says that the time is not known.",
    ),
    "panel": (
        "Application {at} is of panel {given}.",
        "Number panels from 0; -1 says that an application has none.",
    ),
    "places": ("There are {given} places.", "Give a number from 0, or leave it out."),
    "ridge": (
        "The ridge is {given} thousandths.",
        "Give whole thousandths from {least} to {most}, or leave it to the engine.",
    ),
    "threshold": (
        "The threshold {name} is {given}.",
        "Give a whole number from {least} to {most}.",
    ),
    "too-many": ("There are {given} reviews.", "Give at most {limit}."),
    "not-solved": (
        "The effects of the reviewers were not found to the accuracy needed in {rounds} rounds.",
        "Give a greater ridge.",
    ),
}


class ScoringError(ValueError):
    """A problem, or something asked about scores, that the engine refuses.

    Parameters
    ----------
    reason : str
        A key of `REFUSALS`.
    **values : object
        What the message names.
    """

    def __init__(self, reason: str, **values: object) -> None:
        message, remedy = REFUSALS[reason]
        self.reason = reason
        self.values = values
        self.message = message.format_map(values)
        self.remedy = remedy.format_map(values)
        super().__init__(f"{self.message} {self.remedy}")
