"""One platform for general and vocational upper-secondary schools: both stand in one list."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import bureau, make_member
from zhiqiao.apps.admissions.actions import (
    Marked,
    NewCandidate,
    Wanted,
    approve_requests,
    enter_candidates,
    enter_scores,
    open_season,
    save_request,
    seal_scores,
    set_window,
    submit_request,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Result
from zhiqiao.apps.admissions.tests.factories import SeasonWorld, end_window
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.apps.registry.tests.factories import make_organisation

pytestmark = pytest.mark.django_db
ITEMS = ("chinese", "mathematics", "english", "science", "society", "sport")
# number: marks of the items, choices
PUPILS = {
    "1": ((140, 140, 140, 140, 90, 45), ("G1", "V1")),
    "2": ((120, 120, 120, 120, 80, 40), ("G1", "V1")),
    "3": ((100, 100, 100, 100, 70, 40), ("V1", "G1")),
    "4": ((80, 80, 80, 80, 60, 40), ("G1", "V1")),
}  # fmt: skip


@pytest.fixture
def world():
    clerk = make_member(Role.BUREAU_CLERK, login="clerk", organisation=bureau())
    lead = make_member(Role.BUREAU_LEAD, login="lead", organisation=bureau())
    schools = {
        "G1": (make_organisation("云岭中学", kind="other"), "general", 1),
        "V1": (make_organisation("云岭职教中心", kind="secondary-vocational"), "vocational", 2),
    }
    season = open_season("senior-secondary", 2026, actor=clerk)
    lines = {}
    for code, (school, category, places) in schools.items():
        wanted = Wanted(
            school=school.pk, code=code, major="普通班" if code == "G1" else "数控技术应用",
            batch="unified", exam_type="graduates", category=category, requested=places,
        )  # fmt: skip
        lines[code] = submit_request(save_request(season, wanted, actor=clerk), actor=clerk)
    origin = make_organisation("云岭初级中学", kind="other")
    rows = [
        NewCandidate(
            number=number, name=f"云{number}", identity_number=identity_number(int(number)),
            exam_type="graduates", category="general", school=origin.pk,
        )
        for number in PUPILS
    ]  # fmt: skip
    enter_candidates(season, rows, actor=clerk)
    return SeasonWorld(season, clerk, lead, origin, {}, {}, lines)


def test_general_and_vocational_schools_are_listed_and_allocated_together(world):
    marks = [
        Marked(number, dict(zip(ITEMS, map(Decimal, given), strict=True)))
        for number, (given, _choices) in PUPILS.items()
    ]
    for entry in ("first", "second"):
        enter_scores(
            world.season, marks, entry=entry, actor=world.lead if entry == "second" else world.clerk
        )
    seal_scores(world.season, actor=world.clerk)
    places = {line.pk: line.requested for line in world.lines.values()}
    approve_requests(world.season, places, approval="文", actor=world.clerk)
    world.step(Arrow.FREEZE_PLACES)
    now = timezone.now()
    window = {"choices_from": now - timedelta(hours=1), "choices_until": now + timedelta(hours=1)}
    set_window(world.again(), **window, actor=world.clerk)
    world.step(Arrow.OPEN_CHOICES)
    for number, (_marks, choices) in PUPILS.items():
        world.choose(number, *choices)
    end_window(world)
    for arrow in (Arrow.FREEZE_CHOICES, Arrow.RUN_TRIAL):
        world.step(arrow)

    found = Result.objects.values_list("candidate__number", "line__code")
    assert dict(found) == {"1": "G1", "2": "V1", "3": "V1", "4": None}
