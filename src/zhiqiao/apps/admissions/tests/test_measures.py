"""What the board is told of admission: never demonstration, never more than may be said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.admissions.actions import (
    Marked,
    NewCandidate,
    Wanted,
    answer_offer,
    declare_enrolments,
    enrol,
    enter_candidates,
    enter_scores,
    save_request,
    set_control_lines,
    submit_request,
    write_cohort,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Enrolment, PathwayContract, Result, Run, Season
from zhiqiao.apps.admissions.tests.factories import (
    end_window,
    mark_all,
    open_choosing,
    play_until,
)
from zhiqiao.apps.admissions.tests.test_enrolments import closed
from zhiqiao.apps.admissions.tests.test_pathways import contract_in_force
from zhiqiao.apps.admissions.tests.test_season import placed
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.apps.registry.choices import OrganisationKind
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.measures import Bound, ListState, evaluate
from zhiqiao.core.policy import current_pack

pytestmark = pytest.mark.django_db
NAMES = (
    "bachelor_vocational_intake",
    "junior_college_intake",
    "vocational_exam_intake_count",
    "places_asked_count",
    "places_approved_count",
    "places_filled_count",
    "pathway_entry_count",
)


def counts(at=None):
    pack = current_pack()
    return evaluate([pack.measures[name] for name in NAMES], area=pack.area, at=at)


def told(name, at=None):
    count = counts(at)[name]
    return count.value, count.bound, count.list_state


@pytest.fixture
def placed_world(world):
    """Put the schools into the pack's area."""
    area = make_region(current_pack().area, "重庆市")
    Organisation.objects.update(region=area)
    return world


def test_nothing_is_said_without_a_published_season(placed_world):
    play_until(placed_world, Arrow.CONFIRM)

    assert told("bachelor_vocational_intake") == (None, Bound.NONE, ListState.NOT_LOADED)
    assert told("places_filled_count") == (None, Bound.NONE, ListState.NOT_LOADED)
    assert told("pathway_entry_count") == (None, Bound.NONE, ListState.NOT_LOADED)


def test_published_season_gives_a_lower_bound_until_it_is_closed(placed_world):
    play_until(placed_world, Arrow.PUBLISH)
    assert told("bachelor_vocational_intake") == (1, Bound.AT_LEAST, ListState.PARTIAL)
    assert told("junior_college_intake") == (3, Bound.AT_LEAST, ListState.PARTIAL)

    three = placed_world.candidate("2603")
    answer_offer(three, says="declined", actor=three.account)
    assert told("junior_college_intake") == (2, Bound.AT_LEAST, ListState.PARTIAL)
    closed(placed_world)
    assert told("junior_college_intake") == (2, Bound.AT_LEAST, ListState.PARTIAL)
    assert told("vocational_exam_intake_count") == (3, Bound.EXACT, ListState.COMPLETE)


def test_enrolled_count_once_enrolments_are_declared_complete(placed_world):
    play_until(placed_world, Arrow.PUBLISH)
    enrol(placed_world.candidate("2601"), actor=placed_world.clerk)
    enrol(placed_world.candidate("2602"), actor=placed_world.clerk)
    closed(placed_world)
    assert told("junior_college_intake") == (3, Bound.AT_LEAST, ListState.PARTIAL)

    declare_enrolments(placed_world.again(), complete=True, actor=placed_world.clerk)

    assert told("vocational_exam_intake_count") == (2, Bound.EXACT, ListState.COMPLETE)
    assert told("junior_college_intake") == (1, Bound.AT_LEAST, ListState.PARTIAL)
    records = counts()["junior_college_intake"].records
    assert [(r.kind, r.uid) for r in records] == [("place-line", str(placed_world.lines["B1"].uid))]
    assert records[0].label == "B1 计算机应用技术 · 云岭甲学院: 1"


def test_bachelor_programme_of_an_ordinary_university_is_not_counted(placed_world):
    Organisation.objects.filter(name="云岭职业大学").update(kind="university")
    play_until(placed_world, Arrow.PUBLISH)

    assert told("bachelor_vocational_intake") == (None, Bound.NONE, ListState.PARTIAL)
    assert told("vocational_exam_intake_count")[0] == 4


def test_demonstration_is_never_counted(placed_world):
    play_until(placed_world, Arrow.PUBLISH)
    contract = contract_in_force(placed_world)
    write_cohort(contract, entry_year=2023, entered=40, actor=placed_world.clerk)
    Season.objects.update(provenance=Provenance.DEMONSTRATION)
    PathwayContract.objects.update(provenance=Provenance.DEMONSTRATION)

    assert {count.value for count in counts().values()} == {None}


def test_school_without_a_region_waits_and_makes_a_lower_bound(placed_world):
    Organisation.objects.filter(name="云岭乙学院").update(region=None)
    play_until(placed_world, Arrow.PUBLISH)
    closed(placed_world)

    count = counts()["junior_college_intake"]
    assert (count.value, count.bound, count.pending) == (2, Bound.AT_LEAST, 1)


def test_day_before_the_publication_knows_nothing_of_it(placed_world):
    play_until(placed_world, Arrow.PUBLISH)

    yesterday = today() - timedelta(days=1)
    assert told("junior_college_intake", yesterday)[2] == ListState.NOT_LOADED
    assert told("junior_college_intake", today()) == (3, Bound.AT_LEAST, ListState.PARTIAL)


def test_first_half_hour_of_a_day_in_the_region_belongs_to_that_day(placed_world):
    play_until(placed_world, Arrow.PUBLISH)
    Season.objects.update(opened_at=datetime(2026, 1, 5, tzinfo=UTC))
    Run.objects.filter(published_at__isnull=False).update(
        published_at=datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    )

    states = [told("junior_college_intake", date(2026, 3, day))[2] for day in (1, 2)]
    assert states == [ListState.NOT_LOADED, ListState.PARTIAL]


def test_places_asked_approved_and_filled_are_told_apart(placed_world):
    world = placed_world
    assert told("places_asked_count") == (4, Bound.AT_LEAST, ListState.PARTIAL)
    assert told("places_approved_count") == (None, Bound.NONE, ListState.PARTIAL)
    play_until(world, Arrow.PUBLISH)

    assert told("places_asked_count") == (4, Bound.EXACT, ListState.COMPLETE)
    assert told("places_approved_count") == (4, Bound.EXACT, ListState.COMPLETE)
    assert told("places_filled_count") == (4, Bound.AT_LEAST, ListState.PARTIAL)


def test_cohorts_of_contracts_in_force_are_counted(placed_world):
    contract = contract_in_force(placed_world)
    write_cohort(contract, entry_year=2023, entered=40, actor=placed_world.clerk)
    write_cohort(contract, entry_year=2024, entered=38, actor=placed_world.clerk)

    assert told("pathway_entry_count") == (78, Bound.AT_LEAST, ListState.PARTIAL)
    assert told("pathway_entry_count", date(2023, 12, 31))[0] == 40
    (record,) = counts()["pathway_entry_count"].records
    assert (record.kind, record.uid) == ("pathway", str(contract.uid))


def test_more_people_and_programmes_are_counted_with_as_many_queries(placed_world):
    counts()
    with CaptureQueriesContext(connection) as before:
        counts()
    play_until(placed_world, Arrow.PUBLISH)
    enrol(placed_world.candidate("2601"), actor=placed_world.clerk)
    contract = contract_in_force(placed_world)
    write_cohort(contract, entry_year=2023, entered=40, actor=placed_world.clerk)
    with CaptureQueriesContext(connection) as after:
        counts()

    assert len(after) <= 14
    assert len(after) - len(before) <= 2
    assert Enrolment.objects.count() == 1


def test_intake_through_the_vocational_examination_is_counted_apart(placed_world):
    """Two types compete for places of their own; the measure holds one of them."""
    world = placed_world
    school = world.clerks["乙学院"]
    wanted = Wanted(
        school=world.colleges["乙学院"].pk, code="C9", major="护理", batch="college",
        exam_type="general", category="none", requested=1,
    )  # fmt: skip
    world.lines["C9"] = submit_request(
        save_request(world.season, wanted, actor=school), actor=school
    )
    row = NewCandidate(
        number="2699", name="云2699", identity_number=identity_number(899), exam_type="general",
        category="none", school=world.origin.pk,
    )  # fmt: skip
    enter_candidates(world.season, [row], actor=world.clerk)
    marks = dict.fromkeys(("chinese", "mathematics", "english", "technology"), Decimal(100))
    for entry in ("first", "second"):
        enter_scores(
            world.season,
            [Marked("2699", marks)],
            entry=entry,
            actor=world.lead if entry == "second" else world.clerk,
        )
    mark_all(world)
    open_choosing(world)
    world.choose("2699", "C9")
    world.choose("2601", "A1")
    world.choose("2602", "B1")
    end_window(world)
    for arrow in (Arrow.FREEZE_CHOICES, Arrow.RUN_TRIAL, Arrow.OPEN_REVIEW, Arrow.RUN_FINAL,
                  Arrow.CONFIRM, Arrow.PUBLISH):  # fmt: skip
        world.step(arrow)

    assert told("vocational_exam_intake_count")[0] == 2
    assert told("junior_college_intake")[0] == 2
    assert told("bachelor_vocational_intake")[0] == 1


def test_knowledge_and_skill_have_two_lines_and_both_must_be_reached(world):
    """2605 has 100 and 90: the sum would do for the two lines together, the skill does not."""
    mark_all(world)
    where = ("college", "secondary", "computer")
    lines = {(*where, "culture"): Decimal(60), (*where, "skill"): Decimal(100)}
    set_control_lines(world.season, lines, actor=world.clerk)
    open_choosing(world)
    world.choose("2605", "B1")
    world.choose("2604", "B1")
    end_window(world)
    for arrow in (Arrow.FREEZE_CHOICES, Arrow.RUN_TRIAL):
        world.step(arrow)

    assert placed(world)["2605"] is None
    assert placed(world)["2604"] == "B1"
    (reason,) = Result.objects.get(candidate__number="2605").reasons
    assert reason[1:] == ["below-line", "90", "100", "-10", "skill@college", None]


def test_kinds_of_schools_in_the_pack_are_those_of_the_register():
    named = {kind for measure in current_pack().measures.values() for kind in measure.schools}

    assert named == {"bachelor-vocational"}
    assert named <= set(OrganisationKind.values)
