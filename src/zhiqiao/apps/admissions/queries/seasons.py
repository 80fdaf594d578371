"""Seasons are public; demonstration seasons are shown to sample accounts and to whoever asks for them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Season, SeasonStep
from zhiqiao.apps.admissions.rules import STEPS, is_staff, may_be_rehearsed
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that leads on from here, and whether a second person has to sign it."""

    arrow: str
    title: str
    two_persons: bool
    is_run: bool


def seasons_visible_to(user: Actor, *, sample: bool = False) -> QuerySet[Season]:
    """Return real seasons, or the demonstration ones for sample accounts and on request.

    Rehearsals are none of them.
    """
    return _of_the_data(user, sample=sample).filter(rehearsal_of=None)


def rehearsals_visible_to(user: Actor, *, of: Season | None = None) -> QuerySet[Season]:
    """Return rehearsals for the bureau; nobody else sees one."""
    if not is_staff(user):
        return Season.objects.none()
    rows = Season.objects.filter(rehearsal_of=of) if of else _of_the_data(user)
    return rows.exclude(rehearsal_of=None).order_by("-id")


def _of_the_data(user: Actor, *, sample: bool = False) -> QuerySet[Season]:
    is_sample = sample or bool(getattr(user, "is_demonstration", False))
    demonstration = Q(provenance=Provenance.DEMONSTRATION)
    return Season.objects.filter(demonstration if is_sample else ~demonstration)


def all_seasons() -> QuerySet[Season]:
    """Return every season for a question that does not know who is asked; the answer is checked."""
    return Season.objects.filter(rehearsal_of=None)


def season_visible_to(user: Actor, uid: UUID) -> Season:
    """Return a season by its identifier; a page of a demonstration season says so."""
    found = Season.objects.select_related("rehearsal_of").filter(uid=uid).first()
    if found is None or (found.is_rehearsal and not is_staff(user)):
        raise MissingError("admissions.missing")
    if getattr(user, "is_demonstration", False) and found.provenance != Provenance.DEMONSTRATION:
        raise MissingError("admissions.missing")
    return found


def open_season(uid: UUID) -> Season:
    """Return a season as open data, which demonstration seasons never are."""
    found = seasons_visible_to(None).filter(uid=uid).first()
    if found is None:
        raise MissingError("admissions.missing")
    return found


def next_steps(season: Season) -> list[NextStep]:
    return [
        NextStep(arrow, str(Arrow(arrow).label), step.two_persons, step.is_run)
        for arrow, step in STEPS.items()
        if season.state in step.source and may_be_rehearsed(season, arrow)
    ]


def step_that_waits(season: Season) -> SeasonStep | None:
    rows = SeasonStep.objects.filter(season=season, ended_at=None)
    return rows.select_related("asked_by").first()


def steps_to_sign(user: Actor) -> QuerySet[SeasonStep]:
    """Return the steps of all seasons that wait for a second person, for the bureau."""
    seasons = seasons_visible_to(user) if is_staff(user) else Season.objects.none()
    two_persons = [arrow for arrow, step in STEPS.items() if step.two_persons]
    rows = SeasonStep.objects.filter(
        season__in=seasons, ended_at=None, signed_by=None, arrow__in=two_persons
    )
    return rows.order_by("asked_at", "id")


def is_running(step: SeasonStep | None) -> bool:
    """Say whether a step waits for its run, and for no person any more."""
    if step is None or not STEPS[step.arrow].is_run:
        return False
    return not STEPS[step.arrow].two_persons or step.signed_by_id is not None


def steps_of(season: Season) -> QuerySet[SeasonStep]:
    """Return what was done, the latest first."""
    rows = SeasonStep.objects.filter(season=season).exclude(ended_at=None)
    return rows.select_related("asked_by", "signed_by").order_by("-id")
