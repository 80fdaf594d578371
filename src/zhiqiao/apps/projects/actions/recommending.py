"""The order in which a body recommends the applications of its area."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from zhiqiao.apps.projects.actions.calls import locked_call
from zhiqiao.apps.projects.models import Application, Call, Standing
from zhiqiao.apps.projects.rules import acts_for, is_published
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, refused, require
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.packs import Phase

RANKED_IN = frozenset({Phase.RECOMMENDING, Phase.CHECKING})


@transaction.atomic
def rank_recommended(
    call: Call, body: int, ranks: Mapping[UUID, int | None], *, actor: Actor
) -> None:
    """Set the places of a body's applications in its order; each place is given once.

    The order stands fast once an application is with the experts: what is left out keeps its place.
    """
    if not acts_for(actor, body):
        require(refused("projects.not-yours"))
    call = locked_call(call)
    obey(is_published(call))
    rows = Application.objects.filter(call=call, recommender=body, uid__in=list(ranks))
    found = {row.uid: row for row in rows.exclude(handed_in_at=None)}
    if found.keys() != ranks.keys():
        require(refused("projects.not-yours"))
    before = _ranks_of(call, body)
    given = {found[uid].pk: rank for uid, rank in ranks.items()}
    changed = {key: rank for key, rank in given.items() if rank != before.get(key)}
    for row in found.values():
        if row.pk in changed and row.phase not in RANKED_IN:
            raise RuleError("projects.rank-late", number=row.number)
    _refuse_twice(before | given)
    for key, rank in changed.items():
        Standing.objects.update_or_create(application_id=key, defaults={"recommended_rank": rank})
    verb = "projects.application.ranked"
    for row in found.values():
        if row.pk in changed:
            audit.record(
                actor=actor,
                verb=verb,
                subject=row,
                before={"recommended_rank": before.get(row.pk)},
                after={"recommended_rank": changed[row.pk]},
            )


def _ranks_of(call: Call, body: int) -> dict[int, int | None]:
    rows = Standing.objects.filter(application__call=call, application__recommender=body)
    return dict(rows.values_list("application", "recommended_rank"))


def _refuse_twice(ranks: Mapping[int, int | None]) -> None:
    seen: set[int] = set()
    for rank in ranks.values():
        if rank is not None and rank in seen:
            raise InputError("projects.rank-twice", rank=rank)
        if rank is not None:
            seen.add(rank)
