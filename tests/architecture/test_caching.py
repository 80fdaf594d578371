"""Nothing that depends on a person may be kept by a proxy: every address, as every person."""

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from tests.architecture.access_world import PEOPLE, routes, taken_back
from zhiqiao.core.caching import PRIVATE, PUBLIC

pytestmark = pytest.mark.django_db
# Small lists that anybody reads; at least these must be kept, or result day is lost.
KEPT = {"portal:home", "portal:about", "plan:board", "plan:target", "projects:register"}
# They say how the machine is at this moment.
MOMENTARY = {"core:health", "core:ready"}


def asked(client, address):
    cache.clear()
    response = client.get(address)
    body = b"".join(response) if response.streaming else response.content
    return response, body


def what_is_said(client, address):
    with taken_back():
        return asked(client, address)[0].headers["Cache-Control"]


@pytest.mark.parametrize("person", sorted(set(PEOPLE) - {"anonymous"}))
def test_signed_in_people_get_nothing_that_may_be_kept(world, person):
    kept = [
        route.name
        for route in routes()
        if what_is_said(world.client(person), world.address(route)) != PRIVATE
    ]
    assert kept == []


@pytest.fixture
def _one_instant():
    """An answer may say when it was made, also inside of a workbook."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("_one_instant")
def test_what_may_be_kept_is_the_same_for_everybody_who_did_not_sign_in(world):
    wrong, public = [], set()
    for route in routes():
        address = world.address(route)
        response, body = asked(world.client("anonymous"), address)
        said = response.headers["Cache-Control"]
        if said == PRIVATE:
            continue
        public.add(route.name)
        again = asked(world.client("anonymous"), address)[1]
        varies = {name.strip() for name in response.headers["Vary"].split(",")}
        if (
            (said, response.status_code, len(response.cookies)) != (PUBLIC, 200, 0)
            or b"csrfmiddlewaretoken" in body
            or not {"Cookie", "HX-Request"} <= varies
            or body != again
        ):
            wrong.append(route.name)
    assert wrong == []
    assert public >= KEPT
    assert not public & MOMENTARY


def test_pages_of_signing_in_are_never_kept(world):
    client = world.client("anonymous")
    for address in ("/accounts/login/", "/accounts/logout/", "/workspace/", "/no-such-page/"):
        assert client.get(address).headers["Cache-Control"] == PRIVATE, address
