"""Lists of the open API: what is sent fits its description, cursors, and CSV."""

import csv
import json
from datetime import date
from io import StringIO

import pytest
from django.db import connection
from jsonschema_rs import Draft202012Validator

from zhiqiao.apps.admissions.models import SeasonStep
from zhiqiao.apps.admissions.tests.rows import make_season_rows
from zhiqiao.apps.plan import actions
from zhiqiao.apps.plan.actions import Words
from zhiqiao.apps.plan.tests.task_world import make_world
from zhiqiao.apps.projects.api import ITEMS, ItemOut
from zhiqiao.apps.projects.models import Application, Recognition
from zhiqiao.apps.projects.queries import recognitions_of_kind
from zhiqiao.apps.projects.tests import factories
from zhiqiao.apps.projects.tests.building import make_project
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.config.api import api
from zhiqiao.config.tests.api_client import program_of
from zhiqiao.core import listing
from zhiqiao.core.csv_files import cell
from zhiqiao.core.cursors import behind, cursor_after, keys_of

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/registers/vr-base/items"
OF_SEASONS = (
    *("letters", "privileges", "requests", "flows", "candidates", "enrolments", "steps"),
    *("appeals", "rechecks", "answers"),
)
OF_THE_BUREAU = (
    "/calls/{uid}/applications",
    "/place-lines/{uid}/flows",
    "/steps-to-sign",
    *(f"/admissions/{{uid}}/{name}" for name in OF_SEASONS),
)
SORTS = ["", "-name", "announced", "-announced", "area", "-level"]


@pytest.fixture
def seven():
    return [
        factories.recognition(name=f"基地{n % 5}", holder=f"{n}校", announced=day)
        for n, day in enumerate(["2023", "", "2024-05", "", "2023", "2021-01-02", ""])
    ]


def walked(client, **query):
    """Read a list to its end by cursors; give the names of holders, which are all different."""
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(ADDRESS, {**query, "cursor": cursor, "per_page": 2}).json()
        found += [row["holder"] for row in page["items"]]
        cursor = page["next"]
    return found


def file_of(client, address=ADDRESS, **query):
    answer = client.get(address, {"format": "csv", **query})
    text = b"".join(answer.streaming_content).decode()
    return answer, list(csv.reader(StringIO(text)))


@pytest.mark.parametrize("sort", SORTS)
def test_cursors_give_every_row_once_and_in_the_order_of_the_pages(client, seven, sort):
    whole = client.get(ADDRESS, {"sort": sort, "per_page": 200}).json()["items"]

    assert walked(client, sort=sort) == [row["holder"] for row in whole]
    assert len(whole) == len(seven)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sort", SORTS)
def test_statements_that_are_kept_give_the_same_rows(client, sort):
    """Outside of a transaction the SQL is written once; a cursor's values are put in each time."""
    for n, day in enumerate(["2023", "", "2024-05", "", "2023", "2021-01-02", ""]):
        factories.recognition(name=f"基地{n % 5}", holder=f"{n}校", announced=day)

    whole = client.get(ADDRESS, {"sort": sort, "per_page": 200}).json()["items"]

    assert walked(client, sort=sort) == [row["holder"] for row in whole]
    assert walked(client, sort=sort, level="national") == [row["holder"] for row in whole]
    assert walked(client, sort=sort, level="municipal") == []


def test_a_row_that_goes_meanwhile_shifts_nothing(client, seven):
    first = client.get(ADDRESS, {"per_page": 3}).json()
    Recognition.objects.filter(uid=first["items"][0]["uid"]).delete()

    second = client.get(ADDRESS, {"per_page": 200, "cursor": first["next"]}).json()

    given = [row["holder"] for row in first["items"] + second["items"]]
    assert sorted(given) == sorted(row.holder_text for row in seven)


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyIxIiwyXQ", "bnVsbA", "5Lit", "WyIiXQ==", "\x7f", "[" * 900]
)
def test_a_cursor_that_nobody_gave_is_refused(client, seven, cursor):
    answer = client.get(ADDRESS, {"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (422, "core.api_cursor")


@pytest.mark.parametrize("forged", [["a\0", 1], ["\ud800", 1], ["a", 2**70], ["a", True], [[], 1]])
def test_a_forged_cursor_is_refused(client, seven, forged):
    keys = keys_of(recognitions_of_kind(None, "vr-base"))
    good = cursor_after(keys, ["a", 1])
    mark = json.loads(listing_text(good))[0]
    answer = client.get(ADDRESS, {"cursor": text_cursor([mark, *forged])})

    assert answer.status_code == 422


def listing_text(cursor):
    import base64  # noqa: PLC0415 - only here

    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def text_cursor(values):
    import base64  # noqa: PLC0415 - only here

    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_a_cursor_of_another_order_is_refused(client, seven):
    cursor = client.get(ADDRESS, {"per_page": 2}).json()["next"]

    answer = client.get(ADDRESS, {"per_page": 2, "cursor": cursor, "sort": "-name"})

    assert answer.json()["code"] == "core.api_cursor"


def scanned(rows):
    """Count the index entries that the database reads for a page."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    plan = json.loads(rows.explain(format="json", analyze=True))
    return _read(plan[0]["Plan"])


def _read(node):
    own = 0
    if node.get("Relation Name") == "projects_recognition":
        own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return own + sum(_read(child) for child in node.get("Plans", ()))


def test_a_deep_page_by_cursor_reads_as_little_as_the_first_one():
    area = factories.region()
    Recognition.objects.bulk_create(
        Recognition(
            kind="vr-base",
            name=f"n{number:04}",
            name_key=f"n{number:04}",
            area=area,
            provenance="public-source",
            natural_key=f"k{number}",
        )
        for number in range(600)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_recognition")
    rows = recognitions_of_kind(None, "vr-base").values_list("name_key", "id")
    deep = cursor_after(keys_of(rows), rows[500])

    assert scanned(rows[500:510]) >= 510
    assert scanned(behind(rows, deep)[:10]) <= 12


def description():
    return json.loads(json.dumps(api.get_openapi_schema()))


def lists_of_the_api():
    """Give the address of every list with the check that its published description makes."""
    schema = description()
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            content = operation["responses"]["200"]["content"]["application/json"]["schema"]
            if "/Listed_" in content.get("$ref", ""):
                described = {**content, "components": schema["components"]}
                yield path, Draft202012Validator(described, validate_formats=True)


def columns_of(path):
    """Name the fields of a row, as the published description has them."""
    schema = description()
    content = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    known = schema["components"]["schemas"]
    page = known[content["schema"]["$ref"].rpartition("/")[2]]
    return set(known[page["properties"]["items"]["items"]["$ref"].rpartition("/")[2]]["properties"])


def told_in(path, rows):
    """Name the row whose list an address is of."""
    known = {
        "/runs/{uid}": "run",
        "/calls/{uid}": "call",
        "/place-lines/{uid}": "line",
        "/my-admission/{uid}": "candidate",
    }
    return rows[next((name for part, name in known.items() if part in path), "season")].uid


def add_steps(season):
    """Add a step that was taken and one that waits."""
    asked = {"season": season, "round": 0, "to_state": "closed", "asked_at": season.opened_at}
    SeasonStep.objects.create(
        **asked, arrow="publish", from_state="confirmed", ended_at=season.opened_at, is_taken=True
    )
    SeasonStep.objects.create(**asked, arrow="close", from_state="published")


def test_what_is_sent_fits_its_description(seven):
    """It is not checked at run time, so it is checked here, with rows in every list."""
    world = make_world()
    make_organisation("云岭学院", region=factories.region())
    actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)
    actions.save_report(
        world.part, date(2026, 9, 30), Words(progress="一半"), actor=world.department
    )
    rows = make_season_rows(school=make_organisation("云岭职院"), account=world.department)
    add_steps(rows["season"])
    project, _who = make_project()
    rows["call"] = project.call
    body = world.department.memberships.get().organisation
    Application.objects.filter(pk=project.pk).update(applicant=body)
    ours, bureau, wrong, empty = program_of(world.department), program_of(world.clerk), {}, set()
    lists = dict(lists_of_the_api())
    for path, check in lists.items():
        address = path.removeprefix("/api/v1").format(
            kind="vr-base", target_id="T01", uid=told_in(path, rows)
        )
        program = bureau if path.endswith(OF_THE_BUREAU) else ours
        page = program.get(address, per_page=200).json()
        wrong[path] = [str(error) for error in check.iter_errors(page)]
        wrong[path] += [row for row in page["items"] if set(row) != columns_of(path)][:1]
        if not page["items"]:
            empty.add(path.rpartition("/")[2])

    assert len(lists) == 39
    assert {path: errors for path, errors in wrong.items() if errors} == {}
    assert empty <= {"history", "records"}


@pytest.mark.parametrize(("name", "value"), [("uid", 7), ("name", None), ("holder_uid", "x")])
def test_a_row_that_does_not_fit_would_be_found(client, seven, name, value):
    page = client.get(ADDRESS).json()
    check = dict(lists_of_the_api())["/api/v1/registers/{kind}/items"]
    good = list(check.iter_errors(page))
    page["items"][0][name] = value

    assert good == []
    assert list(check.iter_errors(page)) != []
    assert set(page["items"][0]) == set(ItemOut.model_fields)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+86 23", "'+86 23"),
        ("-5", "'-5"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("－", "'－"),
        ("a=1", "a=1"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (None, ""),
        (True, "true"),
        (["=a", "b"], "'=a; b"),
    ],
)
def test_a_text_becomes_no_formula_and_a_number_stays_one(value, shown):
    assert cell(value) == shown


def test_csv_has_the_columns_and_rows_of_the_json(client, seven):
    answer, (heading, *rows) = file_of(client)

    items = client.get(ADDRESS, {"per_page": 200}).json()["items"]
    assert heading == list(items[0])
    assert rows == [[cell(value) for value in item.values()] for item in items]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'rel="license"' in answer.headers["Link"]
    assert "recognised-items.csv" in answer.headers["Content-Disposition"]


def test_csv_splits_a_field_with_parts(client, seven):
    _answer, (heading, *rows) = file_of(client, "/api/v1/articles")

    assert heading == ["id", "number", "title.zh", "title.en", "summary.zh", "summary.en"]
    assert len(rows) == client.get("/api/v1/articles").json()["total"]


def test_csv_can_be_asked_for_by_the_header_and_begin_with_a_mark(client, seven):
    by_header = client.get(ADDRESS, headers={"accept": "text/csv"})
    marked = client.get(ADDRESS, {"format": "csv", "bom": "true"})
    plain = client.get(ADDRESS, headers={"accept": "text/html,*/*"})

    assert b"".join(by_header.streaming_content).startswith(b"uid,")
    assert b"".join(marked.streaming_content).startswith(b"\xef\xbb\xbfuid,")
    assert plain.headers["Content-Type"].startswith("application/json")


def test_csv_is_read_in_pieces_and_goes_on_in_a_next_file(client, seven, monkeypatch):
    monkeypatch.setattr(listing, "CHUNK", 2)
    monkeypatch.setattr(listing, "MOST_IN_A_FILE", 5)
    first, (heading, *rows) = file_of(client)
    following = next(
        part.split(">")[0].strip("< ")
        for part in first.headers["Link"].split(", ")
        if 'rel="next"' in part
    )

    second = client.get(following)
    rest = list(csv.reader(StringIO(b"".join(second.streaming_content).decode())))[1:]

    holders = [row[heading.index("holder")] for row in rows + rest]
    assert len(rows) == 5
    assert sorted(holders) == sorted(row.holder_text for row in seven)
    assert 'rel="next"' not in second.headers["Link"]


def test_wrong_parameters_of_a_csv_are_told_as_a_problem(client, seven):
    answers = [
        client.get(ADDRESS, {"format": "xml"}),
        client.get(ADDRESS, {"format": "csv", "cursor": "x"}),
    ]

    assert [one.status_code for one in answers] == [422, 422]


@pytest.mark.django_db(transaction=True)
def test_a_page_that_was_kept_is_drawn_anew_after_a_change(client):
    row = factories.recognition(name="旧名", holder="一校")
    before = client.get(ADDRESS).json()
    again = client.get(ADDRESS).json()
    from zhiqiao.core import revisions  # noqa: PLC0415 - only here

    Recognition.objects.filter(pk=row.pk).update(name="新名")
    revisions.bump("plan")
    after = client.get(ADDRESS).json()

    assert again == before
    assert [item["name"] for item in before["items"] + after["items"]] == ["旧名", "新名"]
    assert ITEMS.revision == "plan"
