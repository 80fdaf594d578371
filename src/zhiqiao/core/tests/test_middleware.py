import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import get_language

from zhiqiao.core.context import request_id
from zhiqiao.core.middleware import LanguageByChoice, RequestContext
from zhiqiao.core.views import failed


def language_of(**headers):
    seen = []

    def view(request):
        seen.append((get_language(), request.LANGUAGE_CODE))
        return HttpResponse()

    request = RequestFactory().get("/", headers=headers)
    response = LanguageByChoice(view)(request)
    return seen[0], response["Content-Language"], response["Vary"]


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "zh-hans"),
        ({"accept-language": "en-US,en;q=0.9"}, "zh-hans"),
        ({"cookie": "zhiqiao_language=en", "accept-language": "zh-CN"}, "en"),
        ({"cookie": "zhiqiao_language=xx"}, "zh-hans"),
        ({"cookie": "zhiqiao_language=../../etc"}, "zh-hans"),
    ],
)
def test_language_follows_the_choice_and_not_the_browser(headers, language):
    assert language_of(**headers) == ((language, language), language, "Cookie")


def number_of(**headers):
    seen = []

    def view(request):
        seen.append(request_id.get())
        return HttpResponse()

    response = RequestContext(view)(RequestFactory().get("/", headers=headers))
    return seen[0], response["X-Request-ID"]


def test_request_has_a_number_only_while_it_lasts():
    inside, told = number_of()
    assert re.fullmatch(r"[0-9a-f]{32}", inside)
    assert (told, request_id.get()) == (inside, "")


@pytest.mark.parametrize(
    ("given", "kept"), [("proxy-number-1", True), ("short", False), ("evil\u00e9 value 1", False)]
)
def test_number_of_a_proxy_is_kept_when_it_is_harmless(given, kept):
    assert (number_of(**{"x-request-id": given})[0] == given) is kept


def refuse_connection():
    raise OperationalError("connection refused")


def test_database_that_goes_away_in_a_middleware_is_unavailable():
    request = RequestFactory().get("/", headers={"accept": "application/json"})
    try:
        refuse_connection()
    except OperationalError:
        response = failed(request)
    assert response.status_code == 503


@pytest.mark.django_db
def test_cookie_with_a_nul_is_as_good_as_none():
    client = Client()
    for name in ("sessionid", "csrftoken", "django_language"):
        client.cookies.load(f'{name}="a\\000b"')

    assert client.get("/").status_code == 200
