"""The one error of the assignment engine: what was given, which rule, and what to do."""

from __future__ import annotations

REFUSALS: dict[str, tuple[str, str]] = {
    "length": (
        "{name} has {given} entries where {wanted} are needed.",
        "Give one entry for each {each}.",
    ),
    "kind": ("{name} holds {given}; {wanted} is needed.", "Convert it before the problem is made."),
    "panel-size": (
        "Application {application} asks for {given} reviews.",
        "Give a whole number from 0 to {limit}.",
    ),
    "load": (
        "Expert {expert} may get from {least} to {most} reviews.",
        "Give loads from 0 to {limit}, the lower one first.",
    ),
    "index": (
        "Entry {at} of {name} names {what} {given}; there are {number}, from 0.",
        "Name one of them.",
    ),
    "order": (
        "Pair {at} of application {application} and expert {expert} does not come after the one before it.",
        "Give each pair once, sorted by application, then by expert; `sorted_pairs` does it.",
    ),
    "affinity": (
        "The affinity of application {application} and expert {expert} is {given}.",
        "Give whole millionths from 0 to {limit}.",
    ),
    "conflict-kind": (
        "The conflict of application {application} and expert {expert} is of kind {given}.",
        "Name a `ConflictKind`.",
    ),
    "penalty": (
        "The penalty of application {application} and expert {expert} is {given}.",
        "Give whole millionths from 0 to {limit}.",
    ),
    "label": (
        "Expert {expert} has the label {given} in the quota {name}.",
        "Number labels from 0; -1 says that the expert has none.",
    ),
    "quota-number": (
        "The quota {name} asks for {given}.",
        "Give a number from {least}, and a share from 0 to 1 with a denominator up to {limit}.",
    ),
    "quota-panel": (
        "The quota {name} asks for {given} of the {size} reviewers of application {application}.",
        "Ask for a larger panel, or for fewer of the kind.",
    ),
    "group-size": (
        "Applications {first} and {second} share a panel and ask for {given} and {wanted} reviews.",
        "Give applications of a group the same number of reviews.",
    ),
    "keys": (
        "The mode is {mode} and there are {given} random keys.",
        "Give a key for each pair with the mode draw (`draw_keys`), and none with another.",
    ),
    "key": ("Pair {at} has the random key {given}.", "Draw keys with `draw_keys`."),
    "commitment": (
        "The seed is not the one that {given} was published for.",
        "Use the seed of the published commitment; a seed is not changed afterwards.",
    ),
    "too-large": (
        "{applications} applications, {experts} experts and affinities up to {most} are too large to reckon exactly.",
        "Scale the affinities down, or divide the applications.",
    ),
}


class AssignmentError(ValueError):
    """A problem, or something asked about an assignment, that the engine refuses.

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
