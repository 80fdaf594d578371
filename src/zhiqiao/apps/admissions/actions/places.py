"""Requests for places, their review, and the ledger in which every place has its origin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions.seasons import key_of, locked, refuse_while_waiting, worded
from zhiqiao.apps.admissions.choices import FlowKind, RequestState, SeasonState
from zhiqiao.apps.admissions.models import PathwayContract, PlaceFlow, PlaceLine, Season
from zhiqiao.apps.admissions.rules import (
    ADJUSTABLE,
    can_act_for_school,
    can_adjust,
    can_be_changed,
    can_run_season,
    fits_contract,
    fits_scheme,
    is_in_force,
    stands_at,
)
from zhiqiao.apps.registry.queries import unknown_major_codes
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, refused, require
from zhiqiao.core.errors import InputError, MissingError, RuleError

RECORDED = (
    "code", "major_code", "major", "batch", "exam_type", "category", "pathway", "contract", "region",
    "requested", "places", "minimum", "state", "reply",
)  # fmt: skip
GRANT_RULE = "plan-approved"
CHUNK = 2_000
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a school asks for in one programme."""

    school: int
    code: str
    major: str
    major_code: str = ""
    batch: str
    exam_type: str
    category: str
    pathway: str = "direct"
    region: int | None = None
    contract: int | None = None
    requested: int
    minimum: int | None = None
    note: str = ""


@transaction.atomic
def save_request(
    season: Season,
    wanted: Wanted,
    *,
    actor: Actor,
    line: PlaceLine | None = None,
    version: int | None = None,
) -> PlaceLine:
    """Write a request anew or change one that is still with the school.

    Who names the version that was seen changes that one and no other.
    """
    require(can_act_for_school(actor, wanted.school))
    season = locked(season)
    obey(stands_at(season, [SeasonState.DRAFT]))
    before = None
    if line is None:
        line = PlaceLine(season=season)
    else:
        line = _locked(line)
        require(can_act_for_school(actor, line.school_id))
        _require_version(line, version)
        obey(can_be_changed(line))
        before = audit.snapshot(line, RECORDED)
    _fill(line, wanted)
    _refuse_unknown_majors([wanted])
    _require_fit(line, season)
    _save(line)
    _record(line, "admissions.line.saved", actor=actor, before=before)
    return line


@transaction.atomic
def add_requests(season: Season, wanted: Iterable[Wanted], *, actor: Actor) -> int:
    """Hand in many requests at once, as an import does; its entry of the audit stands for all."""
    season = locked(season)
    obey(stands_at(season, [SeasonState.DRAFT]))
    wanted, lines = list(wanted), []
    _refuse_unknown_majors(wanted)
    for one in wanted:
        require(can_act_for_school(actor, one.school))
        line = PlaceLine(season=season, state=RequestState.SUBMITTED)
        _fill(line, one)
        _require_fit(line, season)
        lines.append(line)
    PlaceLine.objects.bulk_create(lines, batch_size=CHUNK)
    return len(lines)


def _fill(line: PlaceLine, wanted: Wanted) -> None:
    line.school_id, line.region_id = wanted.school, wanted.region
    line.code, line.major = wanted.code.strip(), wanted.major.strip()
    line.major_code, line.note = wanted.major_code.strip(), wanted.note.strip()
    line.batch, line.exam_type = wanted.batch, wanted.exam_type
    line.category, line.pathway = wanted.category, wanted.pathway
    line.contract_id = wanted.contract
    line.requested, line.minimum = wanted.requested, wanted.minimum
    if not line.code:
        raise InputError("admissions.line-code", given=line.code)


def _refuse_unknown_majors(wanted: Iterable[Wanted]) -> None:
    unknown = unknown_major_codes(one.major_code.strip() for one in wanted)
    if unknown:
        raise InputError("admissions.major-unknown", given=", ".join(sorted(unknown)[:SHOWN]))


def _require_fit(line: PlaceLine, season: Season) -> None:
    obey(fits_scheme(line, season.rules))
    if line.contract_id is not None:
        contract = PathwayContract.objects.filter(pk=line.contract_id).first()
        if contract is None:
            raise MissingError("admissions.contract-unknown")
        obey(is_in_force(contract))
        obey(fits_contract(line, contract))


def _save(line: PlaceLine) -> None:
    line.version += 1 if line.pk else 0
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        raise RuleError("admissions.line-code", given=line.code) from error


@transaction.atomic
def submit_request(line: PlaceLine, *, actor: Actor, version: int | None = None) -> PlaceLine:
    require(can_act_for_school(actor, line.school_id))
    obey(stands_at(locked(line.season), [SeasonState.DRAFT]))
    line = _locked(line)
    _require_version(line, version)
    obey(can_be_changed(line))
    return _move(line, RequestState.SUBMITTED, "admissions.line.submitted", actor=actor)


@transaction.atomic
def return_request(
    line: PlaceLine, *, reply: str, actor: Actor, version: int | None = None
) -> PlaceLine:
    """Give a request back to the school with what is to be corrected."""
    line = _under_review(line, actor, version)
    line.reply = worded(reply)
    return _move(line, RequestState.RETURNED, "admissions.line.returned", actor=actor)


@transaction.atomic
def refuse_request(
    line: PlaceLine, *, reply: str, actor: Actor, version: int | None = None
) -> PlaceLine:
    line = _under_review(line, actor, version)
    line.reply = worded(reply)
    return _move(line, RequestState.REFUSED, "admissions.line.refused", actor=actor)


@transaction.atomic
def approve_request(
    line: PlaceLine, *, places: int, approval: str, actor: Actor, version: int | None = None
) -> PlaceLine:
    """Grant places; the first flow of the programme in the ledger."""
    line = _under_review(line, actor, version)
    return _grant(line, places, approval, actor)


@transaction.atomic
def approve_requests(
    season: Season, places: Mapping[int, int], *, approval: str, actor: Actor
) -> int:
    """Grant places to many requests at once, by their keys; those that get none are refused."""
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, [SeasonState.DRAFT]))
    rows = PlaceLine.objects.select_for_update().filter(
        season=season, pk__in=list(places), state=RequestState.SUBMITTED
    )
    held = list(rows.order_by("pk"))
    if len(held) < len(places):
        raise RuleError("admissions.requests-moved", number=len(places) - len(held))
    for line in held:
        _grant(line, places[line.pk], approval, actor)
    return len(held)


def _grant(line: PlaceLine, places: int, approval: str, actor: Actor) -> PlaceLine:
    line = _move(line, RequestState.APPROVED, "admissions.line.approved", actor=actor)
    if places:
        _book(PlaceFlow(season=line.season, kind=FlowKind.GRANT, to_line=line, number=places,
                        approval=_approved(approval), rule=GRANT_RULE), actor)  # fmt: skip
    line.refresh_from_db()
    return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Places that come, go or move after the approval, with what allows it."""

    number: int
    from_line: PlaceLine | None = None
    to_line: PlaceLine | None = None
    approval: str
    rule: str


@transaction.atomic
def adjust_places(season: Season, given: Adjustment, *, actor: Actor) -> PlaceFlow:
    """Book a flow after the approval; nothing is adjusted between the final run and publication."""
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, ADJUSTABLE))
    require(can_adjust(actor, season))
    refuse_while_waiting(season)
    given = replace(given, from_line=_again(season, given.from_line), to_line=_again(season, given.to_line))  # fmt: skip
    source, target = given.from_line, given.to_line
    if source is not None and source == target:
        raise InputError("admissions.moved-to-itself", programme=source.code)
    if source is not None and source.places < given.number:
        numbers = {"number": given.number, "places": source.places, "programme": source.code}
        obey(refused("admissions.few-places", **numbers))
    kind = (
        FlowKind.MOVE if source and target else FlowKind.DECREASE if source else FlowKind.INCREASE
    )
    flow = PlaceFlow(
        season=season, kind=kind, from_line=source, to_line=target, number=given.number,
        round=season.round, approval=_approved(given.approval), rule=given.rule.strip() or "—",
    )  # fmt: skip
    _book(flow, actor)
    for line in (source, target):
        if line is not None:
            before = audit.snapshot(line, RECORDED)
            line.refresh_from_db()
            _record(line, "admissions.line.adjusted", actor=actor, before=before)
    return flow


def _again(season: Season, line: PlaceLine | None) -> PlaceLine | None:
    if line is None:
        return None
    line = _locked(line)
    if line.season_id != season.pk or line.state != RequestState.APPROVED:
        raise RuleError("admissions.line-closed", state=line.get_state_display())
    return line


def _book(flow: PlaceFlow, actor: Actor) -> None:
    flow.approved_by_id = key_of(actor)
    flow.booked_at = timezone.now()
    flow.round = flow.season.round
    flow.save(force_insert=True)


def _approved(approval: str) -> str:
    words = approval.strip()
    if not words:
        raise InputError("admissions.approval-needed")
    return words


def _under_review(line: PlaceLine, actor: Actor, version: int | None) -> PlaceLine:
    require(can_run_season(actor))
    obey(stands_at(locked(line.season), [SeasonState.DRAFT]))
    line = _locked(line)
    _require_version(line, version)
    if line.state != RequestState.SUBMITTED:
        raise RuleError("admissions.line-closed", state=line.get_state_display())
    return line


def _require_version(line: PlaceLine, version: int | None) -> None:
    if version not in {None, line.version}:
        raise RuleError("admissions.changed-meanwhile")


def _move(line: PlaceLine, state: str, verb: str, *, actor: Actor) -> PlaceLine:
    before = audit.snapshot(line, RECORDED)
    line.state = state
    line.version += 1
    line.save(update_fields=["state", "version", "reply"])
    _record(line, verb, actor=actor, before=before)
    return line


def _locked(line: PlaceLine) -> PlaceLine:
    rows = PlaceLine.objects.select_related("season").select_for_update(of=("self",))
    return rows.get(pk=line.pk)


def _record(line: PlaceLine, verb: str, *, actor: Actor, before: dict[str, object] | None) -> None:
    after = audit.snapshot(line, RECORDED)
    audit.record(actor=actor, verb=verb, subject=line, before=before, after=after)
