"""Who gets what at every address: the committed table against the running site.

The words of ``access_matrix.csv``: *allow* (the page, or an answer about what was typed), *sign-in*
(asked to sign in first), *token* (401: for programs with a token alone), *refuse* (403), *missing* (404: not there, or not for this person to know),
*method* (405). A route without a row fails, and so does a row without a route.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client

from tests.architecture.access_world import FORMS, METHODS, PEOPLE, Route, World, routes, taken_back

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("access_matrix.csv")
WORDS = {401: "token", 403: "refuse", 404: "missing", 405: "method"}
# What a rule or a form says about an empty submission is an answer, not a refusal of the person.
ANSWERS = {400, 409, 422}


def committed() -> dict[tuple[str, str, str], str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["route"], row["method"], person): row[person]
            for row in csv.DictReader(file)
            for person in PEOPLE
        }


def outcome(response) -> str:
    status = response.status_code
    if status in WORDS:
        return WORDS[status]
    if status in {301, 302} and response.headers["Location"].startswith(
        resolve_url("account_login")
    ):
        return "sign-in"
    return "allow" if status < 400 or status in ANSWERS else f"error {status}"


def _sent(client: Client, method: str, address: str, form: Mapping[str, str]) -> HttpResponse:
    """Ask as a browser does from one of our own pages."""
    if method == "POST":
        return client.post(address, form, headers={"Origin": "http://testserver"})
    return client.get(address)


def tried(world: World, route: Route, method: str, person: str) -> str:
    """Ask once, as one person, and take back whatever it did."""
    with taken_back():
        cache.clear()
        address, form = world.address(route), FORMS.get(route.name, {})
        response = _sent(world.client(person), method, address, form)
        if response.streaming:
            b"".join(response)
        return outcome(response)


def test_every_route_has_its_rows_and_every_row_its_route():
    listed = {(name, method) for name, method, _person in committed()}
    existing = {(route.name, method) for route in routes() for method in METHODS}
    assert (existing - listed, listed - existing) == (set(), set())


@pytest.mark.parametrize("person", PEOPLE)
def test_every_route_answers_each_role_as_the_table_says(world, person):
    expected = committed()
    wrong = {}
    for route in routes():
        for method in METHODS:
            found = tried(world, route, method, person)
            said = expected.get((route.name, method, person), "no row")
            if found != said:
                wrong[f"{method} {route.name}"] = f"{found}, the table says {said}"
    assert wrong == {}
