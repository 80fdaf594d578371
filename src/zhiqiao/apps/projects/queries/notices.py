"""Whom a notice is for, and the few facts in it: of moves, objections, building, and reviews.

It is asked when the notice is delivered, so that it follows the table of ``rules.visibility`` as things
stand then, not as they stood when something happened.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.urls import reverse

from zhiqiao.apps.projects.models import (
    Application,
    BuildChange,
    BuildReport,
    BuildWarning,
    ProjectObjection,
    Review,
    Step,
)
from zhiqiao.apps.projects.queries.calls import closes_at
from zhiqiao.apps.projects.rules import HIDDEN, Part, Viewer, is_internal, may_see
from zhiqiao.core.dates import local
from zhiqiao.core.fields import Provenance
from zhiqiao.packs import Paper, Party

LONGEST_CODE = 20
OF_BUREAU = frozenset({Party.BUREAU, Party.LEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTold:
    """The facts of a notice: no title, no name and no text of a person is among them."""

    code: str
    address: str
    is_sample: bool
    day: date | None = None
    bodies: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    to_bureau: bool = False
    actor: int | None = None
    cause: str = ""


def told_of_move(uid: UUID) -> ProjectTold:
    """Say whom a step concerns; one inside of the hidden phases is for nobody but the bureau."""
    step = Step.objects.select_related("application__call").get(uid=uid)
    application, flow = step.application, step.application.call.rules.flow
    parties, states = set(flow.moves[step.move].tells), flow.states
    if is_internal(states[step.from_state].phase, states[step.to_state].phase):
        parties &= OF_BUREAU
    # A term of the hidden phases would tell others how far they have come.
    is_veiled = application.phase in HIDDEN and not parties <= OF_BUREAU
    return told_to(
        parties,
        application,
        day=None if is_veiled else application.due_on,
        actor=step.asked_by_id,
        cause="return" if flow.moves[step.move].gives is Paper.RETURN_NOTE else "",
    )


def told_of_more_time(uid: UUID) -> ProjectTold:
    application = Application.objects.select_related("call").get(uid=uid)
    until = closes_at(application.call, application.applicant_id)
    return told_to({Party.APPLICANT}, application, day=local(until).date())


def told_of_coauthor(uid: UUID, *, user: int) -> ProjectTold:
    application = Application.objects.select_related("call").get(uid=uid)
    return told_person(user, told_to((), application))


def told_of_waiting_step(uid: UUID) -> ProjectTold:
    step = Step.objects.select_related("application__call").get(uid=uid)
    application = step.application
    return told_to({Party.BUREAU}, application, day=application.due_on, actor=step.asked_by_id)


def told_of_objection(uid: UUID) -> ProjectTold:
    row = ProjectObjection.objects.select_related("application__call").get(uid=uid)
    return told_to({Party.BUREAU}, row.application, address=row.get_absolute_url())


def told_of_answer(uid: UUID) -> tuple[ProjectTold, ...]:
    """Say whom an answer concerns: whoever objected with an account, and the applicant if it is public.

    The page of the receipt asks for its code, which is never sent.
    """
    row = ProjectObjection.objects.select_related("application__call").get(uid=uid)
    application = row.application
    to_objector = told_person(
        row.filed_by_id, told_to((), application, address=reverse("projects:find_receipt"))
    )
    if not may_see({Viewer.APPLICANT}, Part.ANSWERS, phase=application.phase):
        return (to_objector,)
    notice = reverse("projects:notice", args=[application.call.uid])
    return to_objector, told_to({Party.APPLICANT}, application, address=notice)


def told_of_change(uid: UUID, *, is_decided: bool) -> ProjectTold:
    row = BuildChange.objects.select_related("application__call").get(uid=uid)
    actor = row.decided_by_id if is_decided else row.asked_by_id
    party = Party.APPLICANT if is_decided else Party.BUREAU
    return told_to({party}, row.application, address=row.get_absolute_url(), actor=actor)


def told_of_build_report(uid: UUID, *, is_judged: bool) -> ProjectTold:
    row = BuildReport.objects.select_related("application__call").get(uid=uid)
    actor = row.judged_by_id if is_judged else row.handed_in_by_id
    party = Party.APPLICANT if is_judged else Party.BUREAU
    address = row.get_absolute_url()
    return told_to({party}, row.application, address=address, day=row.due_on, actor=actor)


def told_of_warning(uid: UUID) -> ProjectTold:
    row = BuildWarning.objects.select_related("application__call").get(uid=uid)
    page = reverse("projects:project", args=[row.application.uid])
    return told_to({Party.APPLICANT}, row.application, address=page, day=row.until)


def told_of_review(uid: UUID, *, to_expert: bool) -> ProjectTold:
    """Return what an expert is told with, or the bureau; the expert learns nothing of the others."""
    review = Review.objects.select_related("application__call", "expert__person").get(uid=uid)
    return told_to_expert(review) if to_expert else told_to_bureau_of(review)


def told_of_contest(uid: UUID) -> ProjectTold:
    """Tell the bureau of a review in conflict; who asked for a decision that waits knows of it."""
    review = Review.objects.select_related("application__call").get(uid=uid)
    waiting = review.decisions.filter(ended_at=None).first()
    page = reverse("projects:scores", args=[review.application.call.uid])
    actor = waiting.asked_by_id if waiting else None
    return told_to({Party.BUREAU}, review.application, address=page, actor=actor)


def told_to_expert(review: Review, *, cause: str = "") -> ProjectTold:
    page = reverse("projects:own_review", args=[review.uid])
    told = told_to((), review.application, address=page, day=review.due_on, cause=cause)
    return told_person(review.expert.person.account_id, told)


def told_to_bureau_of(review: Review, *, day: date | None = None, cause: str = "") -> ProjectTold:
    page = reverse("projects:application_reviews", args=[review.application.uid])
    return told_to({Party.BUREAU}, review.application, address=page, day=day, cause=cause)


def told_person(account: int | None, told: ProjectTold) -> ProjectTold:
    """Add one person, if there is an account."""
    return told if account is None else replace(told, people=told.people | {account})


def told_to(
    parties: Collection[Party],
    application: Application,
    *,
    address: str = "",
    day: date | None = None,
    actor: int | None = None,
    cause: str = "",
) -> ProjectTold:
    """Gather the facts for the parties of an application."""
    bodies = {
        Party.APPLICANT: application.applicant_id,
        Party.RECOMMENDER: application.recommender_id,
    }
    writers = application.coauthors.values_list("user", flat=True)
    return ProjectTold(
        code=application.number[:LONGEST_CODE],
        address=address or application.get_absolute_url(),
        day=day,
        is_sample=application.call.provenance == Provenance.DEMONSTRATION,
        bodies=frozenset(body for party in parties if (body := bodies.get(party)) is not None),
        people=frozenset(writers if Party.APPLICANT in parties else ()),
        to_bureau=not OF_BUREAU.isdisjoint(parties),
        actor=actor,
        cause=cause,
    )
