"""Reasons, shortages and repairs in sentences."""

from collections.abc import Iterator, Sequence
from enum import IntEnum

from zhiqiao.config.assigning.reading import Named
from zhiqiao.config.assigning.results import Result
from zhiqiao.config.commands import counted
from zhiqiao.engines.assignment import (
    Assignment,
    Explanation,
    Mode,
    Proof,
    Reason,
    Repaired,
    Shortage,
)
from zhiqiao.engines.assignment.terms import KEYS, NONE, UNIT

MOST_NAMED = 12
SENTENCES = {
    Reason.BEST: "nobody who fits better is left out.",
    Reason.BETTER_FULL: "{other} ({other_score}) is better and full with {held}.",
    Reason.FOR_QUOTA: "{other} ({other_score}) is better and kept out by the quota {quota}.",
    Reason.FOR_LEAST_LOAD: "{other} ({other_score}) is better; the expert would be below the least load.",
    Reason.FOR_OTHERS: "{other} ({other_score}) is better and has room; the assignment is not the best one.",
    Reason.NOT_LISTED: "not listed for the application.",
    Reason.CONFLICT: "in conflict: {kinds}.",
    Reason.TOO_LOW: "below the least score.",
    Reason.GROUP: "not eligible for every application that shares the panel{because}.",
    Reason.LESS_FIT: "the last one on the panel, {other}, is worth no less ({other_score}).",
    Reason.FULL: "full with {held}{price}.",
    Reason.QUOTA: "kept out by the quota {quota}.",
    Reason.LEAST_LOAD: "those of less fit on the panel would be below their least load.",
    Reason.OTHERS: "has room and is better than {other} ({other_score}); the assignment is not the best one.",
}
PROOFS = {
    Proof.OPTIMAL: "No assignment is better; the prices prove it.",
    Proof.SEARCHED: "No assignment is better, by a complete search; the prices alone leave {gap}.",
    Proof.BOUNDED: "An assignment better by up to {gap} was not ruled out.",
    Proof.REPAIRED: "The least change was made; the best assignment may be better by up to {gap}.",
}


def word(value: IntEnum) -> str:
    """Return a reason or a kind of conflict as it stands in tables."""
    return value.name.lower().replace("_", "-")


def score(worth: int, mode: Mode) -> str:
    """Return a worth as a score, or as a random number from 0 to 1."""
    return f"{worth / (UNIT if mode is Mode.FIT else KEYS):.6f}"


def summary_of(assignment: Assignment, mode: Mode, stake: int) -> Iterator[str]:
    """Say how much is assigned, what is missing, and how good it is."""
    missing, idle = int(assignment.missing.sum()), int(assignment.idle.sum())
    yield f"Reviews assigned: {assignment.application.size}; missing: {missing}."
    if missing:
        number = int((assignment.missing > 0).sum())
        yield f"Applications that lack reviews: {number}; shortages.csv says why."
    if idle:
        yield f"Reviews below least loads: {idle}; idle.csv names the experts."
    gap = score(assignment.gap, mode)
    if assignment.gap >= stake:
        gap = counted(-(-assignment.gap // stake), "review")
    yield PROOFS[assignment.proof].format(gap=gap)


def sentence_of(
    told: Explanation, named: Named, kinds: Sequence[str] = (), *, is_priced: bool = True
) -> str:
    """Say why a pair is assigned or not; ``kinds`` are the words of its conflicts.

    Without prices it is left out what one review more would be worth.
    """
    experts, mode = named.expert_names, named.rules.mode
    words = ", ".join(kinds) or ", ".join(word(kind) for kind in told.kinds)
    quota = named.problem.quotas[told.quota].name if told.quota != NONE else ""
    price = f"; one review more would {_worth_of_load(told.price, named)}" if is_priced else ""
    said = SENTENCES[told.reason].format(
        other=experts[told.other] if told.other != NONE else "nobody",
        other_score=score(told.other_worth, mode),
        held=_listed([named.application_names[each] for each in told.held]),
        quota=quota,
        kinds=words,
        because=f" (in conflict: {words})" if words else "",
        price=price,
    )
    if told.rank == 0:
        return said
    return f"{score(told.worth, mode)}, place {told.rank} of {told.eligible} eligible: {said}"


def _worth_of_load(price: int, named: Named) -> str:
    if price >= named.problem.panels.stakes.missing // 2:
        return "fill a missing one"
    return f"be worth {score(price, named.rules.mode)} to the whole"


def sentence_of_shortage(told: Shortage, names: Sequence[str], quotas: Sequence[str]) -> str:
    """Say where the experts listed for an application are."""
    parts = [f"{number} in conflict ({word(kind)})" for kind, number in told.conflicts]
    others = {
        "below the least score": told.too_low,
        "not eligible for the related applications": told.group,
        "assigned": told.seated,
    }
    parts += [f"{number} {what}" for what, number in others.items() if number]
    parts += [f"{number} kept out by the quota {quotas[quota]}" for quota, number in told.quotas]
    parts += [f"{told.full} full"] if told.full else []
    verb = "is" if told.listed == 1 else "are"
    listed = f"{counted(told.listed, 'expert')} {verb} listed: {', '.join(parts)}."
    said = listed if parts else "Nobody is listed."
    scarcity = told.scarcity
    if len(scarcity.applications) > 1:
        own = _listed([names[each] for each in scarcity.applications])
        needed = scarcity.needed - scarcity.given_elsewhere
        reviews, experts = counted(needed, "review"), counted(len(scarcity.experts), "expert")
        said += f" {own} together need {reviews} of {experts}, who can give {scarcity.possible}."
    return said


def changes_in_words(repaired: Repaired, named: Named) -> Iterator[str]:
    """Say each seat that changed."""
    experts = named.expert_names
    for change in repaired.changes:
        who = "nobody" if change.entered == NONE else experts[change.entered]
        left = "an empty seat" if change.left == NONE else experts[change.left]
        moved = ", who had not refused" if change.is_move else ""
        yield f"{named.application_names[change.application]}: {who} for {left}{moved}."
    yield f"{counted(repaired.moved, 'seat')} changed besides those refused."


def unproven_in_words(result: Result) -> Iterator[str]:
    """Say that nothing proves an assignment to be the best one, where that is so."""
    if result.lacking:
        yield (
            "That no assignment is better is not proven: the folder of results has no"
            f" {' and no '.join(result.lacking)}."
        )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
