"""The shipped lifecycles: every kind has one, and each holds what its call or notice says."""

from decimal import Decimal

import pytest

from zhiqiao.packs import ConditionKind, DayCount, FieldKind, Part, Phase, SheetOrigin, load
from zhiqiao.packs.tests.shipped import DIRECTORY, phases, stopping

OWN = {
    "online-course": ["online-course"],
    "planned-textbook": ["planned-textbook"],
    "resource-bank": ["resource-bank"],
    "vr-base": ["vr-base"],
    "teacher-team": ["teacher-team"],
    "huangdanian-team": ["huangdanian-team"],
    "enterprise-practice-base": ["enterprise-practice-base"],
    "dual-qualified-base": ["dual-qualified-base"],
    "double-high": ["shuanggao-school", "shuanggao-group"],
    "municipal-double-high": ["municipal-shuanggao-school", "municipal-shuanggao-group"],
    "bachelor-pilot-programme": ["bachelor-pilot-programme"],
    "consortium": ["municipal-consortium", "park-consortium"],
    "community": ["community"],
    "open-practice-centre": ["open-practice-centre"],
    "field-engineer-project": ["field-engineer-project"],
    "practice-project": ["practice-project"],
    "senior-education-base": ["senior-education-base"],
    "science-courtyard": ["science-courtyard"],
    "science-popularisation-platform": ["science-popularisation-platform"],
    "marked-result-district": ["marked-result-district"],
    "community-education-base": ["community-education-base"],
    "geographical-indication": ["geographical-indication"],
    "science-envoy-team": ["science-envoy-team"],
    "heritage-project": ["heritage-project"],
    "innovation-centre": ["innovation-centre"],
    "joint-programme": ["joint-programme"],
    "party-brand": ["party-brand"],
    "field-college": ["field-college"],
    "entity-innovation-centre": ["entity-innovation-centre"],
}


@pytest.fixture(scope="module")
def pack():
    return load(DIRECTORY)


def test_every_kind_of_the_plan_is_ruled_by_its_own_lifecycle_or_the_standard(pack):
    own = {kind: name for name, kinds in OWN.items() for kind in kinds}

    assert {kind: pack.lifecycle_of(kind).id for kind in pack.kinds} == {
        kind: own.get(kind, "standard") for kind in pack.kinds
    }


def test_lifecycles_of_the_plan_are_unchecked_and_read_in_a_source(pack):
    rows = [row for row in pack.lifecycles.values() if row.id != "standard"]

    assert {row.checked_by for row in rows} == {None}
    assert {pack.sources[row.source].seen for row in rows} == {True}
    assert {c.checked_by for row in rows for c in row.conditions.values()} == {None}


def test_kinds_of_organisations_are_those_of_the_register(pack):
    known = {
        "university",
        "bachelor-vocational",
        "higher-vocational",
        "secondary-vocational",
        "technician-school",
        "enterprise",
        "park",
        "government",
        "research-institute",
        "association",
        "other",
    }
    named = {
        kind for flow in pack.flows.values() for m in flow.moves.values() for kind in m.applicants
    }
    for row in pack.lifecycles.values():
        named |= set(row.applicants)
        named |= {kind for wanted in row.fields.values() for kind in wanted.of_kinds}

    assert named == known


def test_rules_of_other_provinces_and_of_first_rounds_stop_nobody(pack):
    models = {
        "courses-jiangsu-2022",
        "textbooks-anhui-2025",
        "vr-bases-guangxi-2023",
        "huangdanian-2023",
        "double-high-conditions-2019",
        "field-engineers-henan-2023",
        "projects-jiangsu-2023",
        "courtyards-yunnan-2020",
        "senior-education-jiangsu-2016",
        "districts-shandong-2021",
        "community-education-2011",
        "envoys-jiulongpo-2018",
        "popular-science-hechuan-2022",
        "senior-education-beijing-2024",
        "farm-schools-hainan-2022",
        "farm-schools-ningguo-2023",
        "centres-zhejiang-2020",
        "centres-shandong-2020",
        "research-bodies-gaoxin-2025",
        "foreign-partners-jiangsu",
        "foreign-partners-papers",
        "party-building-zhejiang-2024",
    }
    stopping = {
        condition.source
        for row in pack.lifecycles.values()
        for condition in row.conditions.values()
        if condition.stops
    }

    assert models <= set(pack.sources)
    assert stopping & models == set()


def test_no_weights_are_passed_off_as_official(pack):
    origins = {row.id: row.sheet.origin for row in pack.lifecycles.values()}
    stated = {name for name, origin in origins.items() if origin is not SheetOrigin.PROPOSED}

    assert stated == {"online-course", "huangdanian-team", "consortium"}
    assert SheetOrigin.STATED not in origins.values()


def test_weights_of_every_sheet_are_shares_of_a_hundred(pack):
    sums = {
        row.id: sum(criterion.weight for criterion in row.sheet.criteria.values())
        for row in pack.lifecycles.values()
    }

    assert set(sums.values()) == {Decimal(100)}


def test_online_course_is_taught_before_it_applies_and_serves_afterwards(pack):
    course = pack.lifecycles["online-course"]

    assert stopping(pack, "online-course", "higher-vocational") == {
        "in-plan": None,
        "hours": Decimal(32),
        "terms_online": Decimal(2),
        "not-again": None,
        "service": None,
    }
    assert (course.conditions["not-again"].of, course.conditions["not-again"].levels) == (
        "item",
        ("national",),
    )
    assert len(course.sheet.criteria) == 6
    assert len(course.sheet.eliminating) == 10
    assert (course.building.months, course.building.reports["update"].every_months) == (60, 12)
    assert phases(pack, "online-course") & {Phase.PANEL, Phase.ACCEPTING} == set()


def test_team_is_recognised_only_after_it_was_cultivated(pack):
    flow = pack.flows["cultivate-first"]

    assert [name for name, move in flow.moves.items() if move.does == "enter-recognition"] == [
        "recognise"
    ]
    assert flow.moves["recognise"].from_ == ("assessing",)
    assert {name for name, state in flow.states.items() if state.is_recognised} == {"in-force"}


def test_team_of_a_secondary_school_needs_less_than_that_of_a_college(pack):
    shared = {"ethics": None, "core_members": Decimal(20), "dual_share": Decimal("50.01")}
    wanted = {
        "secondary-vocational": shared | {"senior_share": Decimal(30), "engineers": Decimal(2)},
        "higher-vocational": shared | {"senior_share": Decimal(40), "engineers": Decimal(3)},
        "university": shared | {"engineers": Decimal(3)},
    }

    assert {kind: stopping(pack, "teacher-team", kind) for kind in wanted} == wanted


def test_consortium_is_visited_monitored_every_year_and_can_leave(pack):
    consortium = pack.lifecycles["consortium"]
    flow = pack.flows["consortium"]

    assert Phase.VISITING in phases(pack, "consortium")
    assert consortium.building.reports["monitoring"].every_months == 12
    assert set(flow.moves_from("running")) == {"demand-rectification", "renew", "exit", "revoke"}
    assert set(flow.moves_from("rectifying")) == {"close-rectification", "exit", "revoke"}
    assert [name for name in consortium.files if name in {"products", "technology", "talent"}] == [
        "products",
        "technology",
        "talent",
    ]
    assert list(consortium.sheet.eliminating) == ["negative"]


def test_field_engineer_project_has_one_firm_and_is_checked_every_two_years(pack):
    project = pack.lifecycles["field-engineer-project"]
    firm, cap = project.fields["firm"], project.conditions["firm-cap"]

    assert (firm.kind, firm.least, firm.most, firm.of_kinds) == (
        FieldKind.BODIES,
        1,
        1,
        ("enterprise",),
    )
    assert (cap.kind, cap.of, cap.number, cap.stops) == (
        ConditionKind.MOST_PER_APPLICANT,
        "partner",
        3,
        False,
    )
    assert {name: report.every_months for name, report in project.building.reports.items()} == {
        "yearly": 12,
        "stage-check": 24,
    }
    moves = pack.flows["field-engineer"].moves_from("training")
    assert {name: move.does for name, move in moves.items()} == {
        "renew": "renew-recognition",
        "eliminate": "end-recognition",
        "close-project": None,
        "revoke": "end-recognition",
    }


def test_districts_apply_every_year_and_the_government_consents(pack):
    districts = pack.lifecycles["marked-result-district"]
    flow = pack.flows["district"]

    assert (districts.applicants, districts.every_months) == (("government",), 12)
    assert (districts.recommender, districts.building, districts.review) == (None, None, None)
    assert flow.moves["recognise"].from_ == ("consent",)
    assert phases(pack, "marked-result-district") & {Phase.BUILDING, Phase.ACCEPTING} == set()


def test_five_lifecycles_are_as_different_as_the_real_ones(pack):
    five = [
        "online-course",
        "teacher-team",
        "consortium",
        "field-engineer-project",
        "marked-result-district",
    ]

    assert len({pack.lifecycles[name].flow for name in five}) == 5
    assert len({frozenset(phases(pack, name)) for name in five}) == 5
    assert len({frozenset(pack.lifecycles[name].fields) for name in five}) == 5


def test_community_is_led_by_one_firm_one_university_and_one_vocational_school(pack):
    fields = pack.lifecycles["community"].fields

    assert pack.lifecycles["community"].applicants == ("enterprise",)
    assert {
        name: (wanted.least, wanted.most, wanted.of_kinds)
        for name, wanted in fields.items()
        if name.startswith("lead_")
    } == {
        "lead_university": (1, 1, ("university",)),
        "lead_school": (
            1,
            1,
            (
                "secondary-vocational",
                "technician-school",
                "higher-vocational",
                "bachelor-vocational",
            ),
        ),
    }


def test_textbook_is_on_notice_for_seven_calendar_days(pack):
    book = pack.lifecycles["planned-textbook"]

    assert (book.publicity_days, book.publicity_in) == (7, DayCount.CALENDAR)
    assert book.source_of(Part.PUBLICITY) == "textbooks-publicity-2023"
    assert book.source_of(Part.VALIDITY) is None


def test_resource_bank_owes_a_tenth_of_renewal_every_year_after_acceptance(pack):
    bank = pack.lifecycles["resource-bank"]

    assert {name: wanted.least for name, wanted in bank.indicators.items() if wanted.least} == {
        "yearly_renewal": 10,
        "yearly_users": 10,
    }
    assert bank.building.reports["monitoring"].since == "acceptance"


def test_science_courtyard_counts_what_it_does_in_a_year(pack):
    assert {
        name: wanted.least
        for name, wanted in pack.lifecycles["science-courtyard"].indicators.items()
    } == {
        "resident_days": 120,
        "supervision": 8,
        "indoor": 3,
        "on_site": 50,
        "farmers": 1000,
        "diaries": 120,
        "answers": 30,
    }


def test_bachelor_programme_is_stopped_by_the_numbers_of_its_measure(pack):
    numbers = stopping(pack, "bachelor-pilot-programme", "bachelor-vocational")

    assert {name: number for name, number in numbers.items() if number is not None} == {
        "school_ratio": 18,
        "programme_ratio": 20,
        "senior_share": 30,
        "postgraduate_share": 50,
        "doctor_share": 15,
        "dual_share": 50,
        "firm_hours_share": 20,
        "practice_share": 50,
        "projects_share": 100,
    }


def test_colleges_hand_in_without_a_district_and_secondary_schools_do_not(pack):
    flow = pack.flows["online-course"]

    assert [
        flow.moves["hand-in-directly"].to,
        "hand-in" in flow.moves_from("draft", applicant="higher-vocational"),
        "hand-in-directly" in flow.moves_from("draft", applicant="secondary-vocational"),
    ] == ["checking", False, False]


def test_double_high_has_two_programme_groups_and_ends_below_three_tenths_at_mid_term(pack):
    plan = pack.lifecycles["double-high"]

    assert stopping(pack, "double-high", "higher-vocational") == {"group_count": 2, "clean": None}
    assert (plan.building.months, plan.building.exit_below) == (60, Decimal("0.3"))
    assert pack.flows["double-high"].moves["recognise"].from_ == ("forwarded",)


def test_base_of_popular_science_was_named_by_its_district_first(pack):
    base = pack.lifecycles["science-popularisation-platform"]

    assert set(stopping(pack, base.id, "other")) == {
        "legal",
        "district-first",
        "department",
        "money",
    }
    assert list(base.fields["base_class"].options) == [
        "venue",
        "scenic",
        "training",
        "media",
        "creation",
    ]
    assert {name: wanted.least for name, wanted in base.indicators.items()} == {
        "open_days": 250,
        "free_days": 30,
    }
    assert {c.field: c.number for c in base.conditions.values() if c.field} == {
        "staff": 3,
        "activity_count": 2,
    }


def test_indication_is_registered_after_verification_and_twenty_days_of_objections(pack):
    indication = pack.lifecycles["geographical-indication"]
    flow = pack.flows["registration"]

    assert [flow.states[name].within for name in ("checking", "verifying", "examining")] == [
        45,
        45,
        20,
    ]
    assert (indication.publicity_days, indication.publicity_in) == (20, DayCount.CALENDAR)
    assert (indication.valid_months, indication.building) == (None, None)
    assert len(stopping(pack, indication.id, "association")) == 6


def test_numbers_of_community_education_are_advice(pack):
    base = pack.lifecycles["community-education-base"]

    assert {c.field: c.number for c in base.conditions.values() if c.field} == {
        "yuan_per_resident": 2,
        "known_share": 80,
        "satisfied_share": 70,
    }
    assert stopping(pack, base.id, "government") == {}


def test_summary_of_a_base_for_senior_education_has_three_thousand_characters(pack):
    assert pack.lifecycles["senior-education-base"].fields["summary"].least == 3000
