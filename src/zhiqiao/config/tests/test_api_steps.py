"""Steps of a season in the API: asked for by one person, signed by another, never by a school."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import SeasonStep
from zhiqiao.apps.admissions.tests.factories import (
    approve_all,
    make_season_world,
    play_until,
)
from zhiqiao.config.tests.api_client import ProgramClient, program_of, refusal, strange_in
from zhiqiao.core.fields import Provenance

pytestmark = pytest.mark.django_db
ASKED = {"arrow": "freeze-places", "reason": "按计划"}


@pytest.fixture
def world():
    made = make_season_world()
    approve_all(made)
    return made


@pytest.fixture
def programs(world):
    people = {"clerk": world.clerk, "lead": world.lead, "school": world.clerks["甲学院"]}
    return {name: program_of(person) for name, person in people.items()}


def path(world, name):
    return f"/admissions/{world.season.uid}/{name}"


def test_one_person_asks_and_another_one_signs(world, programs):
    before = programs["clerk"].get(path(world, "standing"))
    asked = programs["clerk"].post(path(world, "steps"), ASKED)
    step = asked.json()["waiting"]
    own = programs["clerk"].post(path(world, "sign"), {"step": step["uid"]})
    listed = programs["lead"].get("/steps-to-sign")
    signed = programs["lead"].post(path(world, "sign"), {"step": step["uid"]})

    assert [one["arrow"] for one in before.json()["next"]] == ["freeze-places"]
    assert before.json()["counts"] == {"candidates": 5, "eligible": 5, "locked": 0}
    assert (asked.json()["state"], step["arrow"], step["is_running"]) == (
        "draft", "freeze-places", False,
    )  # fmt: skip
    assert refusal(own) == (403, "admissions.two-persons")
    assert [row["uid"] for row in listed.json()["items"]] == [step["uid"]]
    assert (signed.json()["state"], signed.json()["waiting"]) == ("places-frozen", None)
    kept = SeasonStep.objects.get()
    assert (kept.asked_by, kept.signed_by, kept.reason) == (world.clerk, world.lead, "按计划")
    assert programs["lead"].get("/steps-to-sign").json()["items"] == []
    (done,) = programs["clerk"].get(path(world, "steps")).json()["items"]
    assert (done["arrow"], done["is_taken"], done["signed_by"]) == (
        "freeze-places", True, world.lead.name,
    )  # fmt: skip
    assert done["digest"]


def test_answers_fit_their_description(world, programs):
    asked = programs["clerk"].post(path(world, "steps"), ASKED)

    assert strange_in(asked, "/admissions/{uid}/steps", method="post") == []
    assert strange_in(programs["lead"].get("/steps-to-sign"), "/steps-to-sign") == []
    standing = programs["lead"].get(path(world, "standing"))
    assert strange_in(standing, "/admissions/{uid}/standing") == []
    programs["lead"].post(path(world, "sign"), {"step": asked.json()["waiting"]["uid"]})
    steps = programs["lead"].get(path(world, "steps"))
    assert strange_in(steps, "/admissions/{uid}/steps") == []


def test_nobody_signs_another_step_than_the_one_that_was_seen(world, programs):
    first = programs["clerk"].post(path(world, "steps"), ASKED).json()["waiting"]
    back = programs["clerk"].post(
        path(world, "take-back"), {"step": first["uid"], "reason": "写错"}
    )
    programs["clerk"].post(path(world, "steps"), ASKED)

    wrong = [
        programs["lead"].post(path(world, "sign"), {"step": first["uid"]}),
        programs["lead"].post(path(world, "take-back"), {"step": str(uuid4()), "reason": "x"}),
    ]
    assert back.json()["waiting"] is None
    assert [refusal(one) for one in wrong] == [(409, "admissions.no-step-waits")] * 2
    assert world.again().state == "draft"


def test_steps_are_asked_for_as_the_rules_say(world, programs):
    late = programs["clerk"].post(path(world, "steps"), {"arrow": "publish"})
    unknown = programs["clerk"].post(path(world, "steps"), {"arrow": "no-such-step"})
    programs["clerk"].post(path(world, "steps"), ASKED)
    twice = programs["clerk"].post(path(world, "steps"), ASKED)

    assert [refusal(one) for one in (late, unknown, twice)] == [
        (409, "admissions.wrong-state"),
        (422, "core.api_parameter"),
        (409, "admissions.step-waits"),
    ]
    assert twice.json()["detail"]


def test_step_sent_again_with_its_key_is_asked_for_once(world, programs):
    first, again = (
        programs["clerk"].post(path(world, "steps"), ASKED, Idempotency_Key="k") for _ in range(2)
    )

    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (
        200, first.json(), "true",
    )  # fmt: skip
    assert SeasonStep.objects.count() == 1


def test_schools_and_strangers_neither_read_nor_take_steps(world, programs):
    school, seen = programs["school"], {"step": str(uuid4())}
    answers = [
        school.get(path(world, "standing")),
        school.get(path(world, "steps")),
        school.get("/steps-to-sign"),
        school.post(path(world, "steps"), ASKED),
        school.post(path(world, "sign"), seen),
        school.post(path(world, "take-back"), seen | {"reason": "x"}),
    ]
    reader = program_of(world.clerk, scopes=("admissions:season",))

    assert [refusal(one) for one in answers] == [(403, "admissions.not-yours")] * 6
    assert refusal(reader.post(path(world, "steps"), ASKED)) == (403, "accounts.token-scope-missing")  # fmt: skip
    assert refusal(ProgramClient().get(path(world, "standing"))) == (401, "core.token_needed")
    assert refusal(programs["clerk"].get(f"/admissions/{uuid4()}/standing")) == (
        404, "admissions.missing",
    )  # fmt: skip
    assert SeasonStep.objects.count() == 0


def test_steps_of_demonstrations_are_not_among_those_to_sign(world, programs):
    programs["clerk"].post(path(world, "steps"), ASKED)
    world.season.__class__.objects.update(provenance=Provenance.DEMONSTRATION)

    assert programs["lead"].get("/steps-to-sign").json()["items"] == []


def test_lists_take_a_constant_number_of_queries():
    world = play_until(make_season_world(), Arrow.RUN_TRIAL)
    program, counts = program_of(world.clerk), []
    program.get(path(world, "steps"))
    for number in (1, 3):
        with CaptureQueriesContext(connection) as statements:
            assert len(program.get(path(world, "steps"), per_page=number).json()["items"]) == number
        counts.append(len(statements))
    assert counts[0] == counts[1]
