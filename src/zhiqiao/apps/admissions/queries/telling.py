"""What a notice about a season says, and whom it concerns; for the parts above this app."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from zhiqiao.apps.admissions.choices import AppealState, Arrow, RequestState, SeasonState
from zhiqiao.apps.admissions.models import (
    Appeal,
    Candidate,
    PlaceLine,
    Season,
    SeasonStep,
    StrikeOut,
)
from zhiqiao.apps.admissions.queries.results import files_visible_to
from zhiqiao.apps.admissions.queries.seasons import seasons_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.fields import Provenance


@dataclass(frozen=True, slots=True)
class StepTold:
    """The facts of a notice: no name and no text of a person is among them."""

    code: str
    address: str
    day: date | None
    is_sample: bool
    asked_by: int | None
    candidates: tuple[int, ...]


def told_of_step(uid: UUID) -> StepTold:
    """Return what a step is told with; publication concerns the candidates who have accounts."""
    step = SeasonStep.objects.select_related("season").get(uid=uid)
    season = step.season
    accounts: tuple[int, ...] = ()
    if step.is_taken and step.arrow == Arrow.PUBLISH:
        rows = Candidate.objects.filter(season=season, account__isnull=False)
        accounts = tuple(rows.values_list("account", flat=True))
    return StepTold(
        code=f"{season.year} {season.rules.title.zh}",
        address=season.get_absolute_url(),
        day=season.appeals_until,
        is_sample=season.provenance == Provenance.DEMONSTRATION,
        asked_by=step.asked_by_id,
        candidates=accounts,
    )


def waiting_for_staff(user: Actor) -> dict[str, int]:
    """Count what waits for the bureau: steps to sign, requests, strike-outs and appeals."""
    seasons: list[Season] = list(seasons_visible_to(user).exclude(state=SeasonState.CLOSED))
    own = getattr(user, "pk", None)
    return {
        "steps": SeasonStep.objects.filter(season__in=seasons, ended_at=None)
        .exclude(asked_by=own)
        .count(),
        "requests": PlaceLine.objects.filter(
            season__in=seasons, state=RequestState.SUBMITTED
        ).count(),
        "strike_outs": StrikeOut.objects.filter(
            candidate__season__in=seasons, is_approved=None
        ).count(),
        "appeals": Appeal.objects.filter(
            candidate__season__in=seasons, state=AppealState.FILED
        ).count(),
    }


def files_to_review(user: Actor) -> int:
    """Count the files that are open to the schools of the person for review."""
    seasons = seasons_visible_to(user).filter(state=SeasonState.REVIEW)
    return sum(files_visible_to(user, season).count() for season in seasons)
