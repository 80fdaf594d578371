"""Calls and applications for whoever may see them.

Sample accounts see demonstration calls and nobody else does, except by the address of one: its pages
say so.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.projects.choices import PUBLIC_PHASES, CallState, ReviewState
from zhiqiao.apps.projects.models import Application, Call, CallExtension, CallFile, Quota, Step
from zhiqiao.apps.projects.rules import Part, Viewer, acts_for, is_coauthor, is_staff, may_see
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.packs import Phase

# Known by its digest, so that a list does not bring the same long text with every row.
RULES_TEXT = "call__kept_rules"
IN_HAND = (ReviewState.ACCEPTED, ReviewState.HANDED_IN)


def calls_visible_to(user: Actor, *, sample: bool = False) -> QuerySet[Call]:
    """Return the published calls, and to the bureau those in preparation, too."""
    is_sample = sample or bool(getattr(user, "is_demonstration", False))
    demonstration = Q(provenance=Provenance.DEMONSTRATION)
    rows = Call.objects.filter(demonstration if is_sample else ~demonstration)
    return rows if is_staff(user) else rows.exclude(state=CallState.DRAFT)


def call_visible_to(user: Actor, uid: UUID) -> Call:
    rows = Call.objects.select_related("area")
    found = rows.filter(uid=uid).first()
    is_sample_account = bool(getattr(user, "is_demonstration", False))
    if (
        found is None
        or (found.state == CallState.DRAFT and not is_staff(user))
        or (is_sample_account and found.provenance != Provenance.DEMONSTRATION)
    ):
        raise MissingError("projects.missing")
    return found


def call_file_visible_to(user: Actor, uid: UUID) -> CallFile:
    found = CallFile.objects.select_related("file", "call").filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    call_visible_to(user, found.call.uid)
    return found


def extensions_visible_to(user: Actor, call: Call) -> QuerySet[CallExtension]:
    """Return the extensions for all, and those of single applicants to the bureau and to themselves."""
    rows = call.extensions.select_related("organisation")
    if is_staff(user):
        return rows
    return rows.filter(Q(organisation=None) | Q(organisation__in=organisations_of(user)))


def closes_at(call: Call, applicant: int | None = None) -> datetime:
    """Return until when one may apply: the window, or the latest extension for all or this applicant."""
    for_all = Q(organisation=None)
    rows = call.extensions.filter(for_all | Q(organisation=applicant) if applicant else for_all)
    latest: datetime | None = rows.aggregate(latest=Max("until"))["latest"]
    return max(call.closes_at, latest) if latest else call.closes_at


def quota_of(call: Call, organisation: int | None) -> int | None:
    """Return how many a body may recommend; None where nothing was said, which means none at all."""
    row = Quota.objects.filter(call=call, organisation=organisation).first()
    return row.most if row else None


def applications_visible_to(user: Actor, call: Call) -> QuerySet[Application]:
    """Return the applications of a call of which the person may at least see the head.

    The bureau does not see what was never handed in; a recommending body not what is a draft.
    """
    rows = Application.objects.filter(call=call).defer(RULES_TEXT)
    rows = rows.select_related("call", "applicant", "recommender")
    if is_staff(user):
        own = _own(user) if user is not None else Q()
        return rows.filter(~Q(handed_in_at=None) | own).distinct()
    public = Q(phase__in=PUBLIC_PHASES)
    if user is None or not user.is_authenticated:
        return rows.filter(public)
    recommended = Q(recommender__in=organisations_of(user)) & ~Q(handed_in_at=None)
    return rows.filter(public | _own(user) | recommended).distinct()


def _own(user: Actor) -> Q:
    key = getattr(user, "pk", None)
    if key is None:
        # A comparison with nobody would find every application without co-authors.
        return Q(pk__in=())
    return Q(applicant__in=organisations_of(user)) | Q(coauthors__user=key)


def own_applications(user: Actor) -> QuerySet[Application]:
    """Return what the person's bodies applied for, and what the person writes along with."""
    rows = Application.objects.select_related("call", "applicant").defer(RULES_TEXT)
    return rows.filter(_own(user)).distinct().order_by("-id")


def application_visible_to(user: Actor, uid: UUID) -> Application:
    rows = Application.objects.select_related("call", "applicant", "recommender", "area")
    found = rows.filter(uid=uid).first()
    if found is None or not may_see(viewers_of(user, found), Part.HEAD, phase=found.phase):
        raise MissingError("projects.missing")
    return found


def viewers_of(user: Actor, application: Application) -> frozenset[Viewer]:
    """Say in which relations a person stands to an application."""
    found = {Viewer.PUBLIC}
    if is_staff(user) and application.handed_in_at is not None:
        found.add(Viewer.BUREAU)
    if user is None or not user.is_authenticated:
        return frozenset(found)
    if acts_for(user, application.applicant_id) or is_coauthor(user, application):
        found.add(Viewer.APPLICANT)
    if acts_for(user, application.recommender_id) and application.handed_in_at is not None:
        found.add(Viewer.RECOMMENDER)
    reviews = application.reviews.filter(
        state__in=IN_HAND, contested_at=None, expert__person__account=user.pk
    )
    if application.phase in {Phase.REVIEWING, Phase.PANEL} and reviews.exists():
        found.add(Viewer.REVIEWER)
    return frozenset(found)


def sighted_viewers(user: Actor, application: Application) -> frozenset[Viewer]:
    """Return the viewers that see who applies; a blind reviewer has pages of their own instead."""
    viewers = viewers_of(user, application)
    review = application.call.rules.lifecycle.review
    if review is not None and review.blind:
        viewers -= {Viewer.REVIEWER}
    if not may_see(viewers, Part.HEAD, phase=application.phase):
        raise MissingError("projects.missing")
    return viewers


def step_that_waits(application: Application) -> Step | None:
    rows = Step.objects.filter(application=application, ended_at=None)
    return rows.select_related("asked_by").first()


def steps_of(application: Application) -> QuerySet[Step]:
    """Return what was done, the latest first."""
    rows = Step.objects.filter(application=application).exclude(ended_at=None)
    return rows.select_related("asked_by", "signed_by").order_by("-id")
