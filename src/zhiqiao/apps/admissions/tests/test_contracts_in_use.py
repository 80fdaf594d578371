"""Pathway contracts of candidates and programmes: on the page, in tables, in choices and in the API."""

import json
from datetime import date

import pytest
from django.urls import reverse

from zhiqiao.apps.admissions.actions import (
    Wanted,
    add_members,
    add_requests,
    approve_requests,
    enter_gate_results,
    set_pathway,
    write_cohort,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Candidate, PathwayContract, PlaceLine
from zhiqiao.apps.admissions.tests.factories import make_season_world, open_choosing, play_until
from zhiqiao.apps.admissions.tests.test_imports_of_candidates import row
from zhiqiao.apps.admissions.tests.test_pathways import contract_in_force, person_number
from zhiqiao.apps.admissions.tests.test_season import code_of
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.imports.problems import described
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.tests.bringing import bring_in, counts_of, problems_of

pytestmark = pytest.mark.django_db


def bring(world, *rows):
    return bring_in("admissions.candidates", rows, actor=world.clerk, season=world.season.pk)


@pytest.mark.parametrize("named", ["three-four", "3+4 中本贯通", "uid"])
def test_table_puts_a_candidate_under_the_contract_of_the_school(world, named):
    contract = contract_in_force(world)
    given = str(contract.uid) if named == "uid" else named

    outcome = bring(world, row(101, contract=given, exam_type="articulated"), row(102, contract=""))

    assert counts_of(outcome) == (2, 0, 0)
    made = dict(Candidate.objects.filter(number__startswith="27").values_list("number", "contract"))
    assert made == {"27101": contract.pk, "27102": None}
    # In no cohort of the pathway: somebody has to judge.
    assert Candidate.objects.get(number="27101").eligibility == "pending"


@pytest.mark.parametrize("given", ["three-two", "贯通班", "0b9fbd4e-0000-4000-8000-000000000000"])
def test_contract_that_the_school_does_not_have_is_a_problem(world, given):
    contract_in_force(world)
    outcome = bring(world, row(101, contract=given))
    assert problems_of(outcome) == [(2, "contract", "admissions.contract-not-found")]


def test_pathway_with_several_contracts_asks_for_the_identifier(world):
    contracts = [contract_in_force(world), contract_in_force(world, receiving_major="软件工程")]

    outcome = bring(world, row(101, contract="three-four"))

    (problem,) = outcome.problems
    assert all(str(one.uid) in str(described(problem)) for one in contracts)
    assert counts_of(bring(world, row(101, contract=str(contracts[1].uid)))) == (1, 0, 0)


def test_ended_contract_takes_nobody(world):
    contract = contract_in_force(world)
    PathwayContract.objects.filter(pk=contract.pk).update(state="ended")
    assert problems_of(bring(world, row(101, contract=str(contract.uid)))) == [
        (2, "contract", "admissions.contract-not-found")
    ]


def place_row(**changes):
    values = {
        "code": "P1", "school": "云岭职业大学", "major": "计算机应用工程", "batch": "bachelor",
        "exam_type": "articulated", "category": "computer", "pathway": "three-four",
        "contract": "three-four", "requested": "20",
    }  # fmt: skip
    return values | changes


def bring_places(world, *rows):
    return bring_in("admissions.places", rows, actor=world.clerk, season=world.season.pk)


def test_table_of_places_keeps_a_programme_for_the_pathway(world):
    contract = contract_in_force(world)

    outcome = bring_places(world, place_row(), place_row(code="P2", pathway=""))

    assert counts_of(outcome) == (2, 0, 0)
    made = PlaceLine.objects.filter(code__startswith="P").values_list("code", "contract", "pathway")
    assert list(made) == [
        ("P1", contract.pk, "three-four"),
        ("P2", contract.pk, "three-four"),
    ]


def test_programme_of_another_school_or_pathway_than_its_contract_is_a_problem(world):
    contract = contract_in_force(world)

    outcome = bring_places(
        world,
        place_row(contract=str(contract.uid), pathway="three-two"),
        place_row(code="P2", contract=str(contract.uid), school="云岭甲学院"),
    )

    assert problems_of(outcome) == [
        (2, "contract", "admissions.contract-line"),
        (3, "contract", "admissions.contract-line"),
    ]


def test_bureau_sets_the_pathway_of_a_candidate_on_the_page(client, world):
    contract = contract_in_force(world)
    client.force_login(world.clerk)
    one = world.candidate("2601")
    address = reverse("admissions:set_pathway", args=[one.uid])
    assert address in client.get(one.get_absolute_url()).content.decode()

    answer = client.post(address, {"contract": contract.pk, "reason": "转段名单"})

    assert answer.status_code == 302
    one = world.candidate("2601")
    assert (one.contract, one.eligibility) == (contract, "pending")
    entry = AuditEntry.objects.get(verb="admissions.candidate.pathway_set")
    assert (entry.before["contract"], entry.after["contract"]) == (None, contract.pk)
    assert "计算机应用 → 计算机应用工程" in client.get(one.get_absolute_url()).content.decode()
    client.post(address, {"contract": "", "reason": "录错"})
    assert world.candidate("2601").contract is None


def test_who_passed_the_gates_stays_eligible_under_the_contract(world):
    contract = contract_in_force(world)
    cohort = write_cohort(contract, entry_year=2023, entered=2, actor=world.clerk)
    members = add_members(
        cohort, [person_number("2601"), person_number("2602")], entered_on=date(2023, 9, 1),
        actor=world.clerk,
    )  # fmt: skip
    gate = contract.gates.get(order=2)
    enter_gate_results(gate, {members[1].pk: "not-passed"}, actor=world.clerk)

    for number in ("2601", "2602"):
        set_pathway(world.candidate(number), contract, actor=world.clerk, reason="转段")

    found = [world.candidate(number).eligibility for number in ("2601", "2602")]
    assert found == ["eligible", "pending"]


def test_pathway_is_set_by_the_bureau_with_a_reason_before_the_choices_alone(world):
    contract = contract_in_force(world)
    one, school = world.candidate("2601"), world.clerks["职业大学"]

    assert code_of(RefusedError, set_pathway, one, contract, actor=school, reason="x") == (
        "admissions.not-yours"
    )
    assert code_of(InputError, set_pathway, one, contract, actor=world.clerk, reason=" ") == (
        "admissions.reason-needed"
    )
    open_choosing(world)
    assert code_of(RuleError, set_pathway, one, contract, actor=world.clerk, reason="x") == (
        "admissions.wrong-state"
    )


def test_one_major_as_several_pathways_is_told_apart_wherever_it_is_listed(client, db):
    world = make_season_world()
    college = world.colleges["乙学院"]
    wanted = [
        Wanted(
            school=college.pk, code=f"D{place}", major="计算机应用技术", batch="college",
            exam_type="secondary", category="computer", pathway=pathway, requested=1,
        )
        for place, pathway in enumerate(("direct", "five-year", "three-two"))
    ]  # fmt: skip
    add_requests(world.season, wanted, actor=world.clerk)
    added = {line.code: line for line in PlaceLine.objects.filter(code__startswith="D")}
    world.lines.update(added)
    play_until(world, Arrow.PUBLISH, c2604=("D1", "D2", "D0"))
    client.cookies["zhiqiao_language"] = "en"
    run = world.again().runs.latest("number")

    public = client.get(run.get_absolute_url()).content.decode()
    client.force_login(world.candidate("2604").account)
    own = reverse("admissions:own_season", args=[world.candidate("2604").uid])
    mine = client.get(own).content.decode()

    assert "D1 计算机应用技术 (Five-year)" in mine
    assert "D2 计算机应用技术 (3+2 secondary to college)" in mine
    assert "D0 计算机应用技术<" in mine
    assert public.count("Five-year") == 1


def test_programme_of_the_open_api_names_its_contract(client, world):
    contract = contract_in_force(world)
    bring_places(world, place_row())
    lines = {line.pk: line.requested for line in PlaceLine.objects.filter(season=world.season)}
    approve_requests(world.season, lines, approval="文", actor=world.clerk)

    answer = client.get(f"/api/v1/admissions/{world.season.uid}/programmes")

    found = {one["code"]: one["contract_uid"] for one in json.loads(answer.content)["items"]}
    assert (found["P1"], found["A1"]) == (str(contract.uid), None)
