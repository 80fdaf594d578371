"""What people are told of an application and when: its state in words, its steps, what waits.

All of it follows the table of ``rules.visibility``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.projects.choices import CallState
from zhiqiao.apps.projects.models import Application, Step
from zhiqiao.apps.projects.queries.calls import (
    calls_visible_to,
    own_applications,
    steps_of,
    viewers_of,
)
from zhiqiao.apps.projects.queries.needs import Moment, judged_needs
from zhiqiao.apps.projects.rules import (
    HIDDEN,
    PARTIES,
    Part,
    Viewer,
    is_internal,
    is_staff,
    may_see,
    may_take,
    parties_of,
    phase_told,
    state_words,
)
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Move, Paper, Party, Phase

PRINTED = frozenset({Paper.RECEIPT, Paper.RETURN_NOTE, Paper.DECISION})
SETTLED = frozenset({Phase.IN_FORCE, Phase.RESERVE, Phase.REFUSED, Phase.WITHDRAWN, Phase.ENDED})


@dataclass(frozen=True, slots=True)
class StateTold:
    """The state of an application as somebody is told it; without a term there is none to know."""

    phase: Phase
    words: str
    since: date | None
    due: date | None
    is_provisional: bool
    is_overdue: bool
    waits_for: str


@dataclass(frozen=True, slots=True)
class MoveOffered:
    """A move that is open to a person, and what is still missing in words."""

    name: str
    move: Move
    missing: tuple[str, ...]

    @property
    def asks_reason(self) -> bool:
        return "reason" in self.move.needs


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step of the history as somebody is told it."""

    step: Step
    title: str
    leads_to: str
    who: str
    reason: str
    paper: str

    @property
    def has_paper(self) -> bool:
        return bool(self.paper)


def state_told(viewers: Collection[Viewer], application: Application, day: date) -> StateTold:
    """Tell the state; what would show how far a hidden review has come is left out."""
    is_of_bureau = Viewer.BUREAU in viewers
    shows = is_of_bureau or may_see(viewers, Part.STEPS, phase=application.phase)
    if Viewer.RECOMMENDER in viewers and application.phase == Phase.RECOMMENDING:
        shows = True
    due = application.due_on if shows else None
    phase = phase_told(viewers, application.phase)
    return StateTold(
        phase=phase,
        words=state_words(application, is_of_bureau=is_of_bureau),
        since=application.entered_on if shows else None,
        due=due,
        is_provisional=bool(due) and application.due_is_provisional,
        is_overdue=due is not None and due < day,
        waits_for="" if phase in SETTLED else str(PARTIES[in_charge_of(phase)]),
    )


def moves_offered(user: Actor, application: Application, now: datetime) -> list[MoveOffered]:
    """Return the moves of the person's parties, with what each still needs beside a reason.

    Between check and result an applicant is offered the same moves whatever goes on there.
    """
    flow, moment = application.call.rules.flow, Moment(now, reason="-")
    states = {application.state}
    if application.phase in HIDDEN and not is_staff(user):
        states = {name for name, state in flow.states.items() if state.phase in HIDDEN}
    parties = parties_of(user, application)
    found = []
    for name, move in flow.moves.items():
        is_open = bool(may_take(user, application, move))
        is_veiled = move.by in parties and not states.isdisjoint(move.from_)
        if is_open or is_veiled:
            found.append(MoveOffered(name, move, _missing(application, move, moment)))
    return found


def _missing(application: Application, move: Move, moment: Moment) -> tuple[str, ...]:
    judged = judged_needs()
    verdicts = [judged[need](application, moment) for need in move.needs if need in judged]
    return tuple(verdict.message for verdict in verdicts if not verdict)


def titles_of_moves(taken: Mapping[UUID, Collection[str]]) -> dict[tuple[UUID, str], str]:
    """Return the titles of moves of applications, for the log of whoever took them.

    What row security keeps from the reader by now has no title.
    """
    rows = Application.objects.filter(uid__in=taken).select_related("call")
    return {
        (row.uid, name): spoken(move.title)
        for row in rows
        for name, move in row.call.rules.flow.moves.items()
        if name in taken[row.uid]
    }


def move_of(application: Application, name: str) -> Move:
    found = application.call.rules.flow.moves.get(name)
    if found is None:
        raise MissingError("projects.move-unknown", move=name)
    return found


def steps_told(viewers: Collection[Viewer], application: Application) -> list[StepTold]:
    """Return the history, the latest first; who is not of the bureau is told what concerns them."""
    if not may_see(viewers, Part.STEPS, phase=application.phase):
        return []
    is_of_bureau = Viewer.BUREAU in viewers
    return [
        _step_told(step, application, is_of_bureau=is_of_bureau)
        for step in steps_of(application)
        if is_of_bureau or _is_told(step, application)
    ]


def step_visible_to(user: Actor, uid: UUID) -> StepTold:
    """Return a step that gave a paper, to whoever may see the steps of its application now."""
    rows = Step.objects.select_related("application__call", "application__applicant")
    step = rows.select_related("asked_by", "signed_by").filter(uid=uid, is_taken=True).first()
    if step is None:
        raise MissingError("projects.missing")
    application = step.application
    viewers = viewers_of(user, application)
    is_of_bureau = Viewer.BUREAU in viewers
    told = _step_told(step, application, is_of_bureau=is_of_bureau)
    if (
        not may_see(viewers, Part.STEPS, phase=application.phase)
        or not told.has_paper
        or not (is_of_bureau or _is_told(step, application))
    ):
        raise MissingError("projects.missing")
    return told


def _is_told(step: Step, application: Application) -> bool:
    states = application.call.rules.flow.states
    is_known = step.from_state in states and step.to_state in states
    return (
        step.is_taken
        and is_known
        and not is_internal(states[step.from_state].phase, states[step.to_state].phase)
    )


def _step_told(step: Step, application: Application, *, is_of_bureau: bool) -> StepTold:
    flow = application.call.rules.flow
    move = flow.moves[step.move]
    is_for_them = Party.APPLICANT in {*move.tells, move.by}
    after = flow.states[step.to_state]
    hides = after.phase in HIDDEN and not is_of_bureau
    people = [one.name for one in (step.asked_by, step.signed_by) if one is not None]
    return StepTold(
        step=step,
        title=spoken(move.title),
        leads_to="" if hides else spoken(after.title),
        who=" · ".join(people) if is_of_bureau and people else str(PARTIES[move.by]),
        reason=step.reason if is_of_bureau or is_for_them else "",
        paper=str(move.gives) if step.is_taken and move.gives in PRINTED else "",
    )


def in_charge_of(phase: Phase) -> Party:
    waits_for = {
        Phase.DRAFTING: Party.APPLICANT,
        Phase.RECOMMENDING: Party.RECOMMENDER,
        Phase.BUILDING: Party.APPLICANT,
    }
    return waits_for.get(phase, Party.BUREAU)


def waiting_for_bureau(user: Actor, day: date) -> dict[str, int]:
    """Count what waits for the bureau in all running calls: forms, signatures, terms that passed."""
    if not is_staff(user):
        return {}
    calls = calls_visible_to(user).filter(state=CallState.PUBLISHED)
    rows = Application.objects.filter(call__in=calls, handed_in_at__isnull=False)
    steps = Step.objects.filter(application__call__in=calls, ended_at=None)
    return {
        "check": rows.filter(phase=Phase.CHECKING).count(),
        "sign": steps.exclude(asked_by=getattr(user, "pk", None)).count(),
        "overdue": rows.filter(due_on__lt=day).exclude(phase=Phase.CHECKING).count(),
    }


def waiting_for_recommender(user: Actor) -> int:
    """Count the applications that wait for a recommendation by the person's bodies."""
    rows = Application.objects.filter(recommender__in=organisations_of(user))
    return rows.filter(phase=Phase.RECOMMENDING, call__in=calls_visible_to(user)).count()


def waiting_for_applicant(user: Actor, now: datetime) -> int:
    """Count the person's applications that were returned, or are drafts of a call that is open."""
    is_returned = Q(handed_in_at__isnull=False)
    is_open = Q(handed_in_at=None, call__state=CallState.PUBLISHED, call__closes_at__gte=now)
    return own_applications(user).filter(Q(phase=Phase.DRAFTING) & (is_returned | is_open)).count()
