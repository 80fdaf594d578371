"""Who reads whose: two bodies whose people review each other's applications in one call.

It bars nobody: an assignment avoids it where it can, and a person is told where it could not.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Call, Draw, Review
from zhiqiao.apps.registry.queries import bodies_today

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


def reciprocity_in(
    call: Call, *, organisations: Collection[int] = (), without: Draw | None = None
) -> Reciprocity:
    """Count the standing reviews of a call by body and body; ``organisations`` are asked about later."""
    rows = Review.objects.filter(application__call=call, state__in=STANDING)
    if without is not None:
        rows = rows.exclude(draw=without)
    rows = rows.exclude(expert__employer=None).order_by()
    counted = rows.values_list("expert__employer", "application__applicant")
    pairs = list(counted.annotate(number=Count("pk")))
    today = bodies_today({*organisations, *(one[0] for one in pairs), *(one[1] for one in pairs)})
    reading: Counter[tuple[int, int]] = Counter()
    for employer, applicant, number in pairs:
        reading[today.get(employer, employer), today.get(applicant, applicant)] += number
    return Reciprocity(reading, today)
