"""Pathways as open data; letters and privileges for the programs of those who may read them."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema_rs import Draft202012Validator

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import bureau, make_member, make_user
from zhiqiao.apps.admissions.models import Letter, PathwayContract, Privilege, Season
from zhiqiao.apps.admissions.tests.rows import make_season_rows
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.config.api import api
from zhiqiao.config.tests.api_client import ProgramClient, program_of
from zhiqiao.core.fields import Provenance

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    return make_season_rows(school=make_organisation("云岭学院"), account=make_user())


@pytest.fixture
def programs(rows):
    clerk = make_member(Role.BUREAU_CLERK, login="clerk", organisation=bureau())
    school = make_member(Role.SCHOOL_CLERK, login="own", organisation=rows["line"].school)
    other = make_member(
        Role.SCHOOL_CLERK, login="other", organisation=make_organisation("云岭别校")
    )
    body = make_member(Role.BODY_CLERK, login="body", organisation=bureau())
    people = {"clerk": clerk, "own": school, "other": other, "body": body}
    return {name: program_of(person) for name, person in people.items()}


def papers(rows):
    season = rows["season"].uid
    return [f"/admissions/{season}/letters", f"/admissions/{season}/privileges"]


def test_answers_fit_their_description(rows, programs):
    description = json.loads(json.dumps(api.get_openapi_schema()))
    letters, privileges = papers(rows)
    described = {
        "/pathways": "/pathways",
        f"/pathways/{rows['contract'].uid}": "/pathways/{uid}",
        f"/letters/{rows['letter'].code}": "/letters/{code}",
        letters: "/admissions/{uid}/letters",
        privileges: "/admissions/{uid}/privileges",
    }
    strange = []
    for path, name in described.items():
        answer = description["paths"][f"/api/v1{name}"]["get"]["responses"]["200"]
        whole = {
            **answer["content"]["application/json"]["schema"],
            "components": description["components"],
        }
        given = programs["clerk"].get(path)
        assert given.status_code == 200
        strange += [
            (name, f.message) for f in Draft202012Validator(whole).iter_errors(given.json())
        ]
    assert strange == []


def test_pathways_in_force_are_open_data_with_gates_and_years_and_without_members(rows):
    everybody = ProgramClient()

    (listed,) = everybody.get("/pathways").json()["items"]
    whole = everybody.get(f"/pathways/{rows['contract'].uid}").json()

    assert (listed["kind"], listed["state"], listed["entered"]) == ("three-two", "in-force", 40)
    assert (whole["gates"][0]["title"]["zh"], whole["cohorts"]) == (
        "转段", [{"entry_year": 2023, "entered": 40}],
    )  # fmt: skip
    assert rows["candidate"].person.name not in json.dumps(whole, ensure_ascii=False)
    assert everybody.get("/pathways", kind="three-four").json()["items"] == []


def test_drafts_and_demonstration_pathways_are_no_open_data(rows):
    everybody = ProgramClient()
    draft = PathwayContract.objects.get(state="draft")
    assert everybody.get(f"/pathways/{draft.uid}").status_code == 404

    PathwayContract.objects.update(provenance=Provenance.DEMONSTRATION)

    assert everybody.get("/pathways").json()["items"] == []
    assert everybody.get(f"/pathways/{rows['contract'].uid}").status_code == 404


def test_letters_and_privileges_are_those_that_the_person_may_read(rows, programs):
    found = {
        name: [len(program.get(path).json().get("items", ())) for path in papers(rows)]
        for name, program in programs.items()
    }
    assert found == {"clerk": [1, 1], "own": [1, 1], "other": [0, 0], "body": [0, 0]}
    assert [programs["body"].get(path).status_code for path in papers(rows)] == [403, 403]
    assert [ProgramClient().get(path).status_code for path in papers(rows)] == [401, 401]
    clerk = User.objects.get(login="clerk")
    plain = program_of(clerk, scopes=("admissions:read",))
    assert [plain.get(path).status_code for path in papers(rows)] == [403, 403]


def test_privilege_has_neither_evidence_nor_name(rows, programs):
    (told,) = programs["own"].get(papers(rows)[1]).json()["items"]

    assert (told["award"], told["state"], told["candidate_number"]) == (
        "municipal-first", "published", "2601",
    )  # fmt: skip
    text = json.dumps(told, ensure_ascii=False)
    assert [w for w in ("证书", "不实", rows["candidate"].person.name) if w in text] == []
    assert programs["own"].get(papers(rows)[1], state="granted").json()["items"] == []


@pytest.mark.parametrize("what", [0, 1])
def test_lists_take_a_constant_number_of_queries(rows, programs, what):
    path, counts = papers(rows)[what], []
    programs["clerk"].get(path)
    for number in (1, 3):
        with CaptureQueriesContext(connection) as statements:
            assert len(programs["clerk"].get(path).json()["items"]) == number
        counts.append(len(statements))
        if number == 1:
            add_papers(rows)
    assert counts[0] == counts[1]


def add_papers(made):
    """Add two withdrawn letters and two privileges."""
    at = made["letter"].issued_at
    for number in ("2", "3"):
        Letter.objects.create(
            candidate=made["candidate"], line=made["line"], number=number, name="云",
            candidate_number="2601", code=number, issued_at=at, withdrawn_at=at,
        )  # fmt: skip
        Privilege.objects.create(
            candidate=made["candidate"], award=f"national-{number}", evidence="证",
            file=made["privilege"].file, asked_at=at,
        )  # fmt: skip


def test_anybody_with_the_code_checks_a_letter_and_a_withdrawn_one_is_told(rows):
    everybody, path = ProgramClient(), f"/letters/{rows['letter'].code}"

    told = everybody.get(path).json()

    assert (told["number"], told["is_genuine"]) == ("2026-A1-001", True)
    assert told["masked_name"] == rows["letter"].name[0] + "*" * (len(rows["letter"].name) - 1)
    Letter.objects.update(withdrawn_at=rows["letter"].issued_at)
    assert everybody.get(path).json()["is_genuine"] is False
    assert everybody.get("/letters/unknown").status_code == 404
    Season.objects.update(provenance=Provenance.DEMONSTRATION)
    assert everybody.get(path).status_code == 404


def test_session_of_the_site_opens_no_papers(rows):
    client = Client()
    client.force_login(make_member(Role.BUREAU_CLERK, login="clerk", organisation=bureau()))

    assert Privilege.objects.exists()
    assert [client.get(f"/api/v1{path}").status_code for path in papers(rows)] == [401, 401]
