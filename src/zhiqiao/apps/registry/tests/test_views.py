from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from zhiqiao.apps.registry.actions import Step, load_catalogues, record_succession
from zhiqiao.apps.registry.models import Organisation, Region
from zhiqiao.apps.registry.queries import Panel, register_panel
from zhiqiao.apps.registry.queries.panels import _makers
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.apps.registry.tests.test_loading import DATA

pytestmark = pytest.mark.django_db
LIST = reverse("registry:organisations")


@pytest.fixture
def clerk(client):
    now = timezone.now()
    user = get_user_model().objects.create(login="the-clerk", name="某人", date_joined=now)
    bureau = make_organisation("云岭省教育厅", kind="government")
    user.memberships.create(organisation=bureau, role="bureau-clerk", granted_at=now)
    client.force_login(user)
    return client


def names(response):
    return [organisation.name for organisation in response.context["page"]]


def test_the_list_is_public_and_filters_by_the_address(client):
    province = make_region()
    county = make_region("990101", "甲区", parent=province)
    make_organisation("甲学院", region=county, ownership="public")
    make_organisation("乙公司", kind="enterprise", region=province)
    make_organisation("丙学院", ownership="private")
    assert names(client.get(LIST)) == ["丙学院", "甲学院", "乙公司"]
    assert names(client.get(LIST, {"kind": "enterprise"})) == ["乙公司"]
    assert names(client.get(LIST, {"region": "990000"})) == ["甲学院", "乙公司"]
    assert names(client.get(LIST, {"ownership": "private", "q": "学院"})) == ["丙学院"]
    assert names(client.get(LIST, {"sort": "-name"})) == ["乙公司", "甲学院", "丙学院"]


@pytest.mark.parametrize(
    "query", [{"sort": "id; drop"}, {"kind": "x"}, {"page": "-1"}, {"region": "'"}]
)
def test_an_odd_address_shows_the_whole_list(client, query):
    make_organisation("甲学院")
    assert names(client.get(LIST, query)) == ["甲学院"]


def test_a_former_name_finds_the_body(client):
    old, new = make_organisation("云岭职业技术学院"), make_organisation("云岭职业技术大学")
    record_succession(old, Step(kind="upgraded", successor=new), actor=None)
    page = client.get(reverse("registry:organisation", args=[new.uid])).content.decode()
    assert reverse("registry:organisation", args=[old.uid]) in page


def test_bodies_of_a_demonstration_are_listed_nowhere_and_say_so_at_their_address(client):
    sample = make_organisation("演示学院", provenance="demonstration")
    assert names(client.get(LIST)) == []
    page = client.get(reverse("registry:organisation", args=[sample.uid]))
    assert page.status_code == 200
    assert 'class="ribbon"' in page.content.decode()


def test_htmx_gets_the_rows_alone(client):
    make_organisation("甲学院")
    rows = client.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert "甲学院" in rows
    assert "<html" not in rows


def test_the_excel_file_has_the_rows_of_the_filter(client):
    make_organisation("=甲学院")
    make_organisation("乙公司", kind="enterprise")
    answer = client.get(reverse("registry:organisations_xlsx"), {"kind": "higher-vocational"})
    sheet = load_workbook(BytesIO(answer.getvalue())).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["=甲学院"]
    assert sheet["A2"].data_type == "s"


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        if answer.streaming:
            assert b"".join(answer).startswith(b"PK")
    assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["organisations", "regions", "organisations_xlsx"])
def test_lists_ask_as_many_questions_for_three_rows_as_for_one(client, name):
    address = reverse(f"registry:{name}")
    province = make_region()
    make_organisation("甲学院", region=province)
    for_one = queries_of(client, address)
    for number in range(2):
        county = make_region(f"99010{number}", f"{number}区", parent=province)
        make_organisation(f"{number}学院", region=county)
    assert queries_of(client, address) == for_one


def test_the_page_of_a_body_asks_as_many_questions_for_three_steps_as_for_one(client):
    new = make_organisation("新校")
    address = reverse("registry:organisation", args=[new.uid])
    for_steps = []
    for count in (1, 2):
        for number in range(count):
            old = make_organisation(f"旧校{count}{number}")
            record_succession(old, Step(kind="merged", successor=new), actor=None)
        for_steps.append(queries_of(client, address))
    assert for_steps[0] == for_steps[1]


def test_a_region_shows_what_became_of_it(client):
    load_catalogues(DATA, actor=None)
    region = Region.objects.get(name="江北区")
    page = client.get(reverse("registry:region", args=[region.uid])).content.decode()
    area = Region.objects.get(name="两江新区")
    assert reverse("registry:region", args=[area.uid]) in page


def test_regions_that_are_no_more_are_shown_on_demand(client):
    load_catalogues(DATA, actor=None)
    address = reverse("registry:regions")
    found = [
        [region.name for region in client.get(address, query).context["page"]]
        for query in ({"q": "江北"}, {"q": "江北", "all": "1"})
    ]
    assert found == [[], ["江北区"]]


def test_a_catalogue_shows_its_gaps_and_never_a_zero(client):
    load_catalogues(DATA, actor=None)
    page = client.get(reverse("registry:catalogue", args=["majors"]))
    secondary = page.context["editions"][0]
    assert (secondary["missing"], secondary["edition"].state) == (368, "not-loaded")
    assert ">0<" not in page.content.decode()


@pytest.mark.parametrize(("text", "code"), [("种子生产", "410101"), ("410101", "410101")])
def test_a_major_is_found_by_name_and_code(client, text, code):
    load_catalogues(DATA, actor=None)
    page = client.get(reverse("registry:catalogue", args=["majors"]), {"q": text}).context["page"]
    assert [major.code for major in page] == [code]


def test_an_unknown_catalogue_is_missing(client):
    assert client.get(reverse("registry:catalogue", args=["planets"])).status_code == 404


def test_a_panel_of_a_higher_app_is_shown(client):
    body = make_organisation("甲学院")
    made = Panel("持有项目", "registry/_when.html", {})
    register_panel("tests", lambda organisation, _user: made if organisation == body else None)
    try:
        page = client.get(reverse("registry:organisation", args=[body.uid]))
    finally:
        del _makers["tests"]
    assert page.context["panels"] == [made]
    assert "持有项目" in page.content.decode()


def test_a_clerk_registers_an_organisation(clerk):
    facts = {"name": "甲公司", "kind": "enterprise", "ownership": "unknown", "reason": "来函"}
    answer = clerk.post(reverse("registry:organisation_new"), facts)
    body = Organisation.objects.get(name="甲公司")
    assert answer.headers["Location"] == reverse("registry:organisation", args=[body.uid])
    assert body.provenance == "reported"


def test_a_faulty_form_keeps_what_was_typed(clerk):
    facts = {"name": "甲公司", "kind": "enterprise", "ownership": "unknown", "region": "火星区"}
    answer = clerk.post(reverse("registry:organisation_new"), facts)
    form = answer.context["form"]
    assert (answer.status_code, sorted(form.errors), form["name"].value()) == (
        422,
        ["reason", "region"],
        "甲公司",
    )


def test_a_clerk_renames_and_a_rule_answers_in_the_form(clerk):
    body = make_organisation("甲学院")
    address = reverse("registry:organisation_rename", args=[body.uid])
    same = clerk.post(address, {"name": "甲学院", "reason": "误"})
    assert (same.status_code, list(same.context["form"].errors)) == (422, ["__all__"])
    clerk.post(address, {"name": "甲大学", "on": "2024-05-31", "reason": "函"})
    body.refresh_from_db()
    assert body.name == "甲大学"


def test_a_clerk_records_what_followed(clerk):
    old, new = make_organisation("甲学院"), make_organisation("甲大学")
    facts = {"kind": "upgraded", "successor": "甲大学", "happened_on": "2024-05", "reason": "函"}
    clerk.post(reverse("registry:organisation_succession", args=[old.uid]), facts)
    step = old.successions.get()
    assert (step.successor, str(step.happened_on)) == (new, "2024-05")
