"""Who may recommend an application of a body in a call, and whether anybody has to."""

from typing import Any

from django.db.models import Q, QuerySet

from zhiqiao.apps.projects.models import Application, Call, Quota
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.packs import Party, Phase, Recommender

# How offices of education are named: the two short words for education that their names hold.
EDUCATION = ("\u6559\u80b2", "\u6559\u59d4")
GOVERNMENT = "government"


def recommenders_for(user: Actor, call: Call, applicant: int) -> list[tuple[int, str]]:
    """Return key and name of the bodies that may recommend; a single one needs no choice.

    Those with a quota come first, of these the one of the applicant's own region; without quotas it
    is the office of education of that region, where the register of bodies knows just one.
    """
    bodies = organisations_visible_to(user).order_by("name_key", "id")
    rule = call.rules.lifecycle.recommender
    if rule is Recommender.DISTRICT:
        return _offices_for(call, bodies, applicant)
    own = bodies.filter(pk=applicant) if rule is Recommender.SCHOOL else bodies.none()
    return list(own.values_list("pk", "name"))


def _offices_for(call: Call, bodies: QuerySet[Any], applicant: int) -> list[tuple[int, str]]:
    region = bodies.filter(pk=applicant).values_list("region_id", flat=True).first()
    quotas = Quota.objects.filter(call=call).values("organisation")
    with_quota = list(bodies.filter(pk__in=quotas).values_list("pk", "name", "region_id"))
    if with_quota:
        near = [one for one in with_quota if region is not None and one[2] == region]
        return [(key, name) for key, name, _region in (near if len(near) == 1 else with_quota)]
    is_office = Q()
    for word in EDUCATION:
        is_office |= Q(name__contains=word)
    offices = bodies.filter(is_office, kind=GOVERNMENT, region=region, ended=False)
    return list(offices.values_list("pk", "name")) if region is not None else []


def needs_recommender(application: Application) -> bool:
    """Say whether a way of this kind of applicant leads through a recommendation from here."""
    flow = application.call.rules.flow
    moves = flow.moves_from(application.state, applicant=application.applicant.kind).values()
    return any(
        move.by is Party.APPLICANT and flow.states[move.to].phase is Phase.RECOMMENDING
        for move in moves
    )
