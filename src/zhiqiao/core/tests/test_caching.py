import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.cache import add_never_cache_headers

from zhiqiao.core.caching import PRIVATE, PUBLIC, CachePolicy


def answered(response, *, method="get", cookies=(), **headers):
    request = getattr(RequestFactory(), method)("/", headers=headers)
    request.COOKIES.update(cookies)
    return CachePolicy(lambda _request: response)(request).headers["Cache-Control"]


def test_answer_to_anybody_may_be_kept_for_seconds():
    assert answered(HttpResponse()) == PUBLIC
    assert answered(HttpResponse(), cookies={"zhiqiao_language": "en"}) == PUBLIC
    assert answered(HttpResponse(), method="head") == PUBLIC


@pytest.mark.parametrize("status", [201, 204, 301, 302, 304, 403, 404, 422, 500, 503])
def test_only_a_whole_page_is_kept(status):
    assert answered(HttpResponse(status=status)) == PRIVATE


@pytest.mark.parametrize("name", ["sessionid", "messages"])
def test_request_with_a_session_or_a_message_gets_a_private_answer(name):
    assert answered(HttpResponse(), cookies={name: "anything"}) == PRIVATE


def test_request_with_a_key_gets_a_private_answer():
    assert answered(HttpResponse(), Authorization="Bearer x") == PRIVATE


def test_post_is_never_kept():
    assert answered(HttpResponse(), method="post") == PRIVATE


def test_answer_that_sets_a_cookie_is_private():
    response = HttpResponse()
    response.set_cookie("anything", "1")

    assert answered(response) == PRIVATE


def test_view_that_forbids_keeping_is_obeyed():
    response = HttpResponse()
    add_never_cache_headers(response)

    assert answered(response) == PRIVATE
    assert "Expires" not in response.headers


def test_view_that_allows_more_is_not_believed():
    response = HttpResponse(headers={"Cache-Control": "public, max-age=31536000"})

    assert answered(response) == PUBLIC
    assert answered(response, cookies={"sessionid": "x"}) == PRIVATE
