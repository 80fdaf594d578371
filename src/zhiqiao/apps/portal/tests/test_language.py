import pytest
from django.test import Client


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
    response = client.post("/language/", {"language": "en", "next": wanted})

    assert (response.status_code, response["Location"]) == (302, reached)


def test_choice_is_kept_in_a_cookie(client):
    client.post("/language/", {"language": "en", "next": "/about/"})

    assert client.cookies["zhiqiao_language"].value == "en"
    assert client.get("/about/", headers={"Accept-Language": "zh"})["Content-Language"] == "en"


def test_unknown_language_changes_nothing(client):
    response = client.post("/language/", {"language": "xx"})

    assert "zhiqiao_language" not in response.cookies


def test_choice_needs_a_post_from_our_own_page():
    strict = Client(enforce_csrf_checks=True)

    assert strict.get("/language/").status_code == 405
    assert strict.post("/language/", {"language": "en"}).status_code == 403
