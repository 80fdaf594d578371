import pytest

OURS = {"Origin": "http://testserver"}


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/board/?sort=name", "/board/?sort=name"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("///elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_choice_returns_to_the_page_and_never_to_another_site(client, wanted, reached):
    response = client.post("/language/", {"language": "en", "next": wanted}, headers=OURS)

    assert (response.status_code, response["Location"]) == (302, reached)


def test_choice_is_kept_in_a_cookie(client):
    client.post("/language/", {"language": "en", "next": "/about/"}, headers=OURS)

    assert client.cookies["zhiqiao_language"].value == "en"
    assert client.get("/about/", headers={"Accept-Language": "zh"})["Content-Language"] == "en"


def test_unknown_language_changes_nothing(client):
    response = client.post("/language/", {"language": "xx"}, headers=OURS)

    assert "zhiqiao_language" not in response.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "http://testserver@elsewhere.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://[::1"},
        {"Origin": "null", "Referer": "http://testserver/about/"},
        {"Referer": "http://elsewhere.example/http://testserver/"},
    ],
)
def test_choice_from_a_foreign_page_is_refused(client, headers):
    response = client.post("/language/", {"language": "en"}, headers=headers)

    assert (response.status_code, "zhiqiao_language" in response.cookies) == (403, False)


def test_choice_needs_a_post(client):
    assert client.get("/language/", headers=OURS).status_code == 405


def test_choice_of_a_browser_that_sends_only_where_it_comes_from_is_kept(client):
    client.post("/language/", {"language": "en"}, headers={"Referer": "http://testserver/about/"})

    assert client.cookies["zhiqiao_language"].value == "en"


def test_public_page_holds_no_token_and_sets_no_cookie(client):
    response = client.get("/about/")

    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert (len(response.cookies), response["Cache-Control"]) == (
        0,
        "public, max-age=0, s-maxage=5",
    )
