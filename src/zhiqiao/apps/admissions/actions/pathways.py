"""Pathway contracts, their gates, the cohorts that enter them, and what members came to at the gates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.actions.seasons import key_of, worded
from zhiqiao.apps.admissions.choices import ContractState, GateOutcome
from zhiqiao.apps.admissions.models import (
    Cohort,
    CohortMember,
    GateResult,
    PathwayContract,
    PathwayGate,
)
from zhiqiao.apps.admissions.rules import can_run_season, can_see_members, is_contract_at
from zhiqiao.apps.people.queries import people_visible_to
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack
from zhiqiao.core.revisions import bump

RECORDED = (
    "kind", "school", "major", "receiving", "receiving_major", "first_year", "capacity", "fallback",
    "may_use_ordinary", "state", "approval",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What two schools agreed, as it is written in by the bureau."""

    scheme: str
    kind: str
    school: int
    major: str
    major_code: str = ""
    receiving: int
    receiving_major: str
    receiving_code: str = ""
    first_year: int
    capacity: int | None = None
    fallback: str = ""
    may_use_ordinary: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A test on the way; without ``least`` no number is known yet."""

    year_of_study: int
    title_zh: str
    title_en: str = ""
    score: str = ""
    least: Decimal | None = None


@transaction.atomic
def save_contract(
    given: Contract, *, actor: Actor, contract: PathwayContract | None = None
) -> PathwayContract:
    """Write a contract anew, or change one that is still a draft."""
    require(can_run_season(actor))
    before = None
    if contract is None:
        is_sample = bool(getattr(actor, "is_demonstration", False))
        provenance = Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED
        contract = PathwayContract(provenance=provenance)
    else:
        contract = _locked(contract)
        obey(is_contract_at(contract, [ContractState.DRAFT]))
        before = audit.snapshot(contract, RECORDED)
        contract.version += 1
    _fill(contract, given)
    try:
        with transaction.atomic():
            contract.save()
    except IntegrityError as error:
        raise RuleError("admissions.contract-known") from error
    _record(contract, "admissions.contract.saved", actor=actor, before=before)
    return contract


def _fill(contract: PathwayContract, given: Contract) -> None:
    scheme = current_pack().schemes.get(given.scheme)
    pathways = scheme.pathways if scheme else {}
    if given.kind not in pathways:
        known = ", ".join(pathways) or given.scheme
        raise InputError("admissions.line-word", given=given.kind, what=_("pathway"), known=known)
    contract.scheme, contract.kind = given.scheme, given.kind
    contract.school_id, contract.receiving_id = given.school, given.receiving
    contract.major, contract.major_code = given.major.strip(), given.major_code.strip()
    contract.receiving_major = given.receiving_major.strip()
    contract.receiving_code = given.receiving_code.strip()
    contract.first_year, contract.capacity = given.first_year, given.capacity
    contract.fallback = given.fallback.strip()
    contract.may_use_ordinary = given.may_use_ordinary


@transaction.atomic
def bring_into_force(contract: PathwayContract, *, approval: str, actor: Actor) -> PathwayContract:
    """Make a draft public and usable, by the document that approves it."""
    require(can_run_season(actor))
    contract = _locked(contract)
    obey(is_contract_at(contract, [ContractState.DRAFT]))
    words = approval.strip()
    if not words:
        raise InputError("admissions.approval-needed")
    return _move(contract, ContractState.IN_FORCE, actor=actor, approval=words)


@transaction.atomic
def end_contract(contract: PathwayContract, *, reason: str, actor: Actor) -> PathwayContract:
    """Let no new cohort enter; those on the way keep their contract."""
    require(can_run_season(actor))
    contract = _locked(contract)
    obey(is_contract_at(contract, [ContractState.IN_FORCE]))
    return _move(contract, ContractState.ENDED, actor=actor, reason=worded(reason))


def _move(
    contract: PathwayContract, state: str, *, actor: Actor, approval: str = "", reason: str = ""
) -> PathwayContract:
    before = audit.snapshot(contract, RECORDED)
    contract.state, contract.approval = state, approval or contract.approval
    contract.version += 1
    contract.save(update_fields=["state", "approval", "version"])
    verb = "admissions.contract.moved"
    _record(contract, verb, actor=actor, before=before, reason=reason)
    bump("plan")
    return contract


@transaction.atomic
def set_gates(
    contract: PathwayContract, gates: Sequence[Gate], *, actor: Actor
) -> list[PathwayGate]:
    """Set the gates in their order; one whose results are entered keeps place and title."""
    require(can_run_season(actor))
    contract = _locked(contract)
    obey(is_contract_at(contract, [ContractState.DRAFT, ContractState.IN_FORCE]))
    held = {gate.order: gate for gate in PathwayGate.objects.filter(contract=contract)}
    before = {"gates": [str(gate.title_zh) for gate in held.values()]}
    _refuse_lost_results(contract, gates)
    kept = []
    for order, given in enumerate(gates, start=1):
        gate = held.pop(order, None) or PathwayGate(contract=contract, order=order)
        gate.year_of_study, gate.least = given.year_of_study, given.least
        gate.title_zh, gate.title_en = worded(given.title_zh), given.title_en.strip()
        gate.score = given.score.strip()
        gate.save()
        kept.append(gate)
    PathwayGate.objects.filter(pk__in=[gate.pk for gate in held.values()]).delete()
    after = {"gates": [gate.title_zh for gate in kept]}
    verb = "admissions.contract.gates_set"
    audit.record(actor=actor, verb=verb, subject=contract, before=before, after=after)
    return kept


def _refuse_lost_results(contract: PathwayContract, gates: Sequence[Gate]) -> None:
    titles = {order: gate.title_zh.strip() for order, gate in enumerate(gates, start=1)}
    used = PathwayGate.objects.filter(contract=contract, results__isnull=False).distinct()
    for gate in used:
        if titles.get(gate.order) != gate.title_zh:
            raise RuleError("admissions.gate-used", gate=gate.title_zh)


@transaction.atomic
def write_cohort(
    contract: PathwayContract, *, entry_year: int, entered: int, actor: Actor
) -> Cohort:
    """Say how many entered in a year; the same year again corrects the number."""
    require(can_run_season(actor))
    contract = _locked(contract)
    obey(is_contract_at(contract, [ContractState.IN_FORCE]))
    if entry_year < contract.first_year:
        obey(is_contract_at(contract, []))
    held = Cohort.objects.filter(contract=contract, entry_year=entry_year).first()
    before = {"entry_year": entry_year, "entered": held.entered} if held else None
    cohort = held or Cohort(contract=contract, entry_year=entry_year)
    cohort.entered = entered
    cohort.save()
    verb, after = "admissions.contract.cohort", {"entry_year": entry_year, "entered": entered}
    audit.record(actor=actor, verb=verb, subject=contract, before=before, after=after)
    bump("plan")
    return cohort


@transaction.atomic
def add_members(
    cohort: Cohort, people: Iterable[int], *, entered_on: date, actor: Actor
) -> list[CohortMember]:
    """Enter persons into a cohort; who is in it already stays as entered."""
    require(can_see_members(actor, cohort.contract))
    wanted = list(dict.fromkeys(people))
    seen = people_visible_to(actor) if actor is not None else None
    known = set(seen.filter(pk__in=wanted).values_list("pk", flat=True)) if seen else set(wanted)
    if known != set(wanted):
        raise MissingError("admissions.missing")
    there = set(CohortMember.objects.filter(cohort=cohort).values_list("person", flat=True))
    rows = [
        CohortMember(cohort=cohort, person_id=person, entered_on=entered_on)
        for person in wanted
        if person not in there
    ]
    made = CohortMember.objects.bulk_create(rows)
    verb, after = "admissions.contract.cohort", {"members_added": len(made)}
    audit.record(actor=actor, verb=verb, subject=cohort.contract, before=None, after=after)
    return made


@transaction.atomic
def leave_cohort(member: CohortMember, *, left_on: date, reason: str, actor: Actor) -> CohortMember:
    require(can_see_members(actor, member.cohort.contract))
    member = CohortMember.objects.select_for_update().get(pk=member.pk)
    member.left_on, member.why_left = left_on, worded(reason)
    member.save(update_fields=["left_on", "why_left"])
    verb, after = "admissions.contract.cohort", {"member": str(member.uid), "left_on": str(left_on)}
    audit.record(actor=actor, verb=verb, subject=member.cohort.contract, before=None, after=after)
    return member


@transaction.atomic
def enter_gate_results(
    gate: PathwayGate, outcomes: Mapping[int, str], *, actor: Actor
) -> list[GateResult]:
    """Write what members came to at a gate, by member; an empty word takes an entry back.

    Who is not named stays without an entry: that is never "not passed".
    """
    require(can_run_season(actor))
    rows = CohortMember.objects.filter(pk__in=list(outcomes), cohort__contract=gate.contract_id)
    members = rows.in_bulk()
    if set(members) != set(outcomes):
        raise MissingError("admissions.missing")
    given = {pk: outcome for pk, outcome in outcomes.items() if outcome}
    if not set(given.values()) <= set(GateOutcome.values):
        known = ", ".join(GateOutcome.values)
        raise InputError("admissions.line-word", given="", what=_("outcome"), known=known)
    held = GateResult.objects.filter(gate=gate, member__in=list(outcomes))
    before = {str(pk): outcome for pk, outcome in held.values_list("member__uid", "outcome")}
    held.delete()
    now, by = timezone.now(), key_of(actor)
    made = GateResult.objects.bulk_create(
        GateResult(gate=gate, member=members[pk], outcome=outcome, entered_by_id=by, at=now)
        for pk, outcome in given.items()
    )
    after = {str(members[pk].uid): outcome for pk, outcome in given.items()}
    verb = "admissions.contract.cohort"
    audit.record(actor=actor, verb=verb, subject=gate.contract, before=before, after=after)
    return made


def _locked(contract: PathwayContract) -> PathwayContract:
    return PathwayContract.objects.select_for_update().get(pk=contract.pk)


def _record(
    contract: PathwayContract,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
) -> None:
    after = audit.snapshot(contract, RECORDED)
    audit.record(
        actor=actor, verb=verb, subject=contract, before=before, after=after, reason=reason
    )
