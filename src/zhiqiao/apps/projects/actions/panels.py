"""Panels: who sits, who was there, the votes and the advice, the close; and visits on site."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.models import Application, Call, Panel, PanelItem, PanelSeat, Visit
from zhiqiao.apps.projects.queries.panels import barred_from
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import InputError, RuleError

AUDITED = ("title", "held_on", "place", "closed_at")
AUDITED_ITEM = ("votes_for", "votes_against", "abstentions", "advice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Whether an expert was present, the fee, and whether the expert chaired."""

    was_present: bool | None
    fee_cny: Decimal | None = None
    is_chair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceGiven:
    """What a panel voted and advises on one application."""

    votes_for: int
    votes_against: int
    abstentions: int
    advice: str
    opinion: str = ""


@transaction.atomic
def make_panel(
    call: Call,
    *,
    title: str,
    held_on: date,
    place: str,
    applications: Iterable[Application],
    actor: Actor,
) -> Panel:
    """Call a meeting about applications; experts are seated afterwards."""
    require(can_run_calls(actor))
    if call.rules.lifecycle.panel is None:
        raise RuleError("projects.no-panel-in-lifecycle")
    panel = Panel.objects.create(call=call, title=title.strip(), held_on=held_on, place=place)
    PanelItem.objects.bulk_create(
        PanelItem(panel=panel, application=application) for application in applications
    )
    _record(panel, "made", actor=actor, before=None)
    return panel


@transaction.atomic
def seat_expert(panel: Panel, expert: int, *, actor: Actor) -> PanelSeat:
    """Seat an expert; on applications with which the expert is in conflict there is no vote."""
    require(can_run_calls(actor))
    panel = _open_panel(panel)
    rule = panel.call.rules.lifecycle.panel
    seats = panel.seats.count()
    if rule is not None and seats >= rule.seats:
        raise RuleError("projects.panel-too-many", seats=seats, most=rule.seats)
    seat, is_new = PanelSeat.objects.get_or_create(
        panel=panel, expert_id=expert, defaults={"fee_cny": rule.fee_cny if rule else None}
    )
    if is_new:
        _record(panel, "changed", actor=actor, before=None, reason=f"+{expert}")
    return seat


@transaction.atomic
def note_attendance(panel: Panel, noted: Mapping[int, Attendance], *, actor: Actor) -> None:
    """Note who was there and the fees, by seat; seats that are left out stay as they are."""
    require(can_run_calls(actor))
    panel = _open_panel(panel)
    for seat in panel.seats.select_for_update():
        given = noted.get(seat.pk)
        if given is not None:
            seat.was_present, seat.fee_cny = given.was_present, given.fee_cny
            seat.is_chair = given.is_chair
            seat.save(update_fields=["was_present", "fee_cny", "is_chair"])
    _record(panel, "changed", actor=actor, before=None)


@transaction.atomic
def advise(item: PanelItem, given: AdviceGiven, *, actor: Actor) -> PanelItem:
    """Enter votes and advice; there are no more votes than experts who may vote."""
    require(can_run_calls(actor))
    panel = _open_panel(item.panel)
    row = PanelItem.objects.select_for_update().get(pk=item.pk)
    barred = barred_from(panel, [row.application_id]).get(row.application_id, set())
    present = panel.seats.filter(was_present=True).exclude(expert__in=barred).count()
    votes = given.votes_for + given.votes_against + given.abstentions
    if votes > present:
        raise InputError("projects.votes-do-not-fit", votes=votes, present=present)
    before = audit.snapshot(row, AUDITED_ITEM)
    row.votes_for, row.votes_against = given.votes_for, given.votes_against
    row.abstentions, row.advice = given.abstentions, given.advice
    row.opinion = given.opinion.strip()
    row.save()
    after = audit.snapshot(row, AUDITED_ITEM)
    verb = "projects.panel.advised"
    audit.record(actor=actor, verb=verb, subject=panel, before=before, after=after)
    return row


@transaction.atomic
def write_minutes(panel: Panel, *, minutes: str, actor: Actor) -> Panel:
    require(can_run_calls(actor))
    panel = _open_panel(panel)
    panel.minutes = minutes.strip()
    panel.save(update_fields=["minutes"])
    _record(panel, "changed", actor=actor, before=None)
    return panel


@transaction.atomic
def close_panel(panel: Panel, *, actor: Actor) -> Panel:
    """Close for good: enough were there, and every application has an advice."""
    require(can_run_calls(actor))
    panel = _open_panel(panel)
    rule = panel.call.rules.lifecycle.panel
    present = panel.seats.filter(was_present=True).count()
    least = rule.present_least if rule else 0
    if present < least:
        raise RuleError("projects.panel-too-few", present=present, least=least)
    number = panel.items.filter(advice="").count()
    if number:
        raise RuleError("projects.panel-open-items", number=number)
    before = audit.snapshot(panel, AUDITED)
    panel.closed_at = timezone.now()
    panel.save(update_fields=["closed_at"])
    _record(panel, "closed", actor=actor, before=before)
    return panel


@transaction.atomic
def report_visit(
    application: Application,
    *,
    visited_on: date,
    visitors: str,
    report: str,
    file: UploadedFile | None,
    actor: Actor,
) -> Visit:
    """Report a visit on site; a report is added to, never changed."""
    require(can_run_calls(actor))
    if not report.strip():
        raise InputError("projects.visit-words-missing")
    stored = files.store(file.name or "", file.chunks(), actor=actor) if file else None
    visit = Visit.objects.create(
        application=application,
        visited_on=visited_on,
        visitors=visitors.strip(),
        report=report.strip(),
        file=stored,
        entered_by_id=getattr(actor, "pk", None),
        entered_at=timezone.now(),
    )
    after = {"visited_on": str(visited_on), "sha256": stored.sha256 if stored else ""}
    verb = "projects.visit.reported"
    audit.record(actor=actor, verb=verb, subject=visit, before=None, after=after)
    return visit


def _open_panel(panel: Panel) -> Panel:
    row = Panel.objects.select_for_update(of=("self",)).select_related("call").get(pk=panel.pk)
    if row.closed_at is not None:
        raise RuleError("projects.panel-closed")
    return row


def _record(
    panel: Panel,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
) -> None:
    after = audit.snapshot(panel, AUDITED)
    verb = f"projects.panel.{verb}"
    audit.record(actor=actor, verb=verb, subject=panel, before=before, after=after, reason=reason)
