"""Panels and visits, for the bureau alone."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.people.choices import ExpertState
from zhiqiao.apps.people.queries import experts_kept_with
from zhiqiao.apps.projects.models import Application, Call, Panel, PanelItem, PanelSeat, Visit
from zhiqiao.apps.projects.queries.conflicts import conflicts_of
from zhiqiao.apps.projects.rules import is_staff
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.packs import Phase

SHEET = (
    _("Full name"),
    _("Employer"),
    _("Professional title"),
    _("Chair"),
    _("Attendance"),
    _("Fee in yuan"),
    _("Signature"),
)
ITEMS = (
    _("Number"),
    _("Title"),
    _("Applicant"),
    _("Votes for"),
    _("Votes against"),
    _("Abstentions"),
    _("Advice"),
    _("Opinion"),
)


def panels_of(call: Call) -> QuerySet[Panel]:
    rows = Panel.objects.filter(call=call)
    return rows.annotate(
        number=Count("items", distinct=True), sitting=Count("seats", distinct=True)
    )


def panel_visible_to(user: Actor, uid: UUID) -> Panel:
    found = Panel.objects.select_related("call").filter(uid=uid).first() if is_staff(user) else None
    is_sample = bool(getattr(user, "is_demonstration", False))
    if found is None or (is_sample and found.call.provenance != Provenance.DEMONSTRATION):
        raise MissingError("projects.no-panel")
    return found


def seats_of(panel: Panel) -> QuerySet[PanelSeat]:
    return panel.seats.select_related("expert__person", "expert__employer").order_by(
        "-is_chair", "id"
    )


def items_of(panel: Panel) -> QuerySet[PanelItem]:
    rows = panel.items.select_related("application__applicant", "application__standing")
    return rows.order_by("application__number", "id")


def item_of(panel: Panel, key: int) -> PanelItem:
    found = items_of(panel).filter(pk=key).first()
    if found is None:
        raise MissingError("projects.no-panel")
    return found


def for_panel(call: Call) -> QuerySet[Application]:
    """Return the applications that wait for a panel and are on none that is open."""
    rows = Application.objects.filter(call=call, phase=Phase.PANEL).select_related("applicant")
    return rows.exclude(panel_items__panel__closed_at=None, panel_items__isnull=False).order_by(
        "number", "id"
    )


def seat_named(panel: Panel, name: str) -> int:
    """Return the one active expert of that name."""
    rows = experts_kept_with(panel.call.provenance).filter(state=ExpertState.ACTIVE)
    keys = list(rows.filter(person__name=name.strip()).values_list("pk", flat=True)[:2])
    if len(keys) != 1:
        raise InputError("projects.expert-unnamed", name=name, number=len(keys))
    return int(keys[0])


def fees_of(panel: Panel) -> Decimal:
    """Return what is to be paid: the fees of those who were present."""
    found = panel.seats.filter(was_present=True).aggregate(sum=Sum("fee_cny"))["sum"]
    return found or Decimal(0)


def sheet_rows(panel: Panel) -> Iterator[tuple[object, ...]]:
    """Give the rows of the sheet for signature and payment."""
    words = {True: _("Present"), False: _("Absent"), None: ""}
    for seat in seats_of(panel):
        employer = seat.expert.employer.name if seat.expert.employer else seat.expert.employer_text
        chair = _("Chair") if seat.is_chair else ""
        yield (
            seat.expert.person.name, employer, seat.expert.title, chair,
            words[seat.was_present], seat.fee_cny if seat.was_present else None, "",
        )  # fmt: skip


def panel_table(
    panel: Panel, name: str
) -> tuple[str, Sequence[object], Iterable[Sequence[object]]]:
    """Return the sheet of those who sit on a panel, or its applications with votes and advice."""
    if name != "applications":
        return "panel", SHEET, sheet_rows(panel)
    return "panel-applications", ITEMS, [
        (
            item.application.number, item.application.title, item.application.applicant.name,
            item.votes_for, item.votes_against, item.abstentions, item.get_advice_display(), item.opinion,
        )
        for item in items_of(panel)
    ]  # fmt: skip


def barred_from(panel: Panel, applications: Collection[int]) -> dict[int, set[int]]:
    """Return, for each application of a panel, the sitting experts who may not vote on it."""
    seats = list(panel.seats.values_list("expert", flat=True))
    found = conflicts_of(panel.call, day=today(), applications=applications, experts=seats)
    barred: dict[int, set[int]] = {}
    for one in found:
        barred.setdefault(one.application, set()).add(one.expert)
    return barred


def visits_of(application: Application) -> QuerySet[Visit]:
    return Visit.objects.filter(application=application).select_related("file", "entered_by")


def visit_visible_to(user: Actor, uid: UUID) -> Visit:
    rows = Visit.objects.select_related("application__call", "file")
    found = rows.filter(uid=uid).first() if is_staff(user) else None
    if found is None:
        raise MissingError("projects.missing")
    return found
