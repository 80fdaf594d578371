"""The order in which an allocation goes, in words: it is part of the rule and always printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhiqiao.engines.matching.rules import ReserveMode
from zhiqiao.engines.matching.terms import Mechanism, Ties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.rules import BatchRules, Reserve, Rules

MECHANISMS = {
    Mechanism.SERIAL: "In the order of the ranking, each candidate gets the first listed programme "
    "that has a place left.",
    Mechanism.CANDIDATES: "Every candidate asks the listed programmes in turn; a programme keeps the "
    "best so far and lets others go on, until nobody is let go. Nothing is final before the end.",
    Mechanism.PROGRAMMES: "Every programme offers its places from the top of its ranking; a candidate "
    "keeps the most wanted offer and returns the others, until no offer is returned.",
    Mechanism.IMMEDIATE: "Choice by choice: first choices are admitted for good, then second choices "
    "get what is left, and so on.",
    Mechanism.GROUPS: "In the order of the ranking, each file goes to the first listed group that "
    "still takes files, once. Inside the group the listed majors are tried in the order of the "
    "ranking; then those willing to be adjusted get any major left; other files come back.",
}
TIES = {
    Ties.STRICT: "A tie in every key at the last place is an error.",
    Ties.LOTTERY: "Ties in every key are decided by the lots drawn from the seed.",
    Ties.ADMIT_ALL: "All tied at the last place are admitted, over the plan.",
    Ties.REJECT_ALL: "None of those tied at the last place is admitted; the places stay empty.",
    Ties.HOLD: "The places for which candidates are tied wait for a decision.",
}
RESERVES = {
    ReserveMode.SEPARATE: "{name}: filled first, in a batch of their own.",
    ReserveMode.MINIMUM: "{name}: filled before the open places, so that candidates of the kind who "
    "would have had an open place count.",
    ReserveMode.OVER: "{name}: filled after the open places, on top of the candidates of the kind "
    "who had one.",
    ReserveMode.OPEN_FIRST: "{name}: filled after the open places, by those of the kind who had none.",
    ReserveMode.PREFIX: "{name}: in every prefix of a programme's ranking at least this share.",
}
STAYS = "{name}: places that nobody of the kind takes stay empty."
REVERTS = "{name}: places that nobody of the kind takes go to anyone, by the ranking."


def processing_order(rules: Rules) -> list[str]:
    """Say the order of an allocation in sentences, batch after batch."""
    if not rules.batches:
        return list(_sentences(rules))
    return [
        f"{batch.name}: {sentence}"
        for batch in rules.batches
        for sentence in _sentences(rules.rules_of(batch))
    ]


def _sentences(rules: BatchRules) -> Iterator[str]:
    modes = list(ReserveMode)
    ordered = sorted(rules.reserves.items(), key=lambda each: modes.index(each[1].mode))
    for name, reserve in ordered:
        if reserve.mode is ReserveMode.SEPARATE:
            yield from _of_reserve(name, reserve)
    yield MECHANISMS[rules.mechanism]
    for name, reserve in ordered:
        if reserve.mode is not ReserveMode.SEPARATE:
            yield from _of_reserve(name, reserve)
    for level, limits in rules.caps.items():
        for name, limit in limits.items():
            yield f"At most {limit} are admitted under {level} {name}."
    yield TIES[rules.ties.policy]


def _of_reserve(name: str, reserve: Reserve) -> Iterator[str]:
    yield RESERVES[reserve.mode].format(name=name)
    if reserve.mode is not ReserveMode.PREFIX:
        yield (REVERTS if reserve.reverts else STAYS).format(name=name)
