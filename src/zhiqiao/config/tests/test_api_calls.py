"""Calls as open data, and applications for programs of whom they concern."""

import json
from datetime import timedelta

import pytest
from jsonschema_rs import Draft202012Validator

from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.rules import HIDDEN, Viewer
from zhiqiao.apps.projects.tests.calls import make_call
from zhiqiao.apps.projects.tests.selection import SECRETS, make_seen
from zhiqiao.config.api import api
from zhiqiao.config.tests.api_client import ProgramClient, program_of
from zhiqiao.core.dates import today
from zhiqiao.packs import Phase

pytestmark = pytest.mark.django_db
EVERYBODY = ProgramClient()


def items(program, path, **query):
    return program.get(path, **query).json()["items"]


def test_answers_fit_their_description():
    seen = make_seen()
    call = seen.application.call
    programs = {name: program_of(seen.people[name]) for name in (Viewer.APPLICANT, Viewer.BUREAU)}
    asked = {
        "/calls": (EVERYBODY, "/calls"),
        "/calls/{uid}": (EVERYBODY, f"/calls/{call.uid}"),
        "/own-applications": (programs[Viewer.APPLICANT], "/own-applications"),
        "/calls/{uid}/applications": (programs[Viewer.BUREAU], f"/calls/{call.uid}/applications"),
    }
    description = json.loads(json.dumps(api.get_openapi_schema()))
    strange = []
    for described, (program, path) in asked.items():
        answer = description["paths"][f"/api/v1{described}"]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        whole = {**schema, "components": description["components"]}
        faults = Draft202012Validator(whole).iter_errors(program.get(path).json())
        strange += [(described, fault.message) for fault in faults]
    assert strange == []


def test_calls_are_open_data_when_they_are_published_and_real():
    call = make_call()
    make_call(batch="二", published=False)
    sample = make_call(batch="三")
    Call.objects.filter(pk=sample.pk).update(provenance="demonstration")

    (listed,) = items(EVERYBODY, "/calls")
    whole = EVERYBODY.get(f"/calls/{call.uid}").json()

    assert (listed["uid"], listed["stage"]) == (str(call.uid), "open")
    assert whole["rules_digest"] == call.rules_digest
    assert whole["conditions"][0]["checked_by"] is None
    assert EVERYBODY.get(f"/calls/{sample.uid}").status_code == 404
    assert items(EVERYBODY, "/calls", stage="closed") == []


def test_own_applications_are_told_as_on_the_pages():
    seen = make_seen()
    program = program_of(seen.people[Viewer.APPLICANT])
    answers = []
    for phase in sorted(HIDDEN):
        seen.put(phase)
        (row,) = items(program, "/own-applications")
        answers.append(row)
        text = program.get("/own-applications", format="csv").getvalue().decode()
        assert [secret for secret in SECRETS if secret in text] == []

    assert all(row == answers[0] for row in answers)
    assert (answers[0]["phase"], answers[0]["state"]) == ("reviewing", "reviewing")
    assert (answers[0]["since"], answers[0]["due_on"]) == (None, None)
    seen.put(Phase.CHECKING)
    assert items(program, "/own-applications")[0]["due_on"] == f"{today()}"
    assert items(program_of(seen.people[Viewer.RECOMMENDER]), "/own-applications") == []
    assert EVERYBODY.get("/own-applications").status_code == 401


def test_list_of_a_call_is_for_the_bureau():
    seen = make_seen()
    seen.put(Phase.PANEL)
    path = f"/calls/{seen.application.call.uid}/applications"
    bureau = program_of(seen.people[Viewer.BUREAU])

    (row,) = items(bureau, path)
    assert (row["phase"], row["state"]) == ("panel", "panel")
    assert items(bureau, path, phase="checking") == []
    for other in (Viewer.APPLICANT, Viewer.RECOMMENDER):
        assert program_of(seen.people[other]).get(path).status_code == 403
    assert EVERYBODY.get(path).status_code == 401


def test_call_that_was_extended_is_open_until_then():
    call = make_call()
    until = call.closes_at + timedelta(days=3)
    call.extensions.create(until=until, reason="x", granted_at=call.made_at)

    assert items(EVERYBODY, "/calls")[0]["closes_at"][:16] == until.isoformat()[:16]
