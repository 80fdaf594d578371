"""Admission as open data: what everybody may read, and what nobody may."""

import json
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from jsonschema_rs import Draft202012Validator

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.apps.admissions.models import PlaceLine, Run, RunLine, Season
from zhiqiao.apps.admissions.tests.rows import make_season_rows
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.config.api import api
from zhiqiao.core.fields import Provenance

pytestmark = pytest.mark.django_db
UNKNOWN = UUID(int=1)
ADMITTED = {"A1": (1, "600", 9), "B1": (3, "580.5", 20), "B2": (0, "", None)}


@pytest.fixture
def rows():
    """A published season with a line of one admitted, one of three and one of none."""
    school = make_organisation("云岭学院")
    made = make_season_rows(school=school, account=make_user())
    add_lines(made, "B1", "B2")
    for code, (admitted, cutoff, position) in ADMITTED.items():
        RunLine.objects.filter(line__code=code).update(
            admitted=admitted, cutoff=cutoff, position=position
        )
    return made


def add_lines(made, *codes):
    for code in codes:
        line = PlaceLine.objects.create(
            season=made["season"], school=made["line"].school, code=code, major="护理",
            major_code="520201", batch="bachelor", exam_type="secondary", category="nursing",
            requested=4, state="approved",
        )  # fmt: skip
        RunLine.objects.create(run=made["run"], line=line, places=4, admitted=0)


def get(client, path, **query):
    return client.get(f"/api/v1{path}", query)


def items(client, path, **query):
    return get(client, path, **query).json()["items"]


def paths(made):
    season, run = made["season"].uid, made["run"].uid
    return {
        "/admissions": "/admissions",
        f"/admissions/{season}": "/admissions/{uid}",
        f"/admissions/{season}/programmes": "/admissions/{uid}/programmes",
        f"/admissions/{season}/runs": "/admissions/{uid}/runs",
        f"/runs/{run}/outcomes": "/runs/{uid}/outcomes",
        f"/runs/{run}/bundle": "/runs/{uid}/bundle",
    }


def test_answers_fit_their_description(client, rows):
    description = json.loads(json.dumps(api.get_openapi_schema()))
    strange = []
    for path, described in paths(rows).items():
        answer = description["paths"][f"/api/v1{described}"]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        whole = {**schema, "components": description["components"]}
        faults = Draft202012Validator(whole).iter_errors(get(client, path).json())
        strange += [(described, fault.message) for fault in faults]
    assert strange == []


def test_season_has_the_words_of_its_scheme(client, rows):
    (listed,) = items(client, "/admissions")
    season = get(client, f"/admissions/{listed['uid']}").json()

    assert (season["scheme"], season["year"], season["state"]) == (
        "he-classified", 2026, "published",
    )  # fmt: skip
    assert season["categories"]["nursing"] == {"zh": "护理类", "en": "Nursing"}
    assert season["title"]["en"] == "Classified admission to higher vocational education"
    assert season["is_scheme_checked"] is False


def test_programmes_are_the_approved_ones_and_are_filtered(client, rows):
    path = f"/admissions/{rows['season'].uid}/programmes"
    all_, nursing, by_name, early = (
        [row["code"] for row in items(client, path, **query)]
        for query in ({}, {"category": "nursing"}, {"q": "计算机"}, {"exam_type": "general"})
    )
    assert (all_, nursing, by_name, early) == (["A1", "B1", "B2"], ["B1", "B2"], ["A1"], [])
    first = items(client, path)[0]
    assert (first["places"], first["major_code"], first["region"]) == (2, None, None)
    assert items(client, path, batch="bachelor", pathway="direct")[0]["major_code"] == "520201"


def test_published_runs_alone_are_given(client, rows):
    (run,) = items(client, f"/admissions/{rows['season'].uid}/runs")
    assert (run["kind"], run["number"], run["admitted"]) == ("final", 1, 1)
    trial = rows["season"].runs.get(kind="trial")
    for path in ("outcomes", "bundle"):
        assert get(client, f"/runs/{trial.uid}/{path}").status_code == 404


def test_line_is_kept_back_where_fewer_than_three_were_admitted(client, rows):
    found = {
        row["code"]: (row["admitted"], row["cutoff"], row["position"], row["is_kept_back"])
        for row in items(client, f"/runs/{rows['run'].uid}/outcomes")
    }
    assert found == {
        "A1": (1, None, None, True), "B1": (3, "580.5", 20, False), "B2": (0, None, None, False),
    }  # fmt: skip
    file = b"".join(get(client, f"/runs/{rows['run'].uid}/outcomes", format="csv"))
    assert (b"580.5" in file, b"600" in file) == (True, False)


def test_bundle_is_the_one_of_the_page(client, rows):
    page = client.get(f"/runs/{rows['run'].uid}/bundle.json").json()
    assert get(client, f"/runs/{rows['run'].uid}/bundle").json() == page
    assert page["signature"]["value"] == "s"


def test_lists_are_read_on_by_cursor(client, rows):
    path, cursor, found = f"/runs/{rows['run'].uid}/outcomes", "", []
    while cursor is not None:
        page = get(client, path, per_page=1, cursor=cursor).json()
        found += [row["code"] for row in page["items"]]
        cursor = page["next"]
    assert found == ["A1", "B1", "B2"]


def test_demonstration_seasons_are_never_open_data(client, rows):
    addresses = [path for path in paths(rows) if path != "/admissions"]
    assert {get(client, path).status_code for path in addresses} == {200}
    Season.objects.update(provenance=Provenance.DEMONSTRATION)

    assert items(client, "/admissions") == []
    assert {get(client, path).status_code for path in addresses} == {404}


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        (f"/admissions/{UNKNOWN}", {}, 404, "admissions.missing"),
        (f"/admissions/{UNKNOWN}/programmes", {}, 404, "admissions.missing"),
        (f"/runs/{UNKNOWN}/outcomes", {}, 404, "admissions.missing"),
        (f"/runs/{UNKNOWN}/bundle", {}, 404, "admissions.missing"),
        ("/admissions/no-uid", {}, 422, "core.api_parameter"),
        ("/admissions", {"cursor": "x"}, 422, "core.api_cursor"),
        ("/admissions", {"per_page": "1000"}, 422, "core.api_parameter"),
    ],
)
def test_error_is_a_problem_with_a_remedy(client, path, query, status, code):
    answer = get(client, path, **query)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert (answer.json()["code"], bool(answer.json()["remedy"])) == (code, True)


def test_nothing_of_a_candidate_is_open_data(client, rows):
    given = "".join(get(client, path).content.decode() for path in paths(rows))
    candidate = rows["candidate"]
    assert "云岭学院" in given
    leaked = [candidate.number, candidate.person.name, str(candidate.uid), "体检", "复核"]
    assert [text for text in leaked if f'"{text}"' in given] == []


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("what", ["programmes", "outcomes", "runs", "admissions"])
def test_lists_take_a_constant_number_of_queries(
    client, rows, number, what, django_assert_num_queries
):
    by_name = {path.rsplit("/", 1)[-1]: path for path in paths(rows)}
    make_more(rows, number - 1)
    with django_assert_num_queries(2 if what == "admissions" else 3):
        assert len(items(client, by_name[what])) >= number


def make_more(made, count):
    """Add seasons, runs and programmes."""
    for number in range(count):
        add_lines(made, f"C{number}")
        Season.objects.create(
            scheme="he-classified", year=2030 + number, provenance="reported",
            opened_at=timezone.now(),
        )  # fmt: skip
        run = Run.objects.get(pk=made["run"].pk)
        run.pk, run.uid, run.number = None, uuid4(), 10 + number
        run.save(force_insert=True)
