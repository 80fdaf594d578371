"""Mechanisms of selection that work, and the lifecycles that rest on laws, regulations and measures."""

import pytest

from zhiqiao.packs import DayCount, Part, Phase, load
from zhiqiao.packs.tests.shipped import DIRECTORY, phases, stopping

SELECTED = ["06", "15", "17", "27", "31", "39", "53", "55", "63", "70", "82", "93"]


@pytest.fixture(scope="module")
def pack():
    return load(DIRECTORY)


def test_twelve_mechanisms_of_selection_work_by_rules_of_a_call_or_notice(pack):
    rows = pack.mechanisms.values()
    working = [
        row.id
        for row in rows
        if (row.app, row.state) == ("projects", "working") and "register" in row.forms
    ]

    assert working == SELECTED


@pytest.mark.parametrize("mechanism", SELECTED)
def test_mechanism_that_works_has_a_form_evidence_and_read_conditions_of_its_own(pack, mechanism):
    kinds = [kind.id for kind in pack.kinds.values() if kind.mechanism == mechanism]
    rows = {row.id: row for kind in kinds if (row := pack.lifecycle_of(kind)).id != "standard"}

    full = [
        name
        for name, row in rows.items()
        if len(row.fields) >= 7
        and sum(wanted.needed for wanted in row.files.values()) >= 2
        and any(pack.sources[condition.source].seen for condition in row.conditions.values())
    ]

    assert full


def test_heritage_is_read_by_five_deliberated_by_a_committee_and_shown_for_twenty_days(pack):
    heritage = pack.lifecycles["heritage-project"]
    flow = pack.flows["heritage-list"]

    assert set(stopping(pack, heritage.id, "association")) == {
        "in-scope",
        "bearers-agree",
        "listed-below",
    }
    assert (heritage.review.reviews, heritage.panel.present_least) == (5, 5)
    assert (heritage.publicity_days, heritage.publicity_in) == (20, DayCount.CALENDAR)
    assert flow.moves["recognise"].from_ == ("consent",)
    assert set(flow.moves_from("protected")) == {"demand-rectification", "remove", "revoke"}
    assert set(heritage.sheet.eliminating) == {"untrue", "unauthorised"}


def test_heritage_reaches_the_bureau_through_its_district_alone(pack):
    flow = pack.flows["heritage-list"]

    assert {move.to for move in flow.moves_from("draft").values()} == {"recommending", "withdrawn"}


def test_centre_runs_four_years_with_a_report_in_each_and_an_evaluation(pack):
    centre = pack.lifecycles["innovation-centre"]
    flow = pack.flows["co-built-centre"]

    assert (centre.building.months, centre.building.reports["yearly"].every_months) == (48, 12)
    assert centre.source_of(Part.BUILDING) == "centres-ministry-2019"
    assert flow.moves["close-period"].to == "evaluating"
    assert [name for name, move in flow.moves.items() if move.does == "enter-recognition"] == [
        "recognise-here",
        "recognise",
    ]
    assert stopping(pack, centre.id, "higher-vocational") == {}


def test_programme_with_a_foreign_partner_is_approved_here_or_by_the_ministry(pack):
    programme = pack.lifecycles["joint-programme"]
    flow = pack.flows["approval"]

    assert set(stopping(pack, programme.id, "university")) == {"no-religion", "lawful"}
    assert Phase.PUBLICITY not in phases(pack, "joint-programme")
    assert {
        name: move.from_ for name, move in flow.moves.items() if move.does == "enter-recognition"
    } == {"approve": ("deciding",), "enter-approval": ("forwarded",)}
    assert programme.every_months == 6
    assert [name for name, wanted in programme.files.items() if wanted.needed] == [
        "sealed_copy",
        "request",
        "agreement",
        "legal_person",
        "standing",
        "authority",
        "certificates",
        "training_plan",
    ]


def test_party_brand_is_built_for_two_years_with_a_report_after_the_first(pack):
    brand = pack.lifecycles["party-brand"]

    assert {name: report.due_months for name, report in brand.building.reports.items()} == {
        "mid-term": 12,
        "final": 24,
    }
    assert (brand.building.months, brand.flow) == (24, "cultivate-first")
    assert list(brand.fields["unit_kind"].options) == ["school", "faculty", "branch"]
    assert stopping(pack, brand.id, "higher-vocational") == {}


def test_field_college_has_fifty_seats_and_is_looked_at_on_the_spot(pack):
    college = pack.lifecycles["field-college"]

    assert {c.field: c.number for c in college.conditions.values() if c.field} == {
        "seats": 50,
        "tutors": 1,
    }
    assert Phase.VISITING in phases(pack, "field-college")


@pytest.mark.parametrize(("applicant", "capital"), [("enterprise", 5_000_000), ("other", 500_000)])
def test_innovation_centre_that_is_a_firm_needs_ten_times_the_capital(pack, applicant, capital):
    conditions = pack.lifecycles["entity-innovation-centre"].conditions_for(applicant)

    assert {c.field: c.number for c in conditions.values() if c.field} == {
        "capital": capital,
        "researchers": 10,
        "researcher_share": 50,
    }
