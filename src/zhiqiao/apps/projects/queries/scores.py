"""Scores of a call for the bureau: the official ones, what stands beside them, and what is odd."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhiqiao.apps.projects.choices import ReviewFlagKind, ReviewState
from zhiqiao.apps.projects.models import (
    Application,
    Call,
    Content,
    Review,
    ReviewFlag,
    Scoring,
    Standing,
)
from zhiqiao.packs import Phase

SCORES = (
    _("Number"),
    _("Title"),
    _("Applicant"),
    _("Reviews"),
    _("Official score"),
    _("Rank"),
    _("Trimmed mean"),
    _("Rank by it"),
    _("Median"),
    _("Rank by it"),
    _("Spread"),
    _("Calibrated score"),
    _("Rank by it"),
    _("Group of comparison"),
    _("Applications in the group"),
    _("Standard score in the panel"),
    _("Rank by it"),
    _("Differs at the cut line"),
)
THIRD = (_("Application"), _("Title"), _("Spread"))
FLAGS = (_("Review"), _("What is odd"), _("Figure and threshold"), _("Like"))
# Where the ridge of the model of reviewers comes from, in the words of the scoring engine.
BASES = {
    "given": _("The ridge %(ridge)s was given."),
    "estimated": _(
        "The ridge %(ridge)s is what the reviews show: the variance of the noise over that of the reviewers."
    ),
    "least": _("The ridge %(ridge)s is the least that is used: hardly any noise was found."),
    "most": _(
        "The ridge %(ridge)s is the greatest that is used: no difference between reviewers was found."
    ),
    "too-few": _(
        "The calibrated score cannot be said: %(degrees)s degrees of freedom are left, and %(least)s are needed."
    ),
}
FIGURES = {
    ReviewFlagKind.HARDLY_READ: _(
        "%(figure)s seconds of reading; under %(threshold)s it is flagged. Reading times known of the application: %(number)s."
    ),
    ReviewFlagKind.SHORT_COMMENT: _("%(figure)s characters; fewer than %(threshold)s are flagged."),
    ReviewFlagKind.COPIED_OWN: _(
        "%(figure)s%% alike; from %(threshold)s%% on it is flagged. Opinions compared: %(number)s."
    ),
    ReviewFlagKind.COPIED_OTHER: _(
        "%(figure)s%% alike; from %(threshold)s%% on it is flagged. Opinions compared: %(number)s."
    ),
    ReviewFlagKind.COPIED_ELSEWHERE: _("The same words stand in %(number)s reviews."),
    ReviewFlagKind.AGREES_WITH_NOBODY: _(
        "Rank correlation of %(figure)s with the mean of the others on %(number)s applications; up to %(threshold)s it is flagged."
    ),
    ReviewFlagKind.NO_SPREAD: _(
        "The mark %(figure)s in each of %(number)s reviews; from %(threshold)s on it is flagged."
    ),
    ReviewFlagKind.OUTLYING_MARK: _(
        "Modified z of %(figure)s among %(number)s marks; beyond %(threshold)s it is flagged."
    ),
}
# Decimal places of the figure and of the threshold.
DECIMALS = {
    ReviewFlagKind.AGREES_WITH_NOBODY: (3, 3),
    ReviewFlagKind.NO_SPREAD: (2, 0),
    ReviewFlagKind.OUTLYING_MARK: (2, 2),
}
OF_REVIEWER = (ReviewFlagKind.AGREES_WITH_NOBODY, ReviewFlagKind.NO_SPREAD)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review that was handed in; ``seconds`` are not known where it was never opened here."""

    key: int
    application: int
    expert: int
    total: int
    seconds: int | None
    words: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """An application with its scores as points; what is not computed or cannot be said is nothing."""

    application: Application
    reviews: int
    official: str
    rank: int | None
    trimmed: str
    trimmed_rank: int | None
    median: str
    median_rank: int | None
    spread: str
    calibrated: str
    calibrated_rank: int | None
    group: int | None
    group_size: int | None
    standard: str
    standard_rank: int | None
    changes_cut: bool
    is_far: bool
    eliminations: int


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """Something odd about a review, by number and letter; what it means is for a person to judge."""

    review: Review
    what: str
    figures: str
    other: Review | None
    is_of_reviewer: bool


def rows_to_score(call: Call) -> list[ReviewRow]:
    """Return the reviews that were handed in, by application, then by expert."""
    rows = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN)
    columns = "pk", "application", "expert", "total", "opened_at", "seconds_read", "words"
    return [
        ReviewRow(key, application, expert, total or 0, seconds if opened else None, words)
        for key, application, expert, total, opened, seconds, words in rows.order_by(
            "application", "expert"
        ).values_list(*columns)
    ]


def panels_of(call: Call, applications: Sequence[int]) -> Mapping[int, str] | None:
    """Return what the lifecycle groups applications by; nothing where it groups none."""
    rule = call.rules.lifecycle.review
    if rule is None or rule.together_by is None:
        return None
    name = rule.together_by
    rows = Content.objects.filter(application__in=applications).order_by()
    answers = rows.values_list("application", "answers")
    return {key: str(own[name]) for key, own in answers if own.get(name)}


def scored(call: Call) -> QuerySet[Standing]:
    """Return the standings of a call that hold a score, the best first."""
    rows = Standing.objects.filter(application__call=call, official__isnull=False)
    return rows.select_related("application__applicant").order_by("rank", "application__number")


def scoring_of(call: Call) -> Scoring | None:
    """Return how the scores of a call were last computed."""
    return Scoring.objects.filter(call=call).first()


def model_told(scoring: Scoring) -> str:
    """Say where the ridge of the model comes from, or why nothing is calibrated."""
    figures = scoring.figures
    least = figures["thresholds"]["least_degrees"]
    values = {"ridge": figures["ridge"], "degrees": figures["degrees"], "least": least}
    return str(BASES[figures["basis"]]) % values


def unsaid(scoring: Scoring) -> list[str]:
    """Say of how many reviews and reviewers something cannot be judged, and why."""
    figures, limits = scoring.figures, scoring.figures["thresholds"]
    told = (
        (figures["untimed"], ngettext(
            "Whether it was read long enough beside the others cannot be said of %(number)s review: fewer than %(least)s reading times of the application are known.",
            "Whether they were read long enough beside the others cannot be said of %(number)s reviews: fewer than %(least)s reading times of the application are known.",
            figures["untimed"]), limits["times_least"]),
        (figures["uncorrelated"], ngettext(
            "Whether the marks agree with those of others cannot be said of %(number)s reviewer: fewer than %(least)s applications in common, or no differences.",
            "Whether the marks agree with those of others cannot be said of %(number)s reviewers: fewer than %(least)s applications in common, or no differences.",
            figures["uncorrelated"]), limits["agreement_least"]),
        (figures["unjudged"], ngettext(
            "Whether the mark is far from the others cannot be said of %(number)s review: fewer than three marks of the application, or fewer than %(least)s in all.",
            "Whether the mark is far from the others cannot be said of %(number)s reviews: fewer than three marks of the application, or fewer than %(least)s in all.",
            figures["unjudged"]), limits["outlying_least"]),
    )  # fmt: skip
    return [words % {"number": number, "least": least} for number, words, least in told if number]


def score_rows(rows: Iterable[Standing], call: Call) -> Iterator[ScoreRow]:
    rule = call.rules.lifecycle.review
    most = rule.spread_most if rule else None
    for row in rows:
        figures, ranks = row.figures, row.figures.get("ranks", {})
        spread = int(figures.get("spread", 0))
        yield ScoreRow(
            application=row.application,
            reviews=int(figures.get("reviews", 0)),
            official=points(row.official),
            rank=row.rank,
            trimmed=points(figures.get("trimmed")),
            trimmed_rank=ranks.get("trimmed"),
            median=points(figures.get("median")),
            median_rank=ranks.get("median"),
            spread=points(spread),
            calibrated=points(figures.get("calibrated")),
            calibrated_rank=ranks.get("calibrated"),
            group=figures.get("group"),
            group_size=figures.get("group_size"),
            standard=decimal(figures.get("standard"), 3),
            standard_rank=ranks.get("standard"),
            changes_cut=bool(figures.get("changes_cut")),
            is_far=most is not None and spread > most * 100,
            eliminations=int(figures.get("eliminations", 0)),
        )


def points(hundredths: int | None) -> str:
    """Write hundredths as points with two decimal places."""
    return decimal(hundredths, 2)


def decimal(value: int | None, places: int) -> str:
    """Write a whole number of the smallest unit with so many decimal places."""
    if value is None:
        return ""
    sign, size = "-" if value < 0 else "", abs(value)
    return f"{sign}{size // 10**places}.{size % 10**places:0{places}d}" if places else str(value)


def eliminations_of(call: Call) -> dict[int, int]:
    """Count the reviews that answer an eliminating question with yes."""
    rows = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN)
    found: dict[int, int] = {}
    for key, answers in rows.values_list("application", "eliminated").iterator(chunk_size=2_000):
        found[key] = found.get(key, 0) + int(any(answers.values()))
    return found


def third_reviews_wanted(call: Call) -> QuerySet[Standing]:
    """Return whose reviews lay too far apart when scores were computed, and nobody was asked since."""
    open_ones = (ReviewState.ASKED, ReviewState.ACCEPTED, ReviewState.PROPOSED)
    asked = Review.objects.filter(application=OuterRef("application"), state__in=open_ones)
    rows = Standing.objects.filter(application__call=call, figures__needs_another=True)
    rows = rows.filter(application__phase=Phase.REVIEWING).exclude(Exists(asked))
    return rows.select_related("application").order_by("application__number", "application_id")


def flags_of(call: Call) -> QuerySet[ReviewFlag]:
    """Return what is odd about the reviews of a call, by kind, then by number."""
    rows = ReviewFlag.objects.filter(scoring__call=call)
    rows = rows.select_related("review__application", "other__application")
    return rows.order_by("kind", "review__application__number", "review__letter", "id")


def shown_flags(rows: Iterable[ReviewFlag]) -> Iterator[ShownFlag]:
    for row in rows:
        kind = ReviewFlagKind(row.kind)
        own, limit = DECIMALS.get(kind, (0, 0))
        figures = str(FIGURES[kind]) % {
            "figure": decimal(row.figure, own),
            "threshold": decimal(row.threshold, limit),
            "number": row.number,
        }
        yield ShownFlag(row.review, str(kind.label), figures, row.other, kind in OF_REVIEWER)


def needs_another(call: Call, *, reviews: int, spread: int) -> bool:
    """Say whether the lifecycle asks for one more review of what lies so far apart."""
    rule = call.rules.lifecycle.review
    if rule is None or rule.spread_most is None:
        return False
    return reviews == rule.reviews and spread > rule.spread_most * 100


def sheet_rows(call: Call) -> Iterator[tuple[object, ...]]:
    """Give the rows of the workbook; no reviewer is named in it."""
    for row in score_rows(scored(call).iterator(chunk_size=2_000), call):
        yield (
            row.application.number, row.application.title, row.application.applicant.name,
            row.reviews, row.official, row.rank, row.trimmed, row.trimmed_rank,
            row.median, row.median_rank, row.spread, row.calibrated, row.calibrated_rank,
            row.group, row.group_size, row.standard, row.standard_rank,
            _("yes") if row.changes_cut else "",
        )  # fmt: skip


def flag_sheet_rows(call: Call) -> Iterator[tuple[object, ...]]:
    """Give what is odd about reviews by number and letter."""
    for one in shown_flags(flags_of(call).iterator(chunk_size=2_000)):
        yield lettered(one.review), one.what, one.figures, lettered(one.other)


def lettered(review: Review | None) -> str:
    """Name a review by the number of its application and its letter."""
    return "" if review is None else f"{review.application}/{review.letter}"


def third_rows(call: Call) -> Iterator[tuple[object, ...]]:
    for row in third_reviews_wanted(call).iterator(chunk_size=2_000):
        yield row.application.number, row.application.title, points(row.figures.get("spread"))
