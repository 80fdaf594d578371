"""What the bureau proposes for each application: by rank, one by one, and always with a name to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from zhiqiao.apps.projects.actions.calls import locked_call
from zhiqiao.apps.projects.actions.moves import Moved, locked_application
from zhiqiao.apps.projects.choices import Advice
from zhiqiao.apps.projects.models import Application, Call, Standing
from zhiqiao.apps.projects.queries.results import places_left, to_be_decided
from zhiqiao.apps.projects.rules import can_run_calls, stands_in
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.packs import Phase

AUDITED = ("proposal", "grounds", "proposed_by")


@dataclass(frozen=True, slots=True)
class ByRank:
    """What a proposal by rank came to; those left have no rank or are tied across a line."""

    recognise: int = 0
    reserve: int = 0
    refuse: int = 0
    left: tuple[str, ...] = ()


@transaction.atomic
def propose(application: Application, *, advice: str, actor: Actor, grounds: str = "") -> Standing:
    """Propose one result; the places of the call are counted while the call is locked."""
    require(can_run_calls(actor))
    call = locked_call(application.call)
    row = locked_application(application)
    obey(stands_in(row, Phase.DECIDING))
    _refuse_above_places(call, row, advice)
    return _proposed(row, advice=advice, grounds=grounds, actor=actor)


def propose_many(
    call: Call, uids: Iterable[str], *, advice: str, actor: Actor, grounds: str = ""
) -> Moved:
    """Propose the same for several, each in a transaction of its own; the refused are named."""
    require(can_run_calls(actor))
    done, refusals = 0, {}
    for application in Application.objects.filter(call=call, uid__in=list(uids)).order_by("number"):
        try:
            propose(application, advice=advice, actor=actor, grounds=grounds)
        except (RuleError, RefusedError, InputError) as error:
            refusals[str(application)] = f"{error.message} {error.remedy}".strip()
        else:
            done += 1
    return Moved(done, refusals)


@transaction.atomic
def propose_by_rank(call: Call, *, first: int, reserve: int, grounds: str, actor: Actor) -> ByRank:
    """Propose the first to recognise, the next for the reserve and the rest to refuse.

    Who has no rank, and who is tied with somebody on the other side of a line, is left to a person.
    Places that are used already (on notice, recognised) are not given twice.
    """
    require(can_run_calls(actor))
    call = locked_call(call)
    first = min(first, _at_most(first, places_left(call, Advice.RECOGNISE, deciding=False)))
    reserve = min(reserve, _at_most(reserve, places_left(call, Advice.RESERVE, deciding=False)))
    rows = list(to_be_decided(call).exclude(standing__rank=None).order_by("standing__rank", "id"))
    if not rows:
        raise RuleError("projects.not-ranked")
    ranks = [row.standing.rank for row in rows]
    tied = _tied_across(ranks, first) | _tied_across(ranks, first + reserve)
    counts = dict.fromkeys(Advice, 0)
    for place, row in enumerate(rows):
        advice = _advice_at(place, first=first, reserve=reserve)
        if ranks[place] in tied:
            _proposed(row, advice="", grounds="", actor=actor)
            continue
        words = grounds if advice == Advice.REFUSE else ""
        _proposed(row, advice=advice, grounds=words, actor=actor)
        counts[advice] += 1
    left = [str(row) for row in rows if row.standing.rank in tied]
    unranked = to_be_decided(call).filter(standing__rank=None).order_by("number")
    return ByRank(
        recognise=counts[Advice.RECOGNISE],
        reserve=counts[Advice.RESERVE],
        refuse=counts[Advice.REFUSE],
        left=(*left, *map(str, unranked)),
    )


def _at_most(wanted: int, left: int | None) -> int:
    return wanted if left is None else max(left, 0)


def _tied_across(ranks: list[int | None], line: int) -> set[int | None]:
    """Return the rank that stands on both sides of the line between two places."""
    if 0 < line < len(ranks) and ranks[line - 1] == ranks[line]:
        return {ranks[line]}
    return set()


def _advice_at(place: int, *, first: int, reserve: int) -> Advice:
    if place < first:
        return Advice.RECOGNISE
    return Advice.RESERVE if place < first + reserve else Advice.REFUSE


def _refuse_above_places(call: Call, row: Application, advice: str) -> None:
    if advice not in (Advice.RECOGNISE, Advice.RESERVE):
        return
    left = places_left(call, Advice(advice), besides=row)
    if left is not None and left < 1:
        places = call.places if advice == Advice.RECOGNISE else call.reserve_places
        raise RuleError("projects.places-used", places=places)


def _proposed(row: Application, *, advice: str, grounds: str, actor: Actor) -> Standing:
    words = grounds.strip()
    if advice == Advice.REFUSE and not words:
        raise InputError("projects.grounds-needed")
    standing, _made = Standing.objects.get_or_create(application=row)
    before = audit.snapshot(standing, AUDITED)
    standing.proposal, standing.grounds = advice, words
    standing.proposed_by_id = getattr(actor, "pk", None)
    standing.save(update_fields=["proposal", "grounds", "proposed_by"])
    audit.record(
        actor=actor,
        verb="projects.application.proposed",
        subject=row,
        before=before,
        after=audit.snapshot(standing, AUDITED),
        reason=words,
    )
    return standing
