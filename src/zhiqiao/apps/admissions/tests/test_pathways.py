"""Pathway contracts: who sees and writes them, their cohorts and gates, and the season at their end."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from zhiqiao.apps.admissions.actions import (
    Contract,
    Gate,
    Marked,
    NewCandidate,
    Wanted,
    add_members,
    bring_into_force,
    end_contract,
    enter_candidates,
    enter_gate_results,
    enter_scores,
    leave_cohort,
    save_contract,
    save_request,
    set_gates,
    submit_request,
    write_cohort,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import ChoiceList, GateResult, PathwayContract, Result
from zhiqiao.apps.admissions.queries import (
    gate_counts,
    lines_open_to,
    member_rows,
    pathway_visible_to,
    pathways_visible_to,
)
from zhiqiao.apps.admissions.tests.factories import (
    end_window,
    mark_all,
    open_choosing,
)
from zhiqiao.apps.admissions.tests.test_season import code_of, placed
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.people.tests.factories import identity_number, make_person
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError

pytestmark = pytest.mark.django_db
GATES = [
    Gate(year_of_study=2, title_zh="学业水平考试", title_en="Academic test", score="culture"),
    Gate(year_of_study=3, title_zh="转段考核", score="total", least=Decimal(300)),
]


def contract_words(world, **changes) -> Contract:
    given = {
        "scheme": "he-classified",
        "kind": "three-four",
        "school": world.origin.pk,
        "major": "计算机应用",
        "receiving": world.colleges["职业大学"].pk,
        "receiving_major": "计算机应用工程",
        "first_year": 2023,
        "capacity": 1,
        "fallback": "未通过的学生保留中职学籍。",
        **changes,
    }
    return Contract(**given)


def contract_in_force(world, **changes) -> PathwayContract:
    contract = save_contract(contract_words(world, **changes), actor=world.clerk)
    set_gates(contract, GATES, actor=world.clerk)
    return bring_into_force(contract, approval="渝教职成〔2023〕5号", actor=world.clerk)


def person_number(number) -> int:
    hint = identity_number(int(number) % 1000)
    return Person.objects.get(identity_hint__endswith=hint[-4:]).pk


def test_draft_is_seen_by_the_bureau_and_the_two_schools_alone(world):
    contract = save_contract(contract_words(world), actor=world.clerk)
    receiving, other = world.clerks["职业大学"], world.clerks["甲学院"]

    assert list(pathways_visible_to(receiving)) == [contract]
    assert list(pathways_visible_to(world.lead)) == [contract]
    assert list(pathways_visible_to(other)) == []
    assert code_of(MissingError, pathway_visible_to, other, contract.uid) == (
        "admissions.contract-unknown"
    )
    bring_into_force(contract, approval="文号", actor=world.clerk)
    assert list(pathways_visible_to(other)) == [contract]


def test_school_writes_no_contract(world):
    school = world.clerks["职业大学"]

    assert code_of(RefusedError, save_contract, contract_words(world), actor=school) == (
        "admissions.not-yours"
    )


def test_contract_names_a_pathway_of_the_scheme_and_is_written_once(world):
    magic = contract_words(world, kind="magic")
    assert code_of(InputError, save_contract, magic, actor=world.clerk) == "admissions.line-word"
    save_contract(contract_words(world), actor=world.clerk)
    assert code_of(RuleError, save_contract, contract_words(world), actor=world.clerk) == (
        "admissions.contract-known"
    )


def test_contract_comes_into_force_only_with_an_approval_and_stays_as_it_is(world):
    contract = save_contract(contract_words(world), actor=world.clerk)

    assert code_of(InputError, bring_into_force, contract, approval=" ", actor=world.clerk) == (
        "admissions.approval-needed"
    )
    refused = pytest.raises(IntegrityError, match="pathway_contract_in_force_is_approved")
    with refused, transaction.atomic():
        PathwayContract.objects.filter(pk=contract.pk).update(state="in-force")
    contract = bring_into_force(contract, approval="文号", actor=world.clerk)
    changed = contract_words(world, capacity=90)
    code = code_of(RuleError, save_contract, changed, actor=world.clerk, contract=contract)
    assert code == "admissions.contract-state"
    assert end_contract(contract, reason="停招", actor=world.clerk).state == "ended"


def test_missing_gate_result_is_never_a_failure(world):
    contract = contract_in_force(world)
    cohort = write_cohort(contract, entry_year=2023, entered=2, actor=world.clerk)
    people = [person_number("2601"), person_number("2602")]
    first, second = add_members(cohort, people, entered_on=date(2023, 9, 1), actor=world.clerk)
    gate = contract.gates.get(order=2)
    enter_gate_results(gate, {first.pk: "passed", second.pk: ""}, actor=world.clerk)

    (early, late) = gate_counts(cohort)
    assert (early.passed, early.not_passed, early.unknown) == (0, 0, 2)
    assert (late.passed, late.not_passed, late.unknown) == (1, 0, 1)
    rows = member_rows(world.clerk, [first, second], cohort)
    assert [[outcome for _gate, outcome, _words in row.outcomes] for row in rows] == [
        ["", "passed"],
        ["", ""],
    ]
    enter_gate_results(gate, {first.pk: ""}, actor=world.clerk)
    assert not GateResult.objects.exists()


def test_gate_with_results_keeps_its_place(world):
    contract = contract_in_force(world)
    cohort = write_cohort(contract, entry_year=2023, entered=1, actor=world.clerk)
    (member,) = add_members(
        cohort, [person_number("2601")], entered_on=date(2023, 9, 1), actor=world.clerk
    )
    enter_gate_results(contract.gates.get(order=2), {member.pk: "passed"}, actor=world.clerk)

    assert code_of(RuleError, set_gates, contract, GATES[:1], actor=world.clerk) == (
        "admissions.gate-used"
    )
    longer = [*GATES, Gate(year_of_study=3, title_zh="体检")]
    assert [gate.order for gate in set_gates(contract, longer, actor=world.clerk)] == [1, 2, 3]


def test_result_of_a_stranger_to_the_contract_is_refused(world):
    contract = contract_in_force(world)
    other = contract_in_force(world, kind="three-two")
    cohort = write_cohort(other, entry_year=2023, entered=1, actor=world.clerk)
    (member,) = add_members(
        cohort, [person_number("2601")], entered_on=date(2023, 9, 1), actor=world.clerk
    )
    gate = contract.gates.get(order=1)

    assert code_of(MissingError, enter_gate_results, gate, {member.pk: "passed"},
                   actor=world.clerk) == "admissions.missing"  # fmt: skip


def test_member_leaves_with_a_reason_and_is_counted_no_more(world):
    contract = contract_in_force(world)
    cohort = write_cohort(contract, entry_year=2023, entered=1, actor=world.clerk)
    (member,) = add_members(
        cohort, [person_number("2601")], entered_on=date(2023, 9, 1), actor=world.clerk
    )

    day = date(2024, 9, 1)
    assert code_of(InputError, leave_cohort, member, left_on=day, reason="", actor=world.clerk) == (
        "admissions.reason-needed"
    )
    leave_cohort(member, left_on=day, reason="转学", actor=world.clerk)
    assert [count.unknown for count in gate_counts(cohort)] == [0, 0]


MARKED = {"2611": (200, 80, 120), "2612": (190, 70, 110), "2613": (180, 80, 100)}


def articulated_season(world):
    """Add a capped programme of a contract with two candidates of its cohort, and one who left it.

    The third did not pass the gate, so the bureau entered him for the ordinary examination, which the
    contract lets him take.
    """
    contract = contract_in_force(world, may_use_ordinary=True)
    cohort = write_cohort(contract, entry_year=2023, entered=3, actor=world.clerk)
    people = [make_person(650 + place, keeper=world.origin) for place in range(3)]
    members = add_members(
        cohort, [one.pk for one in people], entered_on=date(2023, 9, 1), actor=world.clerk
    )
    outcomes = {members[0].pk: "passed", members[2].pk: "not-passed"}
    enter_gate_results(contract.gates.get(order=2), outcomes, actor=world.clerk)
    college, school = world.colleges["职业大学"], world.clerks["职业大学"]
    wanted = Wanted(
        school=college.pk, code="P1", major="计算机应用工程", batch="bachelor",
        exam_type="articulated", category="computer", pathway="three-four", requested=1,
        contract=contract.pk,
    )  # fmt: skip
    world.lines["P1"] = submit_request(
        save_request(world.season, wanted, actor=school), actor=school
    )
    types = [("articulated", contract.pk), ("articulated", contract.pk), ("secondary", None)]
    rows = [
        NewCandidate(
            number=number, name=f"云{number}", identity_number=identity_number(650 + place),
            exam_type=kind, category="computer", school=world.origin.pk, contract=key,
        )
        for place, (number, (kind, key)) in enumerate(zip(MARKED, types, strict=True))
    ]  # fmt: skip
    enter_candidates(world.season, rows, actor=world.clerk)
    marks = [
        Marked(number, dict(zip(("culture_paper", "theory", "practice"), map(Decimal, given), strict=True)))
        for number, given in MARKED.items()
    ]  # fmt: skip
    for entry in ("first", "second"):
        enter_scores(
            world.season, marks, entry=entry, actor=world.lead if entry == "second" else world.clerk
        )
    mark_all(world)
    open_choosing(world)
    return contract


def test_gate_season_fills_the_capped_programme_and_keeps_pathways_apart(world):
    articulated_season(world)
    for number in ("2611", "2612"):
        world.choose(number, "P1")
    world.choose("2613", "B1")
    with pytest.raises(InputError) as refused:
        world.choose("2601", "P1", lock=False)
    assert refused.value.code == "admissions.not-open-to-you"
    second = world.candidate("2612")
    assert [line.code for line in lines_open_to(second)] == ["P1"]
    end_window(world)
    for arrow in (Arrow.FREEZE_CHOICES, Arrow.RUN_TRIAL, Arrow.OPEN_REVIEW, Arrow.RUN_FINAL):
        world.step(arrow)

    found = placed(world)
    assert (found["2611"], found["2612"], found["2613"]) == ("P1", None, "B1")
    told = Result.objects.filter(candidate__number="2612").latest("run__number").reasons
    assert told == [
        [world.lines["P1"].pk, "below-cutoff", "370", "400", "-30", "total@bachelor", 1]
    ]


def test_choice_across_pathways_behind_the_application_is_barred_by_the_engine(world):
    articulated_season(world)
    world.choose("2612", "P1")
    world.choose("2603", "C1", "B1")
    lines = {code: line.pk for code, line in world.lines.items()}
    ChoiceList.objects.filter(candidate__number="2612").update(lines=[lines["C1"]])
    ChoiceList.objects.filter(candidate__number="2603").update(lines=[lines["P1"], lines["C1"]])
    end_window(world)
    for arrow in (Arrow.FREEZE_CHOICES, Arrow.RUN_TRIAL):
        world.step(arrow)

    found = placed(world)
    assert (found["2612"], found["2603"]) == (None, "C1")
    told = Result.objects.get(candidate__number="2612").reasons
    assert told[0][1] == "not-eligible"


def test_who_did_not_pass_or_is_in_no_cohort_waits_for_a_judgement(world):
    contract = contract_in_force(world)
    cohort = write_cohort(contract, entry_year=2023, entered=2, actor=world.clerk)
    people = [make_person(700 + place, keeper=world.origin) for place in range(3)]
    members = add_members(
        cohort, [one.pk for one in people[:2]], entered_on=date(2023, 9, 1), actor=world.clerk
    )
    gate = contract.gates.get(order=2)
    enter_gate_results(gate, {members[1].pk: "not-passed"}, actor=world.clerk)
    rows = [
        NewCandidate(
            number=f"27{place}", name="云", identity_number=identity_number(700 + place),
            exam_type="articulated", category="computer", school=world.origin.pk,
            contract=contract.pk,
        )
        for place in range(3)
    ]  # fmt: skip

    found = enter_candidates(world.season, rows, actor=world.clerk)

    assert [one.eligibility for one in found] == ["eligible", "pending", "pending"]


def test_programme_of_a_contract_is_of_its_receiving_school_and_pathway(world):
    contract = contract_in_force(world)
    school = world.clerks["甲学院"]
    wanted = Wanted(
        school=world.colleges["甲学院"].pk, code="P2", major="计算机", batch="college",
        exam_type="articulated", category="computer", pathway="three-four", requested=1,
        contract=contract.pk,
    )  # fmt: skip

    assert code_of(RuleError, save_request, world.season, wanted, actor=school) == (
        "admissions.contract-line"
    )
    end_contract(contract, reason="停招", actor=world.clerk)
    own = Wanted(
        school=world.colleges["职业大学"].pk, code="P2", major="计算机", batch="bachelor",
        exam_type="articulated", category="computer", pathway="three-four", requested=1,
        contract=contract.pk,
    )  # fmt: skip
    assert code_of(RuleError, save_request, world.season, own, actor=world.clerk) == (
        "admissions.contract-state"
    )


def test_school_that_is_no_party_enters_no_member(world):
    contract = contract_in_force(world)
    cohort = write_cohort(contract, entry_year=2023, entered=1, actor=world.clerk)
    stranger = world.clerks["甲学院"]

    assert code_of(RefusedError, add_members, cohort, [person_number("2601")],
                   entered_on=date(2023, 9, 1), actor=stranger) == "admissions.not-yours"  # fmt: skip


def test_public_page_shows_gates_without_a_number_as_unknown(world, client):
    contract = contract_in_force(world)
    write_cohort(contract, entry_year=2023, entered=41, actor=world.clerk)

    client.cookies["zhiqiao_language"] = "en"
    page = client.get(contract.get_absolute_url())
    text = page.content.decode()
    assert "no number known yet" in text
    assert "未通过的学生保留中职学籍。" in text
    assert ">41<" in text


def test_list_of_pathways_asks_as_much_for_three_as_for_one(
    world, client, django_assert_max_num_queries
):
    contract_in_force(world)
    client.get("/pathways/")
    with django_assert_max_num_queries(40) as first:
        client.get("/pathways/")
    contract_in_force(world, kind="three-two")
    contract_in_force(world, kind="five-year")
    with django_assert_max_num_queries(len(first)):
        page = client.get("/pathways/")
    assert page.content.decode().count("<tr>") == 4


def test_bureau_writes_contract_gates_and_approval_on_pages(world, client):
    client.force_login(world.clerk)
    words = {
        "kind": "three-two", "school": world.origin.name, "major": "护理",
        "receiving": world.colleges["甲学院"].name, "receiving_major": "护理", "first_year": 2024,
    }  # fmt: skip
    client.post("/pathways/new/", {**words, "school": "没有的学校"})
    assert not PathwayContract.objects.exists()
    client.post("/pathways/new/", words)
    contract = PathwayContract.objects.get()
    assert (contract.capacity, contract.may_use_ordinary) == (None, None)
    address = contract.get_absolute_url()
    wrong = client.post(f"{address}gates/", {"gates": "三 | 转段"})
    assert wrong.status_code == 422
    client.post(
        f"{address}gates/", {"gates": "3 | 转段考核 | Transfer test | total | 300.5\n3 | 面试"}
    )
    assert list(contract.gates.values_list("title_zh", "score", "least")) == [
        ("转段考核", "total", Decimal("300.5")),
        ("面试", "", None),
    ]
    client.post(f"{address}approve/", {"approval": "文号"})
    client.post(f"{address}cohort/", {"entry_year": 2024, "entered": 38})
    contract.refresh_from_db()
    assert contract.state == "in-force"
    assert contract.cohorts.get().entered == 38
    book = client.get("/pathways/excel/")
    assert len(b"".join(book)) > 1_000
