"""Who reads whose: two bodies whose people review each other's applications in one call.

It bars nobody: an assignment avoids it where it can, and a person is told where it could not.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Call, Draw, Review
from zhiqiao.apps.registry.queries import bodies_today, former_bodies

STANDING = (
    ReviewState.PROPOSED, ReviewState.ASKED, ReviewState.ACCEPTED, ReviewState.HANDED_IN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """How many reviews the people of one body (the first) have of applications of another.

    Bodies are those that they are today.
    """

    reading: Mapping[tuple[int, int], int]
    today: Mapping[int, int]

    def body(self, organisation: int) -> int:
        return self.today.get(organisation, organisation)

    def times(self, *, applicant: int, employer: int | None) -> int:
        """Count the reviews that people of the applicant have of what the expert's employer applies for."""
        if employer is None:
            return 0
        return self.reading.get((self.body(applicant), self.body(employer)), 0)


def reciprocity_among(call: Call, organisations: Collection[int]) -> Reciprocity:
    """Count the standing reviews of a call between these bodies and those that they carry on, alone."""
    known = former_bodies(organisations)
    keys = {*organisations, *known, *known.values()}
    rows = Review.objects.filter(
        application__call=call,
        application__applicant__in=keys,
        expert__employer__in=keys,
        state__in=STANDING,
    )
    return Reciprocity(_summed(_counted(rows), known), known)


def reciprocity_in(
    call: Call, *, organisations: Collection[int] = (), without: Draw | None = None
) -> Reciprocity:
    """Count the standing reviews of a call by body and body; ``organisations`` are asked about later."""
    rows = Review.objects.filter(application__call=call, state__in=STANDING)
    if without is not None:
        rows = rows.exclude(draw=without)
    pairs = _counted(rows.exclude(expert__employer=None))
    today = bodies_today({*organisations, *(key for *pair, _number in pairs for key in pair)})
    return Reciprocity(_summed(pairs, today), today)


def _counted(rows: QuerySet[Review]) -> list[tuple[int, int, int]]:
    pairs = rows.order_by().values_list("expert__employer", "application__applicant")
    return list(pairs.annotate(number=Count("pk")))


def _summed(
    pairs: Iterable[tuple[int, int, int]], today: Mapping[int, int]
) -> Counter[tuple[int, int]]:
    reading: Counter[tuple[int, int]] = Counter()
    for employer, applicant, number in pairs:
        reading[today.get(employer, employer), today.get(applicant, applicant)] += number
    return reading
