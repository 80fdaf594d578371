"""Who may take which move of an application, and who a person is to it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role, organisations_of
from zhiqiao.apps.projects import refusals  # noqa: F401 - gives the codes their words
from zhiqiao.apps.projects.choices import CallState
from zhiqiao.apps.projects.models import Application, Call
from zhiqiao.apps.projects.rules.visibility import HIDDEN, told_phase
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Move, Party, Phase

if TYPE_CHECKING:
    from django.utils.functional import Promise

STAFF = (Role.BUREAU_CLERK, Role.BUREAU_LEAD)
OF_BODIES = (Role.SCHOOL_CLERK, Role.BODY_CLERK)
PARTIES: "dict[Party, Promise]" = {
    Party.APPLICANT: _("the applicant"),
    Party.RECOMMENDER: _("the recommending body"),
    Party.BUREAU: _("the bureau"),
    Party.LEAD: _("a lead of the bureau"),
    Party.CLOCK: _("nobody: it happens when the term is over"),
}


def is_staff(actor: Actor) -> bool:
    return actor is None or any(holds_role(actor, role) for role in STAFF)


def can_run_calls(actor: Actor) -> Verdict:
    return ALLOWED if is_staff(actor) else refused("projects.not-yours")


def can_apply(actor: Actor) -> Verdict:
    """Allow whoever acts for a school, firm, department or district."""
    if any(holds_role(actor, role) for role in OF_BODIES):
        return ALLOWED
    return refused("projects.not-yours")


def acts_for(actor: Actor, organisation: int | None) -> bool:
    """Say whether the person is a clerk of that body."""
    return organisation is not None and any(
        holds_role(actor, role, organisation) for role in OF_BODIES
    )


def recommends(actor: Actor, organisation: int | None) -> bool:
    """Say whether the person acts for a recommending body; the bureau's own staff do for the bureau."""
    is_of_bureau = is_staff(actor) and organisation in organisations_of(actor)
    return acts_for(actor, organisation) or (organisation is not None and is_of_bureau)


def can_apply_for(actor: Actor, organisation: int) -> Verdict:
    return ALLOWED if acts_for(actor, organisation) else refused("projects.not-yours")


def writes_along(person: Actor, application: Application) -> bool:
    """Say whether somebody may be a co-author: a clerk of a body that neither judges nor recommends."""
    judges = is_staff(person) or recommends(person, application.recommender_id)
    return bool(can_apply(person)) and not judges


def is_coauthor(actor: Actor, application: Application) -> bool:
    key = getattr(actor, "pk", None)
    return key is not None and application.coauthors.filter(user=key).exists()


def can_write(actor: Actor, application: Application) -> Verdict:
    """Allow the applicant's clerks and the co-authors to work on the content."""
    if acts_for(actor, application.applicant_id) or is_coauthor(actor, application):
        return ALLOWED
    return refused("projects.not-yours")


def parties_of(actor: Actor, application: Application) -> frozenset[Party]:
    """Say who a person is to an application when moves are taken; the system is the clock."""
    if actor is None:
        return frozenset({Party.CLOCK})
    found = {
        Party.APPLICANT: acts_for(actor, application.applicant_id),
        Party.RECOMMENDER: recommends(actor, application.recommender_id),
        Party.BUREAU: is_staff(actor),
        Party.LEAD: holds_role(actor, Role.BUREAU_LEAD),
    }
    return frozenset(party for party, is_so in found.items() if is_so)


def state_words(application: Application, *, is_of_bureau: bool) -> str:
    """Return the state as somebody is told it: between check and result only the bureau knows more."""
    if Phase(application.phase) in HIDDEN and not is_of_bureau:
        return told_phase((), application.phase)
    return spoken(application.call.rules.flow.states[application.state].title)


def may_take(actor: Actor, application: Application, move: Move) -> Verdict:
    """Judge the state of the application, its kind of applicant and the party of the person."""
    if application.state not in move.from_:
        return refused(
            "projects.wrong-state", state=state_words(application, is_of_bureau=is_staff(actor))
        )
    if not move.is_for(application.applicant.kind):
        return refused("projects.move-not-for-kind", move=spoken(move.title))
    parties = parties_of(actor, application)
    # A lead is at hand for what a clerk of the bureau may do, and may ask for what needs two.
    if move.by in parties or (move.signed and move.by is Party.LEAD and Party.BUREAU in parties):
        return ALLOWED
    return refused("projects.move-of-another", move=spoken(move.title), party=PARTIES[move.by])


def may_sign(actor: Actor, *, asked_by: Model | None, move: Move) -> Verdict:
    """Let a second person of the bureau sign; where the move is a lead's, one of the two is a lead."""
    if not is_staff(actor) or actor is None:
        return refused("projects.not-yours")
    if asked_by is not None and actor.pk == asked_by.pk:
        return refused("projects.two-persons")
    leads = [holds_role(one, Role.BUREAU_LEAD) for one in (actor, asked_by) if one is not None]  # type: ignore[arg-type]
    if move.by is Party.LEAD and not any(leads):
        return refused("projects.two-persons")
    return ALLOWED


def is_draft(call: Call) -> Verdict:
    return ALLOWED if call.state == CallState.DRAFT else refused("projects.call-not-draft")


def is_published(call: Call) -> Verdict:
    if call.state == CallState.PUBLISHED:
        return ALLOWED
    return refused("projects.call-not-published")


def is_open_at(call: Call, *, closes_at: datetime, now: datetime) -> Verdict:
    """Judge the window, whose end may have been extended."""
    if call.opens_at <= now <= closes_at:
        return ALLOWED
    return refused("projects.window-closed", opens=call.opens_at, closes=closes_at)
