import pytest
from django.urls import reverse

from zhiqiao.apps.plan.queries import board_strip
from zhiqiao.apps.projects.tests import factories as items
from zhiqiao.core.error_pages import error_response
from zhiqiao.core.errors import DATABASE_AWAY, UnavailableError
from zhiqiao.core.policy import current_pack

pytestmark = pytest.mark.django_db
ENGLISH = {"zhiqiao_language": "en"}


def in_english(client):
    client.cookies.load(ENGLISH)
    return client


def test_home_shows_a_hanger_for_each_target_and_leads_to_figures(client):
    items.region()

    page = in_english(client).get("/").content.decode()

    pack = current_pack()
    assert page.count('class="bridge__hanger ') == len(pack.targets)
    assert f'href="{reverse("plan:target", args=[board_strip("en")[0]["id"]])}"' in page
    assert f"All {len(pack.targets)} targets" in page


def test_home_never_shows_zero_for_a_list_that_is_not_loaded(client):
    items.region()

    strip = in_english(client).get("/").context["strip"]

    assert {figure["value"] for figure in strip.shown} == {None}


@pytest.mark.parametrize("path", ["/about/", "/accessibility/", "/search/"])
def test_reading_pages_ask_the_database_nothing_of_a_stranger(
    client, path, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.get(path)

    assert response.context["LANGUAGE_CODE"] == "zh-hans"


def test_pages_say_their_language(client):
    chinese = client.get("/about/")
    english = in_english(client).get("/about/")

    assert '<html lang="zh-Hans">' in chinese.content.decode()
    assert '<html lang="en">' in english.content.decode()
    assert (chinese["Content-Language"], english["Content-Language"]) == ("zh-hans", "en")


def test_pages_carry_no_inline_style_or_script(client):
    page = client.get("/about/").content.decode()

    assert [mark for mark in (" style=", "<style", "onclick", "javascript:") if mark in page] == []
    assert page.count("<script") == page.count("<script src=") == 1


def test_missing_page_tells_reason_and_remedy(client):
    response = in_english(client).get("/nothing/")
    page = response.content.decode()

    assert response.status_code == 404
    assert "core.missing" in page
    assert "What you can do" in page


def test_search_finds_a_body_by_its_former_name_and_an_item(client):
    items.region()
    items.organisation("新桥职业大学", former=["旧桥职业技术学院"])
    items.recognition(name="旧桥虚拟仿真实训基地")

    groups = client.get("/search/", {"q": "旧桥"}).context["groups"]

    found = {(str(group.title), hit.title) for group in groups for hit in group.hits}
    assert {title for _, title in found} == {"新桥职业大学", "旧桥虚拟仿真实训基地"}


def test_search_keeps_what_was_asked_and_escapes_it(client):
    page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%_%", "a" * 5000, "&|!():*"])
def test_search_takes_any_text(client, text):
    assert client.get("/search/", {"q": text}).context["groups"] == []


def test_search_sends_only_the_results_while_somebody_types(client):
    whole = client.get("/search/", {"q": "qqq"})
    part = client.get("/search/", {"q": "qqq"}, headers={"HX-Request": "true"})

    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert 'class="empty"' in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_foreign_host_gets_the_error_page_and_not_a_failure(client):
    response = client.get("/about/", headers={"host": "elsewhere.example"})

    assert response.status_code == 400
    assert "elsewhere.example" not in response.content.decode()
    assert "core.bad_request" in response.content.decode()


def test_broken_page_is_told_without_asking_who_is_signed_in(rf):
    page = error_response(rf.get("/"), UnavailableError(DATABASE_AWAY))

    assert page.status_code == 503
    assert "core.database_away" in page.content.decode()
    assert 'class="account"' not in page.content.decode()
