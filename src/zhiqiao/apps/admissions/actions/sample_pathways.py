"""The pathways of the demonstration season: contracts, gates and cohorts, by the same verbs."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser

from zhiqiao.apps.admissions.actions.pathways import (
    Contract,
    Gate,
    add_members,
    bring_into_force,
    enter_gate_results,
    save_contract,
    set_gates,
    write_cohort,
)
from zhiqiao.apps.admissions.choices import GateOutcome
from zhiqiao.apps.admissions.engine_io.samples import SamplePathway
from zhiqiao.apps.admissions.models import PathwayContract, Season
from zhiqiao.apps.people.actions import NewPerson, register_people

YEARS_ON_THE_WAY = 3
APPROVAL = "—"


def agree_pathways(
    season: Season,
    pathways: Sequence[SamplePathway],
    *,
    colleges: Sequence[int],
    origins: Sequence[int],
    clerk: AbstractBaseUser,
) -> dict[str, PathwayContract]:
    """Bring each pathway into force with its gate and a cohort, which has come to that gate.

    The last of a cohort did not pass and waits for a judgement; of the one before nothing is known.
    """
    found = {}
    for pathway in pathways:
        contract = _contract(season, pathway, colleges, origins, clerk)
        (gate,) = set_gates(
            contract, [Gate(year_of_study=YEARS_ON_THE_WAY, title_zh="—", score="total")],
            actor=clerk,
        )  # fmt: skip
        contract = bring_into_force(contract, approval=APPROVAL, actor=clerk)
        entry_year = season.year - YEARS_ON_THE_WAY
        cohort = write_cohort(
            contract, entry_year=entry_year, entered=len(pathway.members), actor=clerk
        )
        people = register_people(_files(season, pathway, origins), actor=clerk)
        keys = [person.pk for person in people]
        members = add_members(cohort, keys, entered_on=date(entry_year, 9, 1), actor=clerk)
        outcomes = {member.pk: str(GateOutcome.PASSED) for member in members[:-2]}
        outcomes[members[-1].pk] = str(GateOutcome.NOT_PASSED)
        enter_gate_results(gate, outcomes, actor=clerk)
        found[pathway.kind] = contract
    return found


def _contract(
    season: Season,
    pathway: SamplePathway,
    colleges: Sequence[int],
    origins: Sequence[int],
    clerk: AbstractBaseUser,
) -> PathwayContract:
    line = pathway.line
    given = Contract(
        scheme=season.scheme,
        kind=pathway.kind,
        school=origins[pathway.origin],
        major=line.major,
        receiving=colleges[line.college],
        receiving_major=line.major,
        first_year=season.year - YEARS_ON_THE_WAY,
        capacity=line.places,
        may_use_ordinary=True,
    )
    return save_contract(given, actor=clerk)


def _files(season: Season, pathway: SamplePathway, origins: Sequence[int]) -> list[NewPerson]:
    return [
        NewPerson(
            name=one.name, identity_number=one.identity_number, keeper=origins[one.origin],
            provenance=season.provenance,
        )
        for one in pathway.members
    ]  # fmt: skip
