"""The open API as an outside program meets it."""

import json
from pathlib import Path
from uuid import UUID

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import ApiToken
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.plan import actions
from zhiqiao.apps.plan.tests.task_world import make_world
from zhiqiao.apps.projects.actions import withdraw_recognition
from zhiqiao.apps.projects.tests import factories
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.config.api import api
from zhiqiao.config.tests.api_client import token_of

pytestmark = pytest.mark.django_db

UNKNOWN = UUID(int=1)
SNAPSHOT = Path(__file__).parents[4] / "docs" / "reference" / "openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def records():
    factories.region()
    make_organisation("云岭职业技术学院")
    return [
        factories.recognition(name=f"基地{n}", holder="一校", partners=["二厂"]) for n in range(3)
    ]


def get(client, path, **query):
    return client.get(f"/api/v1{path}", query)


def test_description_is_the_one_that_was_published():
    """``just openapi`` writes it anew."""
    assert json.loads(SNAPSHOT.read_text()) == json.loads(json.dumps(api.get_openapi_schema()))


def test_description_is_written_once_for_each_root():
    once, moved = api.get_openapi_schema(), api.get_openapi_schema(path_prefix="/moved/")

    assert api.get_openapi_schema() is once
    assert [path.removeprefix("/moved/") for path in moved["paths"]] == [
        path.removeprefix("/api/v1/") for path in once["paths"]
    ]


def test_board_is_the_one_of_the_page(client, records):
    board = {row["id"]: row for row in client.get("/board.json").json()}

    items = get(client, "/board", per_page=200).json()["items"]

    assert {row["id"]: row["value"] for row in items} == {
        name: row["value"] for name, row in board.items()
    }
    assert all(row["value"] is None for row in items if row["list_state"] == "not-loaded")


def test_items_are_searched_filtered_and_paged(client, records):
    page = get(client, "/registers/vr-base/items", q="基地", per_page=2, page=2).json()

    assert (page["total"], page["page"], len(page["items"])) == (3, 2, 1)
    assert page["licence"] == "CC BY 4.0"
    none = get(client, "/registers/vr-base/items", level="municipal").json()
    assert (none["total"], none["items"]) == (0, [])


def test_item_shows_its_partners_and_evidence(client, records):
    row = get(client, f"/recognitions/{records[0].uid}").json()

    assert (row["name"], row["holder"], row["partners"]) == ("基地0", "一校", ["二厂"])


def test_signed_in_keeper_gets_no_more_than_the_public(client, records):
    keeper = make_member(Role.BUREAU_CLERK, login="keeper")
    withdraw_recognition(records[0], actor=keeper, reason="Twice")
    client.force_login(keeper)

    assert get(client, "/registers/vr-base/items").json()["total"] == 2
    assert get(client, f"/recognitions/{records[0].uid}").status_code == 404


def test_demonstration_rows_are_never_open_data(client, records):
    row = factories.recognition(name="演示基地", provenance="demonstration")
    body = make_organisation("演示学校", provenance="demonstration")

    assert "演示基地" not in get(client, "/registers/vr-base/items").content.decode()
    assert get(client, f"/recognitions/{row.uid}").status_code == 404
    assert "演示学校" not in get(client, "/organisations", per_page=200).content.decode()
    assert get(client, f"/organisations/{body.uid}").status_code == 404


def test_rows_name_their_provenance_and_registers_how_much_waits(client, records):
    factories.recognition(kind="park-consortium", name="联合体", provenance="reported")

    registers = get(client, "/registers").json()["items"]
    waiting = {one["kind"]: one["pending"] for one in registers}
    items = get(client, "/registers/park-consortium/items").json()["items"]

    assert waiting["park-consortium"] == 1
    assert waiting["vr-base"] == 0
    assert [item["provenance"] for item in items] == ["reported"]


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/registers/no-such/items", {}, 404, "projects.kind-unknown"),
        ("/board/T99", {}, 404, "plan.unknown-target"),
        (f"/recognitions/{UNKNOWN}", {}, 404, "projects.recognition-missing"),
        ("/recognitions/not-a-uid", {}, 422, "core.api_parameter"),
        ("/registers/vr-base/items", {"page": "0"}, 422, "core.api_parameter"),
        ("/registers/vr-base/items", {"per_page": "100000"}, 422, "core.api_parameter"),
        ("/organisations", {"q": "x" * 101}, 422, "core.api_parameter"),
    ],
)
def test_error_is_a_problem_with_a_remedy(client, path, query, status, code):
    answer = get(client, path, **query)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    "path",
    [
        "/search/?q=%00",
        "/organisations/?q=a%00b",
        "/registers/vr-base/?q=%00",
        "/targets/%00/",
        "/api/v1/organisations?q=%00",
    ],
)
def test_address_with_a_nul_is_refused(client, path):
    assert client.get(path).status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_items_take_a_constant_number_of_queries(client, rows, django_assert_num_queries):
    for number in range(rows):
        factories.recognition(name=f"基地{number}", holder="一校")

    with django_assert_num_queries(2):
        get(client, "/registers/vr-base/items")


@pytest.mark.parametrize("rows", [1, 3])
def test_organisations_take_a_constant_number_of_queries(client, rows, django_assert_num_queries):
    region = make_region()
    for number in range(rows):
        make_organisation(f"学院{number}", region=region)

    with django_assert_num_queries(2):
        get(client, "/organisations")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["anybody", "body", "bureau"])
def test_whatever_is_asked_the_api_answers_as_it_is_described(records, who):
    """No server error, no status, type or shape that the description does not name."""
    headers = {} if who == "anybody" else {"Authorization": f"Bearer {_token(who)}"}
    description = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    strange = []
    for operation in description.get_all_operations():
        case_strategy = operation.ok().as_strategy()
        _ask(case_strategy, strange, headers)
    assert strange == []


def _token(who):
    world = make_world()
    actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)
    token = token_of(world.clerk if who == "bureau" else world.department)
    ApiToken.objects.update(per_minute=6_000)
    return token


def _ask(strategy, strange, headers):
    @settings(
        max_examples=25,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case):
        case.call_and_validate(checks=CHECKS, headers=headers)

    try:
        ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the others
        strange.append(str(error)[:800])
