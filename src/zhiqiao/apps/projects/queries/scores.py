"""Scores of a call for the bureau: the official ones, what stands beside them, and what is odd."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Application, Call, Review, Standing
from zhiqiao.packs import Phase

# Whoever marks within this many seconds can hardly have read anything.
HARDLY_READ_SECONDS = 120
# Where the figures of a standing keep the reviews to look at.
ODD = "odd"
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
ODDITIES = (_("Application"), _("Letter"), _("Reading time in seconds"), _("Same words as"))
THIRD = (_("Application"), _("Title"), _("Spread"))


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

    application: Application
    letter: str
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


def applications_with_oddities(call: Call) -> QuerySet[Standing]:
    """Return the applications with reviews to look at, as of when scores were computed."""
    rows = Standing.objects.filter(application__call=call, figures__has_key=ODD)
    return rows.select_related("application").order_by("application__number", "application_id")


def oddities_in(rows: Iterable[Standing]) -> Iterator[Oddity]:
    """Give each review of these applications that is to be looked at."""
    for row in rows:
        for letter, seconds, same in row.figures[ODD]:
            yield Oddity(row.application, letter, seconds, same)


def oddities_of(call: Call) -> dict[int, list[tuple[str, int, str]]]:
    """Find reviews that were hardly read, or whose words stand in another one, too."""
    rows = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN)
    listed = rows.order_by("application__number", "letter").values_list(
        "application", "application__number", "letter", "words", "seconds_read"
    )
    first: dict[bytes, str] = {}
    found: dict[int, list[tuple[str, int, str]]] = {}
    for key, number, letter, words, seconds in listed.iterator(chunk_size=2_000):
        name = f"{number}/{letter}"
        earlier = first.setdefault(sha256("".join(words.split()).encode()).digest(), name)
        same = earlier if earlier != name else ""
        if same or seconds < HARDLY_READ_SECONDS:
            found.setdefault(key, []).append((letter, seconds, same))
    return found


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
            row.median, row.median_rank, row.spread, _("yes") if row.changes_cut else "",
        )  # fmt: skip


def oddity_rows(call: Call) -> Iterator[tuple[object, ...]]:
    found = oddities_in(applications_with_oddities(call).iterator(chunk_size=2_000))
    for one in found:
        yield one.application.number, one.letter, one.seconds, one.same_words_as


def third_rows(call: Call) -> Iterator[tuple[object, ...]]:
    for row in third_reviews_wanted(call).iterator(chunk_size=2_000):
        yield row.application.number, row.application.title, points(row.figures.get("spread"))
