"""Lifecycles: what is read, and what is refused in which words."""

import pytest
from pydantic import ValidationError

from zhiqiao.packs import Flow, Lifecycle, SheetOrigin, check, load
from zhiqiao.packs.tests.faults import RULING
from zhiqiao.packs.tests.minimal import changed, write_packs

TEXT = {"zh": "文", "en": "Text"}
SAID = {
    ("unknown-flow", 4): "good-schools flow: there is no flow “long”.",
    ("unknown-kind", 3): "good-schools kinds: there is no kind “x”.",
    ("unknown-source", 13): "good-schools conditions area source: there is no source “rumour”.",
    ("unknown-source", 26): "good-schools stated applicants: there is no source “rumour”.",
    ("unknown-source", 21): "good-schools sheet source: there is no source “rumour”.",
    ("unknown-source", 27): "good-schools source: there is no source “rumour”.",
    (
        "lifecycle-part-missing",
        4,
    ): "good-schools flow: its flow short has a phase “checking”, but the lifecycle says no checks.",
    (
        "lifecycle-kind-twice",
        31,
    ): "again kinds: the kind good-school is ruled by good-schools, too.",
    (
        "lifecycle-second-standard",
        1,
    ): "good-schools: another lifecycle has no kinds and rules all others already.",
    (
        "flow-closed-to-applicant",
        5,
    ): "good-schools applicants: no way through the flow short recognises an applicant of kind firm.",
    (
        "recalled-rule-stops",
        10,
    ): "good-schools conditions area stops: the source recalled was never seen, so the condition may stop nobody.",
    (
        "stated-unseen",
        26,
    ): "good-schools stated applicants: the source recalled was never seen, so it cannot be said to state this.",
    (
        "stated-unseen",
        21,
    ): "good-schools sheet source: the source recalled was never seen, so it cannot be said to state this.",
    (
        "report-without-acceptance",
        25,
    ): "good-schools building reports yearly: it is counted from acceptance, which the flow short does not have.",
    (
        "checked-unseen",
        28,
    ): "good-schools checked_by: “an officer” checked this, but the source recalled was never seen.",
    (
        "checked-unseen",
        13,
    ): "good-schools conditions area checked_by: “an officer” checked this, but the source recalled was never seen.",
}


@pytest.mark.parametrize("fault", RULING, ids=lambda fault: f"{fault.code}@{fault.place}")
def test_problem_of_a_lifecycle_says_what_was_found(fault, tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    report = check(write_packs(tmp_path / "packs", plan=fault.plan, base=fault.base))

    line = int(fault.place.rsplit(":", 1)[1])
    assert [problem.message for problem in report.problems] == [SAID[fault.code, line]]


def test_recalled_rule_that_only_advises_is_no_fault(tmp_path):
    advice = changed(
        "lifecycles.yaml",
        "      stops: true\n      field: area\n      number: 30\n      source: notice",
        "      field: area\n      number: 30\n      source: recalled",
    )

    assert load(write_packs(tmp_path, plan=advice)).lifecycles["good-schools"]


def test_inherited_lifecycle_rules_what_no_other_names(tmp_path):
    small = load(write_packs(tmp_path))

    assert small.lifecycle_of("good-school").id == "good-schools"
    assert small.lifecycle_of("other-school").id == "standard"


def lifecycle(**given):
    whole = {
        "id": "small",
        "title": TEXT,
        "flow": "short",
        "applicants": ["school", "firm"],
        "sections": {"basis": TEXT},
        "fields": {"area": {"title": TEXT, "kind": "number", "section": "basis"}},
        "sheet": {"criteria": {"area": {"title": TEXT, "weight": "1", "most": "10"}}},
        "source": "notice",
    }
    return Lifecycle.model_validate(whole | given)


def condition(**given):
    return {"rule": {"says": TEXT, "source": "notice", **given}}


def field(**given):
    return {"area": {"title": TEXT, "section": "basis", **given}}


SHEET = {"criteria": {"area": {"title": TEXT, "weight": "1", "most": "10"}}}
REFUSED = [
    ({"fields": field(kind="line", of_kinds=["firm"])}, "of_kinds are for kind: bodies"),
    (
        {"conditions": condition(kind="declared", of="item")},
        "of: item is not for a condition of kind declared",
    ),
    (
        {"conditions": condition(kind="most-per-applicant", number="1", of="item")},
        "of: item is not for a condition of kind most-per-applicant",
    ),
    (
        {"conditions": condition(kind="judged", applicants=["district"])},
        "the condition rule is for district, who may not apply",
    ),
    (
        {"conditions": condition(kind="field-least", field="width", number="1")},
        "the condition rule asks the field “width”, which is not there",
    ),
    (
        {"conditions": condition(kind="field-least", field="area")},
        "a condition of kind field-least takes field, number",
    ),
    (
        {"conditions": condition(kind="judged", stops="true")},
        "what a person judges cannot stop an application by itself",
    ),
    ({"sheet": SHEET | {"weights_source": "notice"}}, "weights_source is for criteria"),
    ({"sheet": SHEET | {"eliminating_source": "notice"}}, "eliminating questions, which are"),
    ({"sheet": None, "review": {"reviews": "3"}}, "experts review by a sheet, which is missing"),
    ({"review": {"reviews": "3", "together_by": "width"}}, "the review groups by “width”"),
    ({"stated": {"building": "notice"}}, "stated names building, which the lifecycle does not say"),
    ({"stated": {"repeat": "notice"}}, "stated names repeat, which the lifecycle does not say"),
    ({"fields": field(kind="choice")}, "options are for kind: choice, which needs them"),
]


@pytest.mark.parametrize(("given", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_lifecycle_that_makes_no_sense_is_refused(given, said):
    with pytest.raises(ValidationError) as caught:
        lifecycle(**given)
    assert said in str(caught.value)


def test_only_building_and_accepting_may_come_before_the_register():
    state = {"title": TEXT, "phase": "reviewing", "in_register": "false"}
    with pytest.raises(ValidationError) as caught:
        Flow.model_validate(
            {
                "id": "f",
                "title": TEXT,
                "start": "a",
                "states": {"a": state, "b": state},
                "moves": {},
            }
        )
    assert "in_register: false is for building and accepting, not for “reviewing”" in str(
        caught.value
    )


def test_lifecycle_and_flow_are_read_again_as_they_were_kept(tmp_path):
    small = load(write_packs(tmp_path))
    kept = small.lifecycles["good-schools"].model_dump(mode="json", by_alias=True)
    flow = small.flows["short"].model_dump(mode="json", by_alias=True)

    assert Lifecycle.model_validate(kept) == small.lifecycles["good-schools"]
    assert Flow.model_validate(flow) == small.flows["short"]


def test_sheet_says_how_much_of_it_is_stated():
    origins = [
        lifecycle(sheet=SHEET | stated).sheet.origin
        for stated in ({}, {"source": "n"}, {"source": "n", "weights_source": "n"})
    ]

    assert origins == [SheetOrigin.PROPOSED, SheetOrigin.CRITERIA_STATED, SheetOrigin.STATED]


def test_conditions_are_those_of_the_kind_of_applicant():
    ruled = lifecycle(
        conditions={
            "all": condition(kind="judged")["rule"],
            "firms": condition(kind="judged", applicants=["firm"])["rule"],
        }
    )

    assert list(ruled.conditions_for("school")) == ["all"]
    assert list(ruled.conditions_for("firm")) == ["all", "firms"]
