"""Who may recommend an application of a body in a call, and whether anybody has to."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.projects.models import Application, Call, Quota
from zhiqiao.apps.projects.rules import acts_for
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.packs import Party, Phase, Recommender

# How offices of education are named: the two short words for education that their names hold.
EDUCATION = ("\u6559\u80b2", "\u6559\u59d4")
GOVERNMENT = "government"


class Body(NamedTuple):
    """A body of the register by key, address and name."""

    key: int
    uid: UUID
    name: str


def recommenders_for(user: Actor, call: Call, applicant: int) -> list[Body]:
    """Return key and name of the bodies that may recommend; a single one needs no choice.

    Those with a quota come first, of these the one of the applicant's own region; without quotas it
    is the office of education of that region, where the register of bodies knows just one.
    """
    bodies = organisations_visible_to(user).order_by("name_key", "id")
    rule = call.rules.lifecycle.recommender
    if rule is Recommender.DISTRICT:
        return _offices_for(call, bodies, applicant)
    own = bodies.filter(pk=applicant) if rule is Recommender.SCHOOL else bodies.none()
    return _listed(own)


def _offices_for(call: Call, bodies: QuerySet[Any], applicant: int) -> list[Body]:
    region = bodies.filter(pk=applicant).values_list("region_id", flat=True).first()
    quotas = Quota.objects.filter(call=call).values("organisation")
    with_quota = bodies.filter(pk__in=quotas)
    near = _listed(with_quota.filter(region=region)) if region is not None else []
    if len(near) == 1 or with_quota.exists():
        return near if len(near) == 1 else _listed(with_quota)
    is_office = Q()
    for word in EDUCATION:
        is_office |= Q(name__contains=word)
    offices = bodies.filter(is_office, kind=GOVERNMENT, region=region, ended=False)
    return _listed(offices) if region is not None else []


def _listed(bodies: QuerySet[Any]) -> list[Body]:
    return [Body(*row) for row in bodies.values_list("pk", "uid", "name")]


def bodies_to_apply_for(user: Actor, call: Call) -> list[Body]:
    """Return the bodies for which the person may apply in the call by their kind."""
    keys = [key for key in organisations_of(user) if acts_for(user, key)]
    rows = organisations_visible_to(user).filter(pk__in=keys).order_by("name_key", "id")
    kinds = call.rules.lifecycle.applicants
    return _listed(rows.filter(kind__in=kinds) if kinds else rows)


def needs_recommender(application: Application) -> bool:
    """Say whether a way of this kind of applicant leads through a recommendation from here."""
    flow = application.call.rules.flow
    moves = flow.moves_from(application.state, applicant=application.applicant.kind).values()
    return any(
        move.by is Party.APPLICANT and flow.states[move.to].phase is Phase.RECOMMENDING
        for move in moves
    )
