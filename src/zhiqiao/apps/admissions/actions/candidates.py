"""Candidates: entering them, judging who may take part, and giving them the way in."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhiqiao.apps.accounts.actions import Person as Account
from zhiqiao.apps.accounts.actions import open_own_account, replace_own_password
from zhiqiao.apps.admissions.actions.seasons import locked, worded
from zhiqiao.apps.admissions.choices import Eligibility, GateOutcome, SeasonState
from zhiqiao.apps.admissions.models import Candidate, CohortMember, PathwayContract, Season
from zhiqiao.apps.admissions.rules import (
    ENTERING,
    can_act_for_school,
    can_run_season,
    is_in_force,
    is_of_the_data,
    stands_at,
)
from zhiqiao.apps.people.actions import NewPerson, connect_account, register_people
from zhiqiao.apps.people.queries import files_of_numbers
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.copying import copy_new
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.fields import Provenance

if TYPE_CHECKING:
    from zhiqiao.apps.accounts.models import User

RECORDED = (
    "number", "exam_type", "category", "contract", "school", "region", "eligibility", "reason",
)  # fmt: skip
CHUNK = 2_000
# Letters and digits that nobody mistakes for one another on paper; twelve of them are 59 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCandidate:
    """One row of a list of candidates."""

    number: str
    name: str
    identity_number: str = field(repr=False)
    exam_type: str
    category: str
    school: int | None = None
    region: int | None = None
    contract: int | None = None
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code that is shown once and kept as a digest."""

    candidate: Candidate
    code: str

    def __repr__(self) -> str:
        return f"IssuedCode({self.candidate.number})"


@transaction.atomic
def enter_candidates(
    season: Season, rows: Sequence[NewCandidate], *, actor: Actor
) -> list[Candidate]:
    """Enter candidates with their files; a person who has a file already keeps it.

    Who comes from a school and fits the scheme may take part; the others wait for a judgement. So do
    those of a pathway who are in none of its cohorts or did not pass one of its gates.
    """
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, ENTERING))
    people = _files(season, rows, actor)
    _refuse_doubles(season, rows, people)
    on_course = _on_course(season, rows, people)
    candidates = [
        Candidate(
            season=season,
            person_id=people[row.identity_number.strip().upper()],
            number=row.number.strip(),
            exam_type=row.exam_type,
            category=row.category,
            school_id=row.school,
            region_id=row.region,
            contract_id=row.contract,
            eligibility=(
                Eligibility.ELIGIBLE
                if row.school and (row.contract is None or row.number in on_course)
                else Eligibility.PENDING
            ),
        )
        for row in rows
    ]
    return list(copy_new(candidates))


def _files(season: Season, rows: Sequence[NewCandidate], actor: Actor) -> dict[str, int]:
    is_sample = season.provenance == Provenance.DEMONSTRATION
    provenance = Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED
    numbers = [row.identity_number.strip().upper() for row in rows]
    known = files_of_numbers(numbers, provenance=provenance)
    new = {}
    for number, row in zip(numbers, rows, strict=True):
        if number not in known:
            new[number] = NewPerson(
                name=row.name, identity_number=number, phone=row.phone, keeper=row.school,
                provenance=provenance,
            )  # fmt: skip
    made = register_people(new.values(), actor=actor)
    return {number: person.pk for number, person in known.items()} | {
        number: person.pk for number, person in zip(new, made, strict=True)
    }


def _on_course(
    season: Season, rows: Sequence[NewCandidate], people: dict[str, int]
) -> frozenset[str]:
    """Return the numbers of those who are in a cohort of their pathway and failed at no gate."""
    wanted = {row.contract for row in rows if row.contract is not None}
    for contract in PathwayContract.objects.filter(pk__in=wanted):
        obey(is_in_force(contract))
        obey(is_of_the_data(contract, season))
    members = CohortMember.objects.filter(cohort__contract__in=wanted, left_on=None)
    members = members.exclude(gate_results__outcome=GateOutcome.NOT_PASSED)
    there = set(members.values_list("person", "cohort__contract"))
    return frozenset(
        row.number
        for row in rows
        if (people[row.identity_number.strip().upper()], row.contract) in there
    )


def _refuse_doubles(season: Season, rows: Sequence[NewCandidate], people: dict[str, int]) -> None:
    """One person is one candidate of a season, whatever the type."""
    listed: dict[int, str] = {}
    for row in rows:
        person = people[row.identity_number.strip().upper()]
        if person in listed:
            _refuse_double(listed[person])
        listed[person] = row.number
    there = Candidate.objects.filter(season=season, person__in=list(listed))
    found = there.first()
    if found is not None:
        _refuse_double(found.number)


def _refuse_double(number: str) -> None:
    raise RuleError("admissions.person-in-two-types", number=number, hint=f"…{number[-4:]}")


@transaction.atomic
def judge_eligibility(
    candidate: Candidate, *, eligible: bool, reason: str = "", actor: Actor
) -> Candidate:
    """Say whether somebody may take part, and why not."""
    require(can_run_season(actor))
    obey(stands_at(locked(candidate.season), (*ENTERING, SeasonState.CHOOSING)))
    candidate = _locked(candidate)
    before = audit.snapshot(candidate, RECORDED)
    candidate.eligibility = Eligibility.ELIGIBLE if eligible else Eligibility.INELIGIBLE
    candidate.reason = "" if eligible else worded(reason)
    candidate.save(update_fields=["eligibility", "reason"])
    record(candidate, "admissions.candidate.judged", actor=actor, before=before, reason=reason)
    return candidate


@transaction.atomic
def set_pathway(
    candidate: Candidate, contract: PathwayContract | None, *, actor: Actor, reason: str
) -> Candidate:
    """Put a candidate under a pathway contract or take it away, as long as nobody has chosen.

    Who is in no cohort of the contract, or did not pass one of its gates, waits for a judgement.
    """
    require(can_run_season(actor))
    season, words = locked(candidate.season), worded(reason)
    obey(stands_at(season, ENTERING))
    if contract is not None:
        obey(is_in_force(contract))
        obey(is_of_the_data(contract, season))
    candidate = _locked(candidate)
    before = audit.snapshot(candidate, RECORDED)
    candidate.contract = contract
    if contract is not None and not _is_on_course(candidate.person_id, contract):
        candidate.eligibility, candidate.reason = Eligibility.PENDING, ""
    candidate.save(update_fields=["contract", "eligibility", "reason"])
    verb = "admissions.candidate.pathway_set"
    record(candidate, verb, actor=actor, before=before, reason=words)
    return candidate


def _is_on_course(person: int, contract: PathwayContract) -> bool:
    members = CohortMember.objects.filter(cohort__contract=contract, person=person, left_on=None)
    return members.exclude(gate_results__outcome=GateOutcome.NOT_PASSED).exists()


@transaction.atomic
def issue_code(candidate: Candidate, *, actor: Actor) -> IssuedCode:
    """Give a new code for signing in; it opens or resets the account and has no power over choices."""
    require(can_act_for_school(actor, candidate.school_id))
    (issued,) = _issued([_locked(candidate)])
    record(candidate, "admissions.candidate.code_issued", actor=actor, before=None)
    return issued


@transaction.atomic
def issue_codes(
    season: Season, *, school: int, actor: Actor, only_missing: bool = True
) -> list[IssuedCode]:
    """Give codes to all candidates of a school who have none, for its printed slips."""
    require(can_act_for_school(actor, school))
    rows = Candidate.objects.select_for_update().filter(season=season, school=school)
    if only_missing:
        rows = rows.filter(code_hash="", account=None)
    issued = _issued(list(rows.order_by("number")))
    changes = [
        audit.Change(one.candidate, None, {"number": one.candidate.number}) for one in issued
    ]
    audit.record_many(changes, actor=actor, verb="admissions.candidate.code_issued")
    return issued


def _issued(candidates: Iterable[Candidate]) -> list[IssuedCode]:
    issued, now = [], timezone.now()
    for candidate in candidates:
        code = new_code()
        candidate.code_hash, candidate.code_issued_at = hash_of(candidate.number, code), now
        issued.append(IssuedCode(candidate, code))
    Candidate.objects.bulk_update(
        [one.candidate for one in issued], ["code_hash", "code_issued_at"], batch_size=CHUNK
    )
    return issued


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


def hash_of(number: str, code: str) -> str:
    """Digest a code, which has 59 bits of chance and so cannot be searched for."""
    return sha256(f"{number}\n{code.strip().lower().replace('-', '')}".encode()).hexdigest()


@transaction.atomic
def activate(number: str, code: str, *, password: str, choice_code: str = "") -> "User":
    """Open the candidate's account with a code, or set its password anew.

    The choice code is set once, with the first code from the paper; a later code does not touch it,
    and a code that came by message neither sets nor touches it.
    """
    given = hash_of(number.strip(), code)
    by_message = Q(message_hash=given, message_until__gt=timezone.now())
    rows = Candidate.objects.select_for_update(of=("self",)).select_related("person", "season")
    found = rows.filter(Q(code_hash=given) | by_message).first()
    if found is None:
        raise InputError("admissions.code-unknown")
    if found.code_hash == given:
        found.code_hash = ""
        if not found.choice_code:
            found.choice_code = make_password(_strong(choice_code, code))
    account = _account(found, password)
    found.account_id, found.message_hash, found.message_until = account.pk, "", None
    found.save(
        update_fields=["account", "code_hash", "message_hash", "message_until", "choice_code"]
    )
    record(found, "admissions.candidate.activated", actor=account, before=None)
    return account


def _account(candidate: Candidate, password: str) -> "User":
    person = candidate.person
    if person.account is not None:
        replace_own_password(person.account, password)
        return person.account
    login = f"{candidate.season.year}-{candidate.number}".lower()
    is_sample = person.provenance == Provenance.DEMONSTRATION
    wanted = Account(login=login, name=person.name)
    account = open_own_account(wanted, password=password, demonstration=is_sample)
    connect_account(person, account.pk, actor=account)
    return account


def _strong(choice_code: str, code: str) -> str:
    words = choice_code.strip()
    if not (6 <= len(words) <= 20 and words.isalnum()) or words.lower() == code.strip().lower():
        raise InputError("admissions.choice-code-weak")
    return words


def move_candidacies(*, kept: int, double: int) -> None:
    """Follow two files of one person that were joined.

    Who is a candidate twice in one season cannot be joined: one of the two would be seen by nobody.
    """
    seasons = Candidate.objects.filter(person=kept).values("season")
    twice = Candidate.objects.filter(person=double, season__in=seasons).first()
    if twice is not None:
        raise RuleError("admissions.candidate-twice", number=twice.number, season=str(twice.season))
    Candidate.objects.filter(person=double).update(person=kept)
    cohorts = CohortMember.objects.filter(person=kept).values("cohort")
    CohortMember.objects.filter(person=double).exclude(cohort__in=cohorts).update(person=kept)


def _locked(candidate: Candidate) -> Candidate:
    rows = Candidate.objects.select_for_update(of=("self",)).select_related("season", "person")
    return rows.get(pk=candidate.pk)


def record(
    candidate: Candidate,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
) -> None:
    after = audit.snapshot(candidate, RECORDED)
    audit.record(
        actor=actor, verb=verb, subject=candidate, before=before, after=after, reason=reason
    )
