"""The lists of reviews as tables: the same rows in Excel and on paper, by letters and never by marks of others."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from zhiqiao.apps.projects.models import Application, Call, Draw, Review
from zhiqiao.apps.projects.queries.conflicts import unclear_names
from zhiqiao.apps.projects.queries.offering import experts_barred
from zhiqiao.apps.projects.queries.panels import panels_of
from zhiqiao.apps.projects.queries.reviews import (
    DRAWN,
    drawn_rows,
    draws_of,
    progress_of,
    reviews_of,
    reviews_out,
    shortages_of,
)

NamedTable = tuple[str, Sequence[object], Iterable[Sequence[object]]]
CHUNK = 2_000


def review_table(call: Call, name: str) -> NamedTable:
    """Return one of the lists on the page of the reviews of a call, the applications by default."""
    others = {"out": _out, "unclear": _unclear, "draws": _draws, "panels": _panels}
    return others[name](call) if name in others else _progress(call)


def _progress(call: Call) -> NamedTable:
    columns = [_("Number"), _("Title"), _("Applicant"), _("Handed in"), _("Out"), _("Proposed"),
               _("Refused or ended")]  # fmt: skip
    rows = progress_of(call).iterator(chunk_size=CHUNK)
    counts = ("there", "owed", "proposed", "lost")
    return (
        "reviews",
        columns,
        (
            (row.number, row.title, row.applicant.name, *(getattr(row, name) for name in counts))
            for row in rows
        ),
    )


def _out(call: Call) -> NamedTable:
    columns = [_("Application"), _("Letter"), _("State"), _("Due on")]
    rows = reviews_out(call).iterator(chunk_size=CHUNK)
    return (
        "reviews-out",
        columns,
        ((row.application.number, row.letter, row.get_state_display(), row.due_on) for row in rows),
    )


def _unclear(call: Call) -> NamedTable:
    columns = [_("Application"), _("Full name"), _("Employer")]
    found = unclear_names(call, call.applications.all())
    numbers = dict(call.applications.values_list("pk", "number"))
    return (
        "names-not-wanted",
        columns,
        [(numbers[one.application], one.name, one.employer_text) for one in found],
    )


def _draws(call: Call) -> NamedTable:
    columns = [_("Made at"), _("State"), _("Reviews proposed"), _("Reviews wanted")]
    return (
        "assignments",
        columns,
        [
            (
                row.made_at,
                row.get_state_display(),
                row.figures.get("proposed"),
                row.figures.get("wanted"),
            )
            for row in draws_of(call)
        ],
    )


def _panels(call: Call) -> NamedTable:
    columns = [_("Title"), _("Held on"), _("Applications"), _("Seats"), _("State")]
    rows = [
        (
            row.title,
            row.held_on,
            *(getattr(row, name) for name in ("number", "sitting")),
            _("closed") if row.closed_at else _("open"),
        )
        for row in panels_of(call)
    ]
    return "panels", columns, rows


def application_table(application: Application, name: str, *, day: date) -> NamedTable:
    """Return the reviews of an application, or the experts who may not be asked about it."""
    if name == "barred":
        columns = [_("Expert"), _("Kind of conflict"), _("Origin"), _("Day"), _("Grounds")]
        return "conflicts", columns, [
            (one.name, one.conflict.kind.label, one.conflict.origin.label, one.conflict.since,
             one.conflict.words)
            for one in experts_barred(application, day=day)
        ]  # fmt: skip
    columns = [_("Letter"), _("State"), _("Due on"), _("Score")]
    return (
        "reviews",
        columns,
        [
            (row.letter, row.get_state_display(), row.due_on, row.points)
            for row in reviews_of(application)
        ],
    )


def draw_table(draw: Draw, name: str) -> NamedTable:
    """Return what an assignment proposes, or what it could not fill; both are for the bureau alone."""
    if name != "shortages":
        return "experts", DRAWN, drawn_rows(draw)
    columns = [_("Application"), _("Reviews missing"), _("Experts listed"),
               _("In conflict or asked before"), _("Without time")]  # fmt: skip
    return (
        "shortages",
        columns,
        [
            (one.application.number, one.missing, one.listed, one.barred, one.full)
            for one in shortages_of(draw)
        ],
    )


def own_review_table(rows: Iterable[Review]) -> tuple[list[str], list[tuple[object, ...]]]:
    """Return the own reviews of an expert as the page shows them."""
    columns = [_("Application"), _("Call"), _("State"), _("Due on"), _("Handed in at")]
    return columns, [
        (row.application.number, row.application.call.title, row.get_state_display(), row.due_on,
         row.handed_in_at)
        for row in rows
    ]  # fmt: skip
