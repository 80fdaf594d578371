"""Nothing that depends on a person may be kept by a proxy: every address, as every person."""

import re

import pytest
from django.core.cache import cache

from tests.architecture.access_world import PEOPLE, make_world, routes
from zhiqiao.core.caching import PRIVATE, PUBLIC

pytestmark = pytest.mark.django_db
# Small lists that anybody reads; at least these must be kept, or result day is lost.
KEPT = {"portal:home", "portal:about", "plan:board", "plan:target", "projects:register"}
# The instant at which an answer was made, which it may say.
INSTANT = re.compile(rb"\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?")
# They say how the machine is at this moment.
MOMENTARY = {"core:health", "core:ready"}


def asked(client, address):
    cache.clear()
    response = client.get(address)
    body = b"".join(response) if response.streaming else response.content
    return response, INSTANT.sub(b"", body)


def test_signed_in_people_get_nothing_that_may_be_kept():
    world = make_world()
    kept = [
        f"{person} {route.name}"
        for person in PEOPLE
        if person != "anonymous"
        for route in routes()
        if asked(world.client(person), world.address(route))[0].headers["Cache-Control"] != PRIVATE
    ]
    assert kept == []


def test_what_may_be_kept_is_the_same_for_everybody_who_did_not_sign_in():
    world = make_world()
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


def test_pages_of_signing_in_are_never_kept():
    world = make_world()
    client = world.client("anonymous")
    for address in ("/accounts/login/", "/accounts/logout/", "/workspace/", "/no-such-page/"):
        assert client.get(address).headers["Cache-Control"] == PRIVATE, address
