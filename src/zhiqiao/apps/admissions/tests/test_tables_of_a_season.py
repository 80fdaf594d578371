"""The page of a season leads to the tables that it takes, and to those that one brought in."""

import pytest
from django.urls import reverse

from zhiqiao.apps.admissions.models import Season
from zhiqiao.apps.admissions.queries import tables_brought, tables_taken
from zhiqiao.apps.admissions.tests.factories import mark_all
from zhiqiao.apps.admissions.tests.test_imports_of_candidates import bring, row

pytestmark = pytest.mark.django_db
SCORES = ["admissions.results", "admissions.scores"]


def keys(user, season):
    return sorted(one.key for one in tables_taken(user, season))


@pytest.mark.parametrize(
    ("state", "taken"),
    [
        ("draft", ["admissions.candidates", "admissions.control_lines", "admissions.places", *SCORES]),
        ("places-frozen", ["admissions.candidates", "admissions.control_lines", *SCORES]),
        ("choosing", ["admissions.control_lines", *SCORES]),
        ("trial", ["admissions.control_lines"]),
        ("published", []),
    ],
)  # fmt: skip
def test_bureau_is_offered_what_the_season_takes_in_its_state(world, state, taken):
    Season.objects.update(state=state)
    assert keys(world.clerk, world.again()) == taken


def test_sealed_scores_are_offered_no_more_and_a_school_has_its_places_alone(world):
    mark_all(world)
    offered = keys(world.clerk, world.again())
    assert [key for key in SCORES if key in offered] == []
    assert keys(world.clerks["甲学院"], world.season) == ["admissions.places"]


def test_page_links_to_tables_and_to_what_one_brought_in(client, world):
    other = Season.objects.create(
        scheme="he-classified", year=2030, provenance="reported", opened_at=world.season.opened_at
    )
    batch = bring(world, row(101)).batch
    client.force_login(world.clerk)
    page = client.get(world.season.get_absolute_url()).content.decode()

    assert reverse("portal:import_new", args=["admissions.candidates"]) in page
    assert reverse("portal:import_detail", args=[batch.uid]) in page
    assert [one.batch for one in tables_brought(world.clerk, world.season)] == [batch]
    assert tables_brought(world.clerk, other) == []
    assert tables_brought(world.lead, world.season) == []
    client.logout()
    public = client.get(world.season.get_absolute_url()).content.decode()
    assert reverse("portal:import_new", args=["admissions.candidates"]) not in public
