import copy
import json
import logging

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy, override

from zhiqiao.core import errors
from zhiqiao.core.access import ALLOWED, refused, require
from zhiqiao.core.errors import InputError, RefusedError, RuleError, ZhiqiaoError, define

pytestmark = pytest.mark.django_db

STATUSES = {
    "rule": (409, "core.job_ended"),
    "input": (422, "core.region_code_unreadable"),
    "refused": (403, "core.refused"),
    "missing": (404, "core.missing"),
    "large": (413, "core.too_large"),
    "unavailable": (503, "core.database_away"),
    "permission": (403, "core.refused"),
    "404": (404, "core.missing"),
    "connection": (503, "core.database_away"),
    "connect": (503, "core.database_away"),
    "deadlock": (503, "core.busy"),
    "disk": (503, "core.disk_full"),
    "nospace": (503, "core.disk_full"),
    "toobig": (503, "core.disk_full"),
    "fault": (500, "core.failed"),
}


@pytest.fixture
def site(settings):
    settings.ROOT_URLCONF = "zhiqiao.core.tests.failing_urls"
    logging.disable(logging.CRITICAL)
    yield Client(raise_request_exception=False)
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(("name", "expected"), STATUSES.items())
def test_error_is_problem_json_for_programs(site, name, expected):
    response = site.get(f"/fail/{name}", headers={"accept": "application/json"})
    problem = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["code"]) == expected
    assert (problem["status"], problem["request"]) == (expected[0], response["X-Request-ID"])


@pytest.mark.parametrize(("name", "expected"), STATUSES.items())
def test_error_is_a_page_for_people(site, name, expected):
    with override("en"):
        site.cookies["zhiqiao_language"] = "en"
        response = site.get(f"/fail/{name}", headers={"accept": "text/html,*/*;q=0.8"})
    assert response.status_code == expected[0]
    assert response["Content-Type"] == "text/html; charset=utf-8"
    page = response.content.decode()
    parameters = {"given": "&lt;b&gt;x&lt;/b&gt;"}
    with override("en"):
        assert errors.message_of(expected[1], parameters) in page.replace("&#x27;", "'")


def test_input_error_names_row_and_column_and_escapes_html(site):
    response = site.get("/fail/input", headers={"accept": "application/problem+json"})
    problem = json.loads(response.content)
    assert (problem["row"], problem["column"]) == (7, "c")
    assert "<b>x</b>" not in site.get("/fail/input").content.decode()


def test_unavailable_says_when_to_try_again(site):
    assert site.get("/fail/connection")["Retry-After"] == "30"


def test_unknown_address_is_a_page(site):
    response = site.get("/nothing/here")
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_form_without_token_is_refused(settings, site):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/echo", {"a": "1"}, headers={"accept": "application/json"})
    assert (response.status_code, json.loads(response.content)["code"]) == (403, "core.forged")


def test_oversized_form_is_told_as_too_large(settings, site):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = site.post("/echo", {"a": "x" * 200}, headers={"accept": "application/json"})
    assert (response.status_code, json.loads(response.content)["code"]) == (413, "core.too_large")


def test_bad_host_is_a_bad_request(settings, site):
    settings.ALLOWED_HOSTS = ["example.org"]
    response = site.get("/echo", headers={"host": "evil.example", "accept": "application/json"})
    assert response.status_code == 400


def test_messages_are_filled_when_they_are_read():
    code = define("test.late", message=gettext_lazy("%(count)d of %(name)s"), remedy="", status=418)
    error = RuleError(code, count=3, name="x")
    assert (error.message, error.status, str(error)) == ("3 of x", 418, "3 of x [test.late]")


def test_message_without_its_parameters_still_reads():
    define("test.gap", message="%(given)s is wrong.")
    assert InputError("test.gap", other=1).message == "%(given)s is wrong."


def test_error_can_be_copied_with_its_parameters():
    error = InputError("core.missing", row=3)
    copied = copy.copy(error)
    assert (type(copied), copied.code, copied.row) == (InputError, "core.missing", 3)


def test_unknown_code_shows_itself():
    assert ZhiqiaoError("test.unheard").message == "test.unheard"


def test_programming_fault_is_not_translated():
    assert errors.translated(KeyError("x")) is None


def test_refused_verdict_raises_with_its_reason():
    verdict = refused("core.refused", role="clerk")
    assert (bool(verdict), bool(ALLOWED)) == (False, True)
    require(ALLOWED)
    with pytest.raises(RefusedError) as caught:
        require(verdict)
    assert (caught.value.code, caught.value.parameters) == ("core.refused", {"role": "clerk"})
