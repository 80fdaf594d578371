"""Results of scoring in words and numbers."""

from collections.abc import Iterator

from zhiqiao.config.commands import counted
from zhiqiao.config.scoring.reading import Named
from zhiqiao.engines.scoring import (
    FINE,
    Basis,
    Explanation,
    Flag,
    FlagKind,
    Mark,
    Model,
    Scores,
    Way,
)
from zhiqiao.engines.scoring.terms import UNKNOWN

# Decimal places of the figure and of the threshold of a flag.
DECIMALS = {
    FlagKind.AGREES_WITH_NOBODY: (3, 3),
    FlagKind.NO_SPREAD: (2, 0),
    FlagKind.OUTLYING_MARK: (2, 2),
    FlagKind.APART: (2, 2),
}
SENTENCES = {
    FlagKind.HARDLY_READ: "read for {seconds}, which is under {threshold}; reading times known: {number}",
    FlagKind.SHORT_COMMENT: "a comment of {characters}, and {threshold} are the least",
    FlagKind.COPIED_OWN: "{figure} % of the comment stand in another one by the same reviewer; {number} were compared",
    FlagKind.COPIED_OTHER: "{figure} % of the comment stand in another reviewer's about the same application; {number} were compared",
    FlagKind.COPIED_ELSEWHERE: "the same words in another reviewer's comment about another application; {number} say them",
    FlagKind.AGREES_WITH_NOBODY: "a rank correlation of {figure} with the others on {number} applications, and {threshold} is flagged",
    FlagKind.NO_SPREAD: "the mark {figure} {number} times and no other",
    FlagKind.OUTLYING_MARK: "a modified z of {figure} among {number} marks, and {threshold} is the limit",
    FlagKind.APART: "{number} reviews lie {figure} points apart, and {threshold} is the most",
    FlagKind.INCOMPARABLE: "connected with {figure} of {threshold} applications only, of {number} groups",
}
BASES = {
    Basis.GIVEN: "The ridge {ridge} was given.",
    Basis.ESTIMATED: "The ridge {ridge} is the variance of the noise over that of the reviewers.",
    Basis.LEAST: "The ridge {ridge} is the least one used: next to the reviewers there is hardly any noise.",
    Basis.MOST: "The ridge {ridge} is the greatest one used: no difference between reviewers was found.",
    Basis.TOO_FEW: "Nothing is calibrated: the degrees of freedom are too few, {degrees}.",
}


def decimal(value: int, places: int) -> str:
    """Write a whole number of the smallest unit; what is not known is empty."""
    if value == UNKNOWN:
        return ""
    sign, size = "-" if value < 0 else "", abs(value)
    if not places:
        return f"{sign}{size}"
    return f"{sign}{size // 10**places}.{size % 10**places:0{places}d}"


def figures_of(flag: Flag) -> tuple[str, str]:
    """Return the figure and the threshold of a flag as numbers in their units."""
    own, limit = DECIMALS.get(flag.kind, (0, 0))
    return decimal(flag.figure, own), decimal(flag.threshold, limit)


def why(flag: Flag) -> str:
    """Say a flag in a sentence."""
    figure, threshold = figures_of(flag)
    said = SENTENCES[flag.kind].format(
        figure=figure,
        threshold=threshold,
        number=flag.number,
        seconds=counted(flag.figure, "second"),
        characters=counted(flag.figure, "character"),
    )
    return f"{said}."


def of_ridge(model: Model) -> str:
    """Say where the ridge comes from."""
    return BASES[model.basis].format(ridge=model.ridge_text, degrees=model.degrees)


def summary_of(named: Named, scores: Scores) -> Iterator[str]:
    """Say what was scored and what to look at."""
    problem = named.problem
    yield (
        f"{counted(problem.applications, 'application')}, {counted(problem.reviews.number, 'review')},"
        f" {counted(problem.reviewers, 'reviewer')}; flags: {len(scores.flags)}."
    )
    yield of_ridge(scores.model)
    if scores.groups > 1:
        yield f"{scores.groups} groups without a common reviewer: calibrated ranks count within each."
    if problem.places is not None:
        changes = int(scores.changes_cut.sum())
        yield f"Within the {counted(problem.places, 'place')} by one way and outside by another: {changes}."


def explained(named: Named, scores: Scores, told: Explanation) -> Iterator[str]:
    """Say how one application came to its scores."""
    name = named.applications[told.application]
    yield f"Application {name}: {counted(len(told.marks), 'review')}, {decimal(told.spread, 2)} points apart."
    for way in Way:
        yield _of_way(told, way)
    yield of_ridge(scores.model)
    yield from (_of_mark(named, mark) for mark in told.marks)
    if told.changes_cut:
        yield "It is within the places by one way and outside by another; the official one counts."
    for flag in told.flags:
        who = f"reviewer {named.reviewers[flag.reviewer]}: " if flag.reviewer >= 0 else ""
        yield f"To look at ({flag.kind}): {who}{why(flag)}"


def _of_way(told: Explanation, way: Way) -> str:
    if way not in told.scores:
        return f"{way}: cannot be said."
    score = decimal(told.scores[way], 3 if way is Way.STANDARD else 2)
    beside = f" of {told.group_size} in group {told.group + 1}" if way is Way.CALIBRATED else ""
    within = "" if way not in told.within else ", within" if told.within[way] else ", outside"
    return f"{way}: {score}, rank {told.ranks[way]}{beside}{within}."


def _of_mark(named: Named, mark: Mark) -> str:
    score, name = decimal(mark.score, 2), named.reviewers[mark.reviewer]
    if mark.effect is None:
        return f"{name} gave {score}."
    effect = decimal((2 * mark.effect + FINE) // (2 * FINE), 2)
    return f"{name} gave {score}; effect {effect}, from {counted(mark.others + 1, 'review')}."
