"""What the page of a call says of its rules: who may apply, with what, judged how, and when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from zhiqiao.apps.projects.choices import CallStage, CallState
from zhiqiao.apps.projects.models import Call, Rules
from zhiqiao.apps.registry.choices import OrganisationKind
from zhiqiao.core.dates import local
from zhiqiao.core.policy import current_pack, spoken
from zhiqiao.packs import ApplyCondition, FieldWanted, FlowState, Text


@dataclass(frozen=True, slots=True)
class Clock:
    """How a call stands to the clock: its stage, the end in force, and the days until what comes next."""

    stage: CallStage
    ends_at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class ConditionTold:
    """A condition of application with where it comes from and whether a person checked that."""

    says: Text
    stops: bool
    source: str
    address: str
    checked_by: str | None


@dataclass(frozen=True, slots=True)
class StageOfWay:
    """A state on the way of an application: its term in working days, and what lapse leads to."""

    title: Text
    within: int | None
    leads_to: Text | None


@dataclass(frozen=True, slots=True)
class Outline:
    """The rules of a call as they are read; those of a draft are the pack's, and may still change."""

    rules: Rules
    applicants: tuple[str, ...]
    conditions: tuple[ConditionTold, ...]
    sections: tuple[tuple[Text, tuple[FieldWanted, ...]], ...]
    way: tuple[StageOfWay, ...]
    kept_version: str
    pack_version: str

    @property
    def is_replaced(self) -> bool:
        """Say whether the pack has another version by now than the one that the call keeps."""
        return bool(self.kept_version) and self.kept_version != self.pack_version


def clock_of(call: Call, ends_at: datetime, now: datetime) -> Clock:
    stage = stage_of(call, ends_at, now)
    next_at = call.opens_at if stage is CallStage.SOON else ends_at
    return Clock(stage, ends_at, (local(next_at).date() - local(now).date()).days)


def stage_of(call: Call, ends_at: datetime, now: datetime) -> CallStage:
    if call.state == CallState.DRAFT:
        return CallStage.DRAFT
    if call.state == CallState.CLOSED or now > ends_at:
        return CallStage.CLOSED
    return CallStage.SOON if now < call.opens_at else CallStage.OPEN


def rules_in_force(call: Call) -> Rules:
    """Return the rules that a call keeps, or those that it would keep if it were published now."""
    if call.kept_rules is not None:
        return call.rules
    pack = current_pack()
    lifecycle = pack.lifecycles[call.lifecycle]
    return Rules(pack.flows[lifecycle.flow], lifecycle)


def outline_of(call: Call) -> Outline:
    rules, pack = rules_in_force(call), current_pack()
    lifecycle, kinds = rules.lifecycle, dict(OrganisationKind.choices)
    return Outline(
        rules=rules,
        applicants=tuple(str(kinds.get(kind, kind)) for kind in lifecycle.applicants),
        conditions=tuple(map(_told, lifecycle.conditions.values())),
        sections=tuple(
            (title, tuple(lifecycle.fields_of(name).values()))
            for name, title in lifecycle.sections.items()
        ),
        way=tuple(_way(rules)),
        kept_version=call.pack,
        pack_version=f"{pack.id}@{pack.version}",
    )


def _told(condition: ApplyCondition) -> ConditionTold:
    source = current_pack().sources.get(condition.source)
    return ConditionTold(
        says=condition.says,
        stops=condition.stops,
        source=str(source.title) if source else condition.source,
        address=str(source.address) if source and source.address_trusted else "",
        checked_by=condition.checked_by,
    )


def _way(rules: Rules) -> Iterator[StageOfWay]:
    for state in rules.flow.states.values():
        if state.within is not None:
            yield StageOfWay(state.title, state.within, _lapse(rules, state))


def _lapse(rules: Rules, state: FlowState) -> Text | None:
    move = rules.flow.moves[state.lapses] if state.lapses else None
    return rules.flow.states[move.to].title if move else None


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call as a list shows it."""

    call: Call
    kind: Text | str
    clock: Clock


def call_lines(calls: Iterable[Call], now: datetime) -> list[CallLine]:
    """Return the lines of calls that carry their end in force (``ends_at``)."""
    kinds = current_pack().kinds
    return [
        CallLine(
            call=call,
            kind=kinds[call.kind].title if call.kind in kinds else call.kind,
            clock=clock_of(call, call.ends_at, now),  # type: ignore[attr-defined] # annotated by the list
        )
        for call in calls
    ]


def call_table(calls: Iterable[Call], now: datetime) -> tuple[list[str], list[tuple[object, ...]]]:
    """Return the columns and rows of the list of calls as a file holds them."""
    columns = [
        _("Title"), _("Kind of item"), _("Level"), _("Year"), _("Batch"), _("Document"),
        _("Stage"), _("Applications from"), _("Applications until"),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (
            line.call.title, line.kind if isinstance(line.kind, str) else spoken(line.kind),
            line.call.get_level_display(), line.call.year, line.call.batch, line.call.document,
            line.clock.stage.label, line.call.opens_at, line.clock.ends_at,
        )
        for line in call_lines(calls, now)
    ]  # fmt: skip
    return columns, rows
