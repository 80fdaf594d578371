"""Results: what the bureau settles from, what is on public notice, and objections.

Nothing of a standing leaves this module for anybody but the bureau.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from zhiqiao.apps.projects.choices import Advice
from zhiqiao.apps.projects.models import Application, Call, PanelItem, ProjectObjection, Standing
from zhiqiao.apps.projects.queries.calls import calls_visible_to
from zhiqiao.apps.projects.rules import is_staff
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import local
from zhiqiao.core.errors import MissingError
from zhiqiao.core.reach import SYSTEM, reaching
from zhiqiao.core.sealing import unseal
from zhiqiao.core.workdays import Deadline, add_working_days
from zhiqiao.packs import RECOGNISED, DayCount, Phase

HOLDING = frozenset({Phase.PUBLICITY}) | RECOGNISED
"""The phases in which an application uses a place of its call."""
SETTLED = (Phase.DECIDING, Phase.PUBLICITY, Phase.RESERVE, Phase.REFUSED, *sorted(RECOGNISED))


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One application where results are settled; ``gap`` is to the neighbour across the line."""

    application: Application
    standing: Standing
    advice: str
    is_at_line: bool
    gap: int | None

    @property
    def score(self) -> Decimal | None:
        """The official score in points, exactly."""
        return None if self.standing.official is None else self.standing.official / Decimal(100)

    @property
    def advice_words(self) -> str:
        return str(Advice(self.advice).label) if self.advice else ""


@dataclass(frozen=True, slots=True)
class CutLine:
    """Who stands last above the line and first below it, and by how many hundredths apart."""

    last: Application | None
    first_out: Application | None
    gap: int | None


def results_visible_to(user: Actor, call: Call, *, phase: str = "") -> QuerySet[Application]:
    """Return the applications of a call whose result is being settled or was, for the bureau."""
    if not is_staff(user):
        return Application.objects.none()
    wanted = [phase] if phase in SETTLED else [Phase.DECIDING]
    rows = call.applications.filter(phase__in=wanted)
    panel = PanelItem.objects.filter(application=OuterRef("pk")).exclude(advice="")
    advice = panel.exclude(panel__closed_at=None).order_by("-panel__held_on", "-id")
    rows = rows.select_related("standing", "applicant", "recommender")
    rows = rows.annotate(panel_advice=Subquery(advice.values("advice")[:1]))
    order = (
        F("standing__rank").asc(nulls_last=True),
        F("standing__official").desc(nulls_last=True),
    )
    return rows.order_by(*order, "number", "id")


def to_be_decided(call: Call) -> QuerySet[Application]:
    rows = Application.objects.filter(call=call, phase=Phase.DECIDING)
    return rows.select_related("standing", "call")


def places_left(
    call: Call, advice: Advice, *, besides: Application | None = None, deciding: bool = True
) -> int | None:
    """Return how many places of a kind are free; None where the call names no number.

    With ``deciding`` what is only proposed uses its place, too.
    """
    most = call.places if advice == Advice.RECOGNISE else call.reserve_places
    if most is None:
        return None
    holding = HOLDING if advice == Advice.RECOGNISE else {Phase.RESERVE}
    used = Q(phase__in=holding)
    if deciding:
        used |= Q(phase=Phase.DECIDING, standing__proposal=advice)
    rows = Application.objects.filter(used, call=call)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return most - rows.count()


def cut_line(call: Call, *, places: int | None = None) -> CutLine:
    """Name the two applications on both sides of the last place, by the official score."""
    wanted = places if places is not None else places_left(call, Advice.RECOGNISE, deciding=False)
    if wanted is None or wanted < 1:
        return CutLine(None, None, None)
    rows = to_be_decided(call).exclude(standing__rank=None).order_by("standing__rank", "id")
    pair = list(rows[wanted - 1 : wanted + 1])
    last, out = (*pair, None, None)[:2]
    gap = None
    if last and out and None not in (last.standing.official, out.standing.official):
        gap = (last.standing.official or 0) - (out.standing.official or 0)
    return CutLine(last, out, gap)


def result_lines(call: Call, rows: Sequence[Application]) -> list[ResultLine]:
    """Put beside each row what the page shows of it; asks the database three times at most."""
    line = cut_line(call)
    at_line = {row.pk for row in (line.last, line.first_out) if row is not None}
    return [
        ResultLine(
            application=row,
            standing=row.standing,
            advice=row.panel_advice or "",  # type: ignore[attr-defined] # annotated by results_visible_to
            is_at_line=row.pk in at_line and line.first_out is not None,
            gap=line.gap if row.pk in at_line else None,
        )
        for row in rows
    ]


def on_notice(call: Call) -> QuerySet[Application]:
    """Return what of a call is on public notice, for everybody."""
    rows = Application.objects.filter(call=call, phase=Phase.PUBLICITY)
    return rows.select_related("applicant", "call").order_by("number", "id")


def calls_on_notice(user: Actor) -> QuerySet[Call]:
    rows = Application.objects.filter(phase=Phase.PUBLICITY)
    return calls_visible_to(user).filter(pk__in=rows.values("call"))


def noticed_application(uid: UUID) -> Application:
    """Return an application that is on public notice, for everybody."""
    rows = Application.objects.select_related("call", "applicant")
    found = rows.filter(uid=uid, phase=Phase.PUBLICITY).first()
    if found is None:
        raise MissingError("projects.missing")
    return found


def notice_ends(application: Application) -> Deadline:
    """Return the last day of the notice, in the days that the lifecycle counts."""
    lifecycle, start = application.call.rules.lifecycle, application.entered_on
    if lifecycle.publicity_in is DayCount.CALENDAR:
        return Deadline(start + timedelta(days=lifecycle.publicity_days), is_provisional=False)
    return add_working_days(start, lifecycle.publicity_days)


def publicity_is_provisional(application: Application) -> bool:
    """Say whether the end of the notice was counted without the calendar of a year on the way."""
    return notice_ends(application).is_provisional


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """The answer to an objection as everybody reads it: neither who objected nor in which words."""

    title: str
    number: str
    is_upheld: bool
    answer: str
    day: date


@dataclass(frozen=True, slots=True)
class ReceiptTold:
    """What whoever holds the code of a receipt learns."""

    title: str
    call: Call
    filed_on: date
    answer: str
    is_upheld: bool | None


def answers_on_notice(call: Call, *, most: int | None = None) -> list[AnswerTold]:
    """Return the answers about what is or was on notice, the latest first; objections stay sealed off.

    The policies are passed for exactly these columns: none of them says anything of a person.
    """
    from_notice = ("application__title", "application__number", "is_upheld", "answer", "answered_at")  # fmt: skip
    public = [Phase.PUBLICITY, *RECOGNISED, Phase.RESERVE, Phase.REFUSED, Phase.ENDED]
    with reaching(SYSTEM):
        rows = ProjectObjection.objects.filter(
            application__call=call, application__phase__in=public
        )
        rows = rows.exclude(answered_at=None).order_by("-answered_at", "-id")
        values = list(rows.values_list(*from_notice)[:most])
    return [
        AnswerTold(title, number, is_upheld, answer, local(at).date())
        for title, number, is_upheld, answer, at in values
    ]


def receipt_of_code(code: str) -> ReceiptTold:
    """Say what became of an objection; whoever asks holds the code, which cannot be guessed."""
    with reaching(SYSTEM):
        rows = ProjectObjection.objects.select_related("application__call")
        found = rows.filter(code=code).first()
    if found is None:
        raise MissingError("projects.receipt-unknown")
    return ReceiptTold(
        title=found.application.title,
        call=found.application.call,
        filed_on=local(found.filed_at).date(),
        answer=found.answer,
        is_upheld=found.is_upheld,
    )


def objections_visible_to(user: Actor, call: Call) -> QuerySet[ProjectObjection]:
    """Return the objections of a call to the bureau, those without an answer first."""
    if not is_staff(user):
        return ProjectObjection.objects.none()
    rows = ProjectObjection.objects.filter(application__call=call)
    rows = rows.select_related("application__applicant", "application__call", "answered_by")
    rows = rows.defer("application__call__kept_rules")
    return rows.order_by(F("answered_at").asc(nulls_first=True), "id")


def objection_visible_to(user: Actor, uid: UUID) -> ProjectObjection:
    rows = ProjectObjection.objects.select_related("application__call", "application__applicant")
    found = rows.filter(uid=uid).first() if is_staff(user) else None
    if found is None:
        raise MissingError("projects.missing")
    return found


def contact_of(user: Actor, objection: ProjectObjection) -> str:
    """Open how to reach whoever objected, for the bureau alone."""
    return unseal(objection.contact_sealed) if is_staff(user) else ""
