"""The lists of results and of building as tables: the same columns in Excel and on paper."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from zhiqiao.apps.projects.choices import Advice
from zhiqiao.apps.projects.models import Application, Call, ProjectObjection
from zhiqiao.apps.projects.queries.building import Board
from zhiqiao.apps.projects.queries.results import AnswerTold, ResultLine
from zhiqiao.apps.projects.rules import state_words
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Move

Table = tuple[list[str], list[tuple[object, ...]]]
HUNDRED = Decimal(100)


def points(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else hundredths / HUNDRED


def result_table(lines: Iterable[ResultLine]) -> Table:
    """Return the table of results, for the bureau alone."""
    columns = [
        _("Number"), _("Title"), _("Applicant"), _("Recommending body"), _("Rank of recommendation"),
        _("Official score"), _("Rank"), _("Advice of the panel"), _("Proposal"), _("Grounds"),
        _("At the line"),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for line in lines:
        row, standing = line.application, line.standing
        rows.append((
            row.number, row.title, row.applicant.name,
            row.recommender.name if row.recommender else "", standing.recommended_rank,
            points(standing.official), standing.rank, _advice(line.advice),
            _advice(standing.proposal), standing.grounds,
            points(line.gap) if line.is_at_line else None,
        ))  # fmt: skip
    return columns, rows


def notice_table(rows: Iterable[Application]) -> Table:
    columns = [_("Number"), _("Title"), _("Applicant"), _("On public notice until")]
    return columns, [
        (row.number, row.title, row.applicant.name, row.publicity_until) for row in rows
    ]


def recognised_table(rows: Iterable[Application]) -> Table:
    columns = [_("Name"), _("Holder"), _("Number"), _("Announced"), _("Valid to"), _("State")]
    cells: list[tuple[object, ...]] = []
    for row in rows:
        item = row.recognition
        if item is not None:
            cells.append((item.name, item.holder_text, row.number, item.announced, item.valid_to,
                          item.get_state_display()))  # fmt: skip
    return columns, cells


def objection_table(rows: Iterable[ProjectObjection]) -> Table:
    """Return the objections for the files of the bureau; how to reach people is not among them."""
    columns = [
        _("Number"),
        _("Title"),
        _("Objection"),
        _("Filed at"),
        _("Answer"),
        _("Found right"),
    ]
    cells: list[tuple[object, ...]] = [
        (row.application.number, row.application.title, row.text, row.filed_at, row.answer, row.is_upheld)
        for row in rows
    ]  # fmt: skip
    return columns, cells


def answer_table(answers: Iterable[AnswerTold]) -> Table:
    columns = [_("Number"), _("Title"), _("What was found"), _("Answer"), _("Day")]
    return columns, [
        (one.number, one.title, _("Found right") if one.is_upheld else _("Not found right"),
         one.answer, one.day)
        for one in answers
    ]  # fmt: skip


def project_table(rows: Iterable[Application]) -> Table:
    columns = [_("Number"), _("Title"), _("Applicant"), _("Call"), _("State"), _("Next report due on"),
               _("Reports to judge")]  # fmt: skip
    cells: list[tuple[object, ...]] = [
        (row.number, row.title, row.applicant.name, row.call.title, state_words(row, is_of_bureau=False),
         row.next_due, row.to_judge)  # type: ignore[attr-defined] # annotated by projects_visible_to
        for row in rows
    ]  # fmt: skip
    return columns, cells


def figure_table(board: Board) -> Table:
    columns = [_("Indicator"), _("Unit"), _("Promised"), _("Reached")]
    cells: list[tuple[object, ...]] = [
        (spoken(line.title), spoken(line.unit), line.promised,
         _("not reported") if line.reached is None else line.reached)
        for line in board.indicators
    ]  # fmt: skip
    return columns, cells


def moves_to_settle(call: Call, phase: str) -> list[tuple[str, Move]]:
    """Return the moves that leave a phase in the flow of a call, for one move of many."""
    flow = call.rules.flow
    states = {name for name, state in flow.states.items() if str(state.phase) == phase}
    return [(name, move) for name, move in flow.moves.items() if states & set(move.from_)]


def _advice(value: str) -> str:
    return str(Advice(value).label) if value else ""
