"""The demonstration season: every state, with districts, pathways and somebody to sign in as."""

from pathlib import Path

import pytest
from django.urls import reverse

from zhiqiao.apps.accounts.actions import create_sample_accounts
from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.admissions import queries
from zhiqiao.apps.admissions.actions import Players, check_run, play_sample_season
from zhiqiao.apps.admissions.models import (
    Candidate,
    Cohort,
    CohortMember,
    PathwayContract,
    PlaceLine,
    Season,
)
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.jobs import Progress
from zhiqiao.core.policy import current_pack

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[5] / "data"
PASSWORD = "correct-horse-battery-staple"


@pytest.fixture
def guests(db):
    """Play a season of some three hundred candidates, in an area with two districts."""
    area = make_region(current_pack().area, "重庆市")
    for code, name in (("500101", "万州区"), ("500102", "涪陵区")):
        make_region(code, name, parent=area)
    users = {user.login: user for user in create_sample_accounts(password=PASSWORD)}
    (school,) = organisations_of(users["school"])
    players = Players(clerk=users["clerk"], lead=users["lead"], school=school)
    return play_sample_season(
        300, players=players, data=DATA, password=PASSWORD, progress=Progress()
    )


def test_sample_season_is_published_and_what_was_signed(guests):
    season = Season.objects.get()
    run = season.runs.latest("number")

    assert (season.state, run.kind) == ("published", "final")
    assert check_run(run, actor=None) == []
    assert guests.candidate.account.login == f"2026-{guests.candidate.number}"
    assert list(queries.seasons_visible_to(None)) == []


def test_candidates_of_a_school_come_from_one_district(guests):
    found = {}
    for school, region in Candidate.objects.values_list("school", "region__name"):
        found.setdefault(school, set()).add(region)
    assert {len(regions) for regions in found.values()} == {1}
    assert set.union(*found.values()) == {"万州区", "涪陵区"}


def test_two_pathways_lead_to_programmes_of_their_own(guests):
    contracts = PathwayContract.objects.order_by("kind")
    assert [(one.kind, one.state) for one in contracts] == [
        ("three-four", "in-force"), ("three-two", "in-force"),
    ]  # fmt: skip
    for contract in contracts:
        members = CohortMember.objects.filter(cohort__contract=contract)
        assert Cohort.objects.get(contract=contract).entered == members.count() == 6
        people = Candidate.objects.filter(contract=contract)
        assert set(people.values_list("person", flat=True)) == set(
            members.values_list("person", flat=True)
        )
        waiting = people.filter(eligibility="pending")
        assert waiting.count() == 1
        line = PlaceLine.objects.get(contract=contract)
        admitted = queries.admitted_by_line(Season.objects.get())[line.pk]
        assert 0 < admitted <= 5


def test_clerk_of_a_school_of_origin_signs_in_and_sees_its_candidates(client, guests):
    assert client.login(username=guests.origin.get_username(), password=PASSWORD)
    season = Season.objects.get()

    page = client.get(reverse("admissions:candidates", args=[season.uid])).content.decode()

    (school,) = organisations_of(guests.origin)
    own = Candidate.objects.filter(school=school).values_list("number", flat=True)
    assert own
    assert all(number in page for number in own[:5])


def test_second_start_leaves_the_season_as_it_is(guests):
    players = Players(clerk=guests.origin, lead=guests.origin, school=0)
    again = play_sample_season(
        300, players=players, data=DATA, password=PASSWORD, progress=Progress()
    )
    assert (again, Season.objects.count()) == (None, 1)
