"""What each role gets with a token of all scopes; with a session alone every row is *token* (401)."""

from tests.architecture.access_world import PEOPLE, routes
from zhiqiao.apps.accounts.choices import ADMIN_ROLES
from zhiqiao.config.tests.api_client import program_of

TOKEN_OUTCOMES = {
    "read_tasks": ("ok", "ok", "ok", "ok"),
    "read_task": ("ok", "ok", "ok", "missing"),
    "read_obligations": ("ok", "ok", "ok", "ok"),
    "read_consequences": ("ok", "ok", "ok", "ok"),
    "read_supervisions": ("ok", "ok", "ok", "ok"),
    "read_letters": ("ok", "ok", "refuse", "ok"),
    "read_privileges": ("ok", "ok", "refuse", "ok"),
    "read_reports": ("ok", "ok", "ok", "ok"),
    "read_report": ("ok", "ok", "ok", "missing"),
    "hand_in_report": ("refuse", "refuse", "ok", "missing"),
    "read_own_applications": ("ok", "ok", "ok", "ok"),
    "read_applications": ("ok", "ok", "refuse", "refuse"),
    "write_report": ("refuse", "refuse", "ok", "missing"),
}
WORDS = {403: "refuse", 404: "missing", 428: "ok"}


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
    if name == "write_report":
        answer = program.put(path, {"progress": "已完成"})
    else:
        answer = program.post(path) if name == "hand_in_report" else program.get(path)
    return WORDS.get(answer.status_code, "ok" if answer.status_code < 400 else answer.content)
