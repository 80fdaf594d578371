"""Lines of lists of applications, on pages and in files, and what is offered about them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhiqiao.apps.projects.models import Application, Call, Step
from zhiqiao.apps.projects.queries.calls import step_that_waits
from zhiqiao.apps.projects.queries.outlines import rules_in_force
from zhiqiao.apps.projects.queries.telling import (
    MoveOffered,
    StateTold,
    move_of,
    moves_offered,
    state_told,
)
from zhiqiao.apps.projects.rules import Viewer, is_staff, may_take
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import MissingError
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Move, Party

Table = tuple[list[str], Iterable[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application as a list shows it to its viewers."""

    application: Application
    state: StateTold
    waits: bool


@dataclass(frozen=True, slots=True)
class WaitingTold:
    """A step that waits for the second person."""

    step: Step
    move: Move


def application_lines(
    rows: Iterable[Application],
    viewers: Collection[Viewer],
    *,
    day: date,
    call: Call | None = None,
) -> list[ApplicationLine]:
    """Return the lines; where all are of one call, its rules are read once."""
    lines = []
    for row in rows:
        if call is not None:
            row.call = call
        is_waiting = Viewer.BUREAU in viewers and getattr(row, "waits", False)
        lines.append(ApplicationLine(row, state_told(viewers, row, day), is_waiting))
    return lines


def application_table(rows: QuerySet[Application], call: Call) -> Table:
    """Return the list of the bureau as a file holds it."""
    columns = [
        _("Number of the application"), _("Title of the application"), _("Applicant"), _("Area"),
        _("Recommending body"), _("Rank of the recommending body"), _("State"),
        _("In this state since"), _("Due on"), _("Handed in at"),
    ]  # fmt: skip
    titles = {name: spoken(state.title) for name, state in call.rules.flow.states.items()}
    listed = rows.values_list(
        "number", "title", "applicant__name", "area__name", "recommender__name",
        "standing__recommended_rank", "state", "entered_on", "due_on", "handed_in_at",
    )  # fmt: skip
    return columns, (
        (*row[:6], titles.get(row[6], row[6]), *row[7:])
        for row in listed.iterator(chunk_size=2_000)
    )


def own_table(rows: Iterable[Application], *, day: date) -> Table:
    """Return the list of an applicant as a file holds it."""
    columns = [
        _("Call"), _("Title of the application"), _("Number of the application"), _("State"),
        _("Due on"),
    ]  # fmt: skip
    lines = application_lines(rows, [Viewer.APPLICANT], day=day)
    return columns, [
        (
            line.application.call.title,
            line.application.title,
            line.application.number,
            line.state.words,
            line.state.due,
        )
        for line in lines
    ]


def recommended_table(lines: Iterable[ApplicationLine], ranks: Mapping[int, int]) -> Table:
    """Return the list of a recommending body as a file holds it."""
    columns = [
        _("Place in the order"), _("Number of the application"), _("Title of the application"),
        _("Applicant"), _("State"), _("Due on"),
    ]  # fmt: skip
    return columns, [
        (
            ranks.get(line.application.pk),
            line.application.number,
            line.application.title,
            line.application.applicant.name,
            line.state.words,
            line.state.due,
        )
        for line in lines
    ]


def moves_for_many(user: Actor, call: Call, state: str) -> list[tuple[str, Move]]:
    """Return the moves of the bureau that may be taken for several at once, from one state or any."""
    if not is_staff(user):
        return []
    moves = rules_in_force(call).flow.moves.items()
    return [
        (name, move)
        for name, move in moves
        if move.by in {Party.BUREAU, Party.LEAD} and (not state or state in move.from_)
    ]


def move_offered(user: Actor, application: Application, name: str, now: datetime) -> MoveOffered:
    """Return a move that is open to the person, or say why it is not."""
    move = move_of(application, name)
    for offered in moves_offered(user, application, now):
        if offered.name == name:
            return offered
    require(may_take(user, application, move))
    raise MissingError("projects.missing")


def waiting_told(application: Application) -> WaitingTold | None:
    step = step_that_waits(application)
    return WaitingTold(step, application.call.rules.flow.moves[step.move]) if step else None
