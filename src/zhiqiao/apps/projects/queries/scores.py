"""Scores of a call for the bureau: the official ones, what stands beside them, and what is odd."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Application, Call, Review, Standing
from zhiqiao.apps.projects.rules import reviews_wanted

# Whoever marks within this many seconds can hardly have read anything.
HARDLY_READ_SECONDS = 120
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
    _("Differs at the cut line"),
)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """An application with its scores as points; what is not computed yet is nothing."""

    application: Application
    reviews: int
    official: str
    rank: int | None
    trimmed: str
    trimmed_rank: int | None
    median: str
    median_rank: int | None
    spread: str
    changes_cut: bool
    is_far: bool
    eliminations: int


@dataclass(frozen=True, slots=True)
class Oddity:
    """A review to look at, by number and letter; what it means is for a person to judge."""

    review: Review
    seconds: int
    same_words_as: str


def totals_of(call: Call) -> dict[int, list[int]]:
    """Return the scores that were handed in, by application."""
    rows = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN)
    found: dict[int, list[int]] = {}
    for key, total in rows.order_by("application", "letter").values_list("application", "total"):
        found.setdefault(key, []).append(total or 0)
    return found


def scored(call: Call) -> QuerySet[Standing]:
    """Return the standings of a call that hold a score, the best first."""
    rows = Standing.objects.filter(application__call=call, official__isnull=False)
    return rows.select_related("application__applicant").order_by("rank", "application__number")


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
            changes_cut=bool(figures.get("changes_cut")),
            is_far=most is not None and spread > most * 100,
            eliminations=int(figures.get("eliminations", 0)),
        )


def points(hundredths: int | None) -> str:
    """Write hundredths as points with two decimal places."""
    return "" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"


def eliminations_of(call: Call) -> dict[int, int]:
    """Count the reviews that answer an eliminating question with yes."""
    rows = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN)
    found: dict[int, int] = {}
    for key, answers in rows.values_list("application", "eliminated"):
        found[key] = found.get(key, 0) + int(any(answers.values()))
    return found


def third_reviews_wanted(call: Call) -> list[Application]:
    """Return the applications whose reviews lie too far apart and for which nobody was asked yet."""
    held = Q(reviews__state__in=[ReviewState.ASKED, ReviewState.ACCEPTED, ReviewState.PROPOSED])
    totals = totals_of(call)
    rows = Application.objects.filter(call=call, pk__in=list(totals)).annotate(
        out=Count("reviews", filter=held)
    )
    found: list[Application] = []
    for row in rows.order_by("number"):
        row.call = call
        there = totals[row.pk]
        if reviews_wanted(row, there) > len(there) + row.out and len(there) > 1:
            found.append(row)
    return found


def oddities_of(call: Call) -> list[Oddity]:
    """Return reviews that were hardly read, or whose words stand in another one, too."""
    rows = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN)
    rows = rows.select_related("application")
    first: dict[str, Review] = {}
    found = []
    for row in rows.order_by("application__number", "letter"):
        earlier = first.setdefault("".join(row.words.split()), row)
        same = f"{earlier.application}/{earlier.letter}" if earlier.pk != row.pk else ""
        if same or row.seconds_read < HARDLY_READ_SECONDS:
            found.append(Oddity(row, row.seconds_read, same))
    return found


def sheet_rows(call: Call) -> Iterator[tuple[object, ...]]:
    """Give the rows of the workbook; no reviewer is named in it."""
    for row in score_rows(scored(call).iterator(chunk_size=2_000), call):
        yield (
            row.application.number, row.application.title, row.application.applicant.name,
            row.reviews, row.official, row.rank, row.trimmed, row.trimmed_rank,
            row.median, row.median_rank, row.spread, _("yes") if row.changes_cut else "",
        )  # fmt: skip
