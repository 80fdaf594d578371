"""What each role gets with a token of all scopes; with a session alone every row is *token* (401)."""

from uuid import UUID

from tests.architecture.access_world import PEOPLE, routes
from zhiqiao.apps.accounts.choices import ADMIN_ROLES
from zhiqiao.config.tests.api_client import program_of

ASKED = {
    "code": "A9",
    "major": "护理",
    "batch": "college",
    "exam_type": "secondary",
    "category": "nursing",
    "requested": 2,
}
TOKEN_OUTCOMES = {
    "read_tasks": ("ok", "ok", "ok", "ok"),
    "read_task": ("ok", "ok", "ok", "missing"),
    "read_obligations": ("ok", "ok", "ok", "ok"),
    "read_consequences": ("ok", "ok", "ok", "ok"),
    "read_supervisions": ("ok", "ok", "ok", "ok"),
    "read_requests": ("ok", "ok", "refuse", "ok"),
    "read_request": ("ok", "ok", "refuse", "ok"),
    "read_flows": ("ok", "ok", "refuse", "ok"),
    "read_line_flows": ("ok", "ok", "refuse", "ok"),
    "write_request": ("missing", "missing", "refuse", "missing"),
    "change_request": ("ok", "ok", "refuse", "ok"),
    "hand_in_request": ("ok", "ok", "refuse", "ok"),
    "decide_request": ("ok", "ok", "refuse", "refuse"),
    "read_candidates": ("ok", "ok", "refuse", "ok"),
    "read_candidate": ("ok", "ok", "refuse", "ok"),
    "read_own_candidacies": ("ok", "ok", "ok", "ok"),
    "read_own_scores": ("missing", "missing", "missing", "missing"),
    "read_own_programmes": ("missing", "missing", "missing", "missing"),
    "read_own_choices": ("missing", "missing", "missing", "missing"),
    "read_own_result": ("missing", "missing", "missing", "missing"),
    "read_own_leaf": ("missing", "missing", "missing", "missing"),
    "read_own_appeals": ("missing", "missing", "missing", "missing"),
    "read_own_recheck": ("missing", "missing", "missing", "missing"),
    "read_standing": ("ok", "ok", "refuse", "refuse"),
    "read_steps": ("ok", "ok", "refuse", "refuse"),
    "read_steps_to_sign": ("ok", "ok", "refuse", "refuse"),
    "ask_step": ("ok", "ok", "refuse", "refuse"),
    "sign_step": ("ok", "ok", "refuse", "refuse"),
    "take_step_back": ("ok", "ok", "refuse", "refuse"),
    "read_appeals": ("ok", "ok", "refuse", "refuse"),
    "answer_appeal": ("ok", "ok", "refuse", "refuse"),
    "read_rechecks": ("ok", "ok", "refuse", "refuse"),
    "answer_recheck": ("ok", "ok", "refuse", "refuse"),
    "read_answers": ("ok", "ok", "refuse", "ok"),
    "read_enrolments": ("ok", "ok", "refuse", "ok"),
    "enrol": ("ok", "ok", "refuse", "ok"),
    "read_letters": ("ok", "ok", "refuse", "ok"),
    "read_privileges": ("ok", "ok", "refuse", "ok"),
    "read_reports": ("ok", "ok", "ok", "ok"),
    "read_report": ("ok", "ok", "ok", "missing"),
    "hand_in_report": ("refuse", "refuse", "ok", "missing"),
    "read_own_applications": ("ok", "ok", "ok", "ok"),
    "read_applications": ("ok", "ok", "refuse", "refuse"),
    "write_report": ("refuse", "refuse", "ok", "missing"),
}
# What each write is sent; an answer about its content, or about the state, is one to the person.
CONTENTS = {
    "write_report": {"progress": "已完成"},
    "write_request": {**ASKED, "school_uid": str(UUID(int=1))},
    "change_request": ASKED,
    "hand_in_report": None,
    "hand_in_request": None,
    "decide_request": {"decision": "approve", "words": "文"},
    "ask_step": {"arrow": "freeze-places"},
    "sign_step": {"step": str(UUID(int=1))},
    "take_step_back": {"step": str(UUID(int=1)), "reason": "撤回"},
    "answer_appeal": {"upheld": False, "answer": "无误"},
    "answer_recheck": {"upheld": False, "answer": "无误"},
    "enrol": None,
}
PUT = {"write_report", "change_request"}
WORDS = {403: "refuse", 404: "missing", 409: "ok", 428: "ok"}


def test_with_a_token_each_role_gets_what_the_table_says(world):
    roles = [name for name, role in PEOPLE.items() if role and role not in ADMIN_ROLES]
    programs = {name: program_of(world.people[name]) for name in roles}
    found = {}
    for route in routes():
        name = route.name.removeprefix("api:")
        if route.name.startswith("api:") and name in TOKEN_OUTCOMES:
            path = world.address(route).removeprefix("/api/v1")
            found[name] = tuple(_outcome(programs[who], name, path) for who in roles)

    assert roles == ["clerk", "lead", "body", "school"]
    assert found == TOKEN_OUTCOMES


def _outcome(program, name, path):
    if name in PUT:
        answer = program.put(path, CONTENTS[name])
    elif name in CONTENTS:
        answer = program.post(path, CONTENTS[name])
    else:
        answer = program.get(path)
    return WORDS.get(answer.status_code, "ok" if answer.status_code < 400 else answer.content)
