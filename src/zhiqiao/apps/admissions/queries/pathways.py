"""Pathway contracts: public once in force; drafts for the bureau and the two schools."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import ContractState, GateOutcome
from zhiqiao.apps.admissions.models import (
    Cohort,
    CohortMember,
    GateResult,
    PathwayContract,
    PathwayGate,
    Season,
)
from zhiqiao.apps.admissions.rules import can_see_members, is_staff, schools_of
from zhiqiao.apps.people.queries import people_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.exports import ExportColumn
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack

PATHWAYS = (
    ExportColumn(_("identifier"), 38),
    ExportColumn(_("pathway"), 20),
    ExportColumn(_("first school"), 30),
    ExportColumn(_("major"), 22),
    ExportColumn(_("receiving school"), 30),
    ExportColumn(_("receiving major"), 22),
    ExportColumn(_("first year of intake"), 12),
    ExportColumn(_("capacity"), 12),
    ExportColumn(_("gates"), 30),
    ExportColumn(_("entered"), 10),
    ExportColumn(_("what becomes of those who do not pass"), 40),
    ExportColumn(_("state"), 12),
    ExportColumn(_("approval"), 26),
)


@dataclass(frozen=True, slots=True)
class PathwayFilter:
    text: str = ""
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class GateCount:
    """How many of a cohort passed a gate, did not, and of how many nothing is known."""

    gate: PathwayGate
    passed: int
    not_passed: int
    unknown: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member with the outcome of each gate in its order; empty where nothing is known."""

    member: CohortMember
    name: str
    outcomes: tuple[tuple[PathwayGate, str, str], ...]


def pathways_visible_to(
    user: Actor, *, wanted: PathwayFilter | None = None, sample: bool = False
) -> QuerySet[PathwayContract]:
    is_sample = sample or bool(getattr(user, "is_demonstration", False))
    demonstration = Q(provenance=Provenance.DEMONSTRATION)
    rows = PathwayContract.objects.filter(demonstration if is_sample else ~demonstration)
    if not is_staff(user):
        own = schools_of(user)
        rows = rows.filter(~Q(state=ContractState.DRAFT) | Q(school__in=own) | Q(receiving__in=own))
    asked = wanted or PathwayFilter()
    if asked.text:
        rows = rows.filter(
            Q(major__icontains=asked.text)
            | Q(receiving_major__icontains=asked.text)
            | Q(school__name__icontains=asked.text)
            | Q(receiving__name__icontains=asked.text)
        )
    for name in ("kind", "state"):
        if getattr(asked, name):
            rows = rows.filter(**{name: getattr(asked, name)})
    return rows.select_related("school", "receiving").order_by("-first_year", "major", "id")


def pathway_visible_to(user: Actor, uid: UUID) -> PathwayContract:
    """Return a contract by its identifier; a page of a demonstration contract says so."""
    is_sample = PathwayContract.objects.filter(uid=uid, provenance=Provenance.DEMONSTRATION)
    rows = pathways_visible_to(user, sample=is_sample.exists())
    found = rows.filter(uid=uid).first()
    is_strange = getattr(user, "is_demonstration", False) and found is not None
    if found is None or (is_strange and found.provenance != Provenance.DEMONSTRATION):
        raise MissingError("admissions.contract-unknown")
    return found


def open_pathways(*, wanted: PathwayFilter | None = None) -> QuerySet[PathwayContract]:
    """Return contracts as open data, with how many entered them; demonstration is never among them."""
    cohorts = Cohort.objects.filter(contract=OuterRef("pk")).order_by().values("contract")
    entered = cohorts.annotate(number=Sum("entered")).values("number")
    rows = pathways_visible_to(AnonymousUser(), wanted=wanted)
    return rows.annotate(entered=Subquery(entered))


def open_pathway(uid: UUID) -> PathwayContract:
    found = open_pathways().filter(uid=uid).first()
    if found is None:
        raise MissingError("admissions.contract-unknown")
    return found


def contracts_for(school: int, *, sample: bool) -> QuerySet[PathwayContract]:
    """Return the contracts in force under which a school receives."""
    demonstration = Q(provenance=Provenance.DEMONSTRATION)
    rows = PathwayContract.objects.filter(receiving=school, state=ContractState.IN_FORCE)
    return rows.filter(demonstration if sample else ~demonstration).select_related("school")


def contracts_of_season(season: Season) -> QuerySet[PathwayContract]:
    """Return the contracts in force that candidates and programmes of a season may have."""
    is_sample = season.provenance == Provenance.DEMONSTRATION
    demonstration = Q(provenance=Provenance.DEMONSTRATION)
    rows = PathwayContract.objects.filter(
        demonstration if is_sample else ~demonstration,
        scheme=season.scheme,
        state=ContractState.IN_FORCE,
        first_year__lte=season.year,
    )
    return rows.select_related("school", "receiving")


def cohort_visible_to(user: Actor, uid: UUID) -> Cohort:
    """Return a cohort with its members, for the bureau and the first school."""
    rows = Cohort.objects.select_related("contract__school", "contract__receiving")
    found = rows.filter(uid=uid).first()
    if found is None or not can_see_members(user, found.contract):
        raise MissingError("admissions.missing")
    return found


def gate_visible_to(user: Actor, contract: PathwayContract, order: int) -> PathwayGate:
    found = gates_of(contract).filter(order=order).first()
    if found is None or not can_see_members(user, contract):
        raise MissingError("admissions.missing")
    return found


def gates_of(contract: PathwayContract) -> QuerySet[PathwayGate]:
    return PathwayGate.objects.filter(contract=contract).order_by("order")


def cohorts_of(contract: PathwayContract) -> QuerySet[Cohort]:
    """Return the cohorts, the latest first; how many entered is public, the persons are not."""
    return Cohort.objects.filter(contract=contract).order_by("-entry_year")


def gate_counts(cohort: Cohort) -> list[GateCount]:
    """Count outcomes over those who are still in the cohort."""
    members = CohortMember.objects.filter(cohort=cohort, left_on=None).count()
    rows = GateResult.objects.filter(member__cohort=cohort, member__left_on=None)
    found = {
        (gate, outcome): number
        for gate, outcome, number in rows.order_by()
        .values_list("gate", "outcome")
        .annotate(number=Count("pk"))
    }
    return [
        GateCount(
            gate,
            passed=(passed := found.get((gate.pk, GateOutcome.PASSED.value), 0)),
            not_passed=(failed := found.get((gate.pk, GateOutcome.NOT_PASSED.value), 0)),
            unknown=members - passed - failed,
        )
        for gate in gates_of(cohort.contract)
    ]


def members_of(cohort: Cohort) -> QuerySet[CohortMember]:
    return CohortMember.objects.filter(cohort=cohort).order_by("left_on", "id")


def member_visible_to(user: Actor, uid: UUID) -> CohortMember:
    rows = CohortMember.objects.select_related("cohort__contract")
    found = rows.filter(uid=uid).first()
    if found is None or not can_see_members(user, found.cohort.contract):
        raise MissingError("admissions.missing")
    return found


def member_rows(user: Actor, members: Sequence[CohortMember], cohort: Cohort) -> list[MemberRow]:
    """Return members with names and outcomes; a file that another school keeps by now has no name."""
    gates = list(gates_of(cohort.contract))
    outcomes = {
        (result.member_id, result.gate_id): result
        for result in GateResult.objects.filter(member__in=members)
    }
    people = people_visible_to(user).filter(pk__in=[member.person_id for member in members])
    names = dict(people.values_list("pk", "name"))
    return [
        MemberRow(
            member,
            names.get(member.person_id, ""),
            tuple(
                (gate, found.outcome, str(found.get_outcome_display()))
                if (found := outcomes.get((member.pk, gate.pk)))
                else (gate, "", "")
                for gate in gates
            ),
        )
        for member in members
    ]


def pathway_words(season: Season) -> dict[str, str]:
    """Return the pathways of a season's scheme in words; nothing for a programme without one."""
    return words_by_pathway(season.scheme)


def words_by_pathway(scheme: str) -> dict[str, str]:
    language = get_language() or "zh-hans"
    return {
        name: kind.title.in_language(language) if kind.stages or kind.note else ""
        for name, kind in current_pack().schemes[scheme].pathways.items()
    }


def kind_titles() -> dict[str, str]:
    """Return the pathways of all schemes of the pack in words, each once."""
    language = get_language() or "zh-hans"
    return {
        name: kind.title.in_language(language)
        for scheme in current_pack().schemes.values()
        for name, kind in scheme.pathways.items()
        if kind.stages or kind.note
    }


def pathway_rows(contracts: Sequence[PathwayContract]) -> list[dict[str, object]]:
    """Return contracts with their pathway in words and how many entered so far."""
    titles = kind_titles()
    counted = Cohort.objects.filter(contract__in=contracts).order_by().values_list("contract")
    entered = dict(counted.annotate(number=Sum("entered")))
    return [
        {
            "contract": contract,
            "kind": titles.get(contract.kind, contract.kind),
            "entered": entered.get(contract.pk),
        }
        for contract in contracts
    ]


def pathway_sheet(user: Actor, wanted: PathwayFilter) -> Iterator[tuple[object, ...]]:
    contracts = list(pathways_visible_to(user, wanted=wanted).prefetch_related("gates"))
    for row in pathway_rows(contracts):
        contract: PathwayContract = row["contract"]  # type: ignore[assignment]  # the row holds it
        gates = "; ".join(f"{gate.year_of_study}: {gate.title}" for gate in contract.gates.all())
        yield (
            str(contract.uid), row["kind"], contract.school.name, contract.major, contract.receiving.name,
            contract.receiving_major, contract.first_year, contract.capacity, gates,
            row["entered"], contract.fallback, contract.get_state_display(), contract.approval,
        )  # fmt: skip
