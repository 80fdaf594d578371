"""The shipped nginx before the running platform: nobody gets another person's page."""

import re
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

import pytest

from bench.nginx import running_nginx


@pytest.fixture(scope="module")
def proxy(site):
    upstream = urlsplit(site.address).port
    with TemporaryDirectory(prefix="zhiqiao-nginx-") as name:
        folder = Path(name)
        with running_nginx(folder, upstream=upstream, static=folder) as address:
            yield address


class Visitor:
    """A browser in the small: keeps cookies, follows nothing."""

    def __init__(self, address):
        self.address, self.cookies = address, {}

    def ask(self, path, *, method="GET", form=None, **headers):
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {"Cookie": cookie} if cookie else {}
        body = urlencode(form) if form else None
        if form:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, {**given, "Origin": self.address, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition("=")
            self.cookies[name] = value.partition(";")[0]
        connection.close()
        return answer, text

    def sign_in(self, login, password):
        _answer, text = self.ask("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)[1]
        form = {"csrfmiddlewaretoken": token, "login": login, "password": password}
        answer, _text = self.ask("/accounts/login/", method="POST", form=form)
        assert answer.status == 302


def cached(answer):
    return answer.headers["X-Cache"]


def test_public_page_is_kept_and_told_apart_by_language(proxy):
    first, second, english = Visitor(proxy), Visitor(proxy), Visitor(proxy)
    page = "/about/?told-apart"
    english.ask("/language/", method="POST", form={"language": "en", "next": "/"})
    first.ask(page)
    answer, chinese = second.ask(page)
    answer_en, text_en = english.ask(page)

    assert (cached(answer), cached(answer_en)) == ("HIT", "MISS")
    assert (answer.headers["Content-Language"], answer_en.headers["Content-Language"]) == (
        "zh-hans",
        "en",
    )
    assert chinese != text_en


def test_page_of_a_person_reaches_nobody_else(proxy, site):
    person, stranger = Visitor(proxy), Visitor(proxy)
    person.sign_in("clerk", site.password)
    page = "/board/?of-a-person"
    answer, text = person.ask(page)
    other, public = stranger.ask(page)
    again, still = person.ask(page)

    assert (cached(answer), cached(other), cached(again)) == ("BYPASS", "MISS", "BYPASS")
    assert ("/accounts/profile/" in text, "/accounts/profile/" in still) == (True, True)
    assert "/accounts/profile/" not in public
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "zhiqiao_language=en; zhiqiao_language=zh-hans"},
        {"Cookie": "zhiqiao_language=zh-hans; zhiqiao_language=en"},
        {"HX-Request": "1"},
        {"HX-Request": "TRUE"},
        {"X-Forwarded-Host": "elsewhere.example"},
        {"Accept-Language": "en"},
        {"X-Forwarded-Proto": "https"},
        {"Cookie": "sessionid=; sessionid=somebody"},
    ],
)
def test_nobody_can_store_another_page_under_the_key_of_the_public_one(proxy, headers):
    name = urlencode(headers)
    page = f"/organisations/?poison={abs(hash(name))}"
    stranger, victim = Visitor(proxy), Visitor(proxy)
    stranger.ask(page, **headers)
    language = "en" if headers.get("Cookie", "").startswith("zhiqiao_language=en") else None
    victim.cookies = {"zhiqiao_language": language} if language else {}
    answer, text = victim.ask(page)

    assert answer.headers["Content-Language"] == (language or "zh-hans")
    assert text.lstrip().startswith("<!doctype html>")
    assert "elsewhere.example" not in text


def test_part_of_a_page_is_kept_apart_from_the_page(proxy):
    page = "/organisations/?apart"
    _answer, part = Visitor(proxy).ask(page, **{"HX-Request": "true"})
    answer, whole = Visitor(proxy).ask(page)

    assert ("<!doctype" in part, "<!doctype" in whole, cached(answer)) == (False, True, "MISS")


def test_what_is_for_the_machine_is_not_passed_on(proxy):
    statuses = [Visitor(proxy).ask(path)[0].status for path in ("/metrics", "/readyz", "/healthz")]

    assert statuses == [404, 404, 200]


def test_errors_and_signing_in_are_never_kept(proxy):
    for path in ("/accounts/login/", "/no-such-page/"):
        answers = [cached(Visitor(proxy).ask(path)[0]) for _ in range(2)]
        assert answers == ["MISS", "MISS"], path
