import json
import logging

import pytest
from django.db import connection, transaction
from django.test import Client

from zhiqiao.core.context import job_id, request_id
from zhiqiao.core.logs import ReadableFormatter, StructuredFormatter

SECRETS = ("510104200801011234", "zhang.san@example.cn", "张三")


@pytest.fixture
def lines():
    """What the service's log would hold of everything that is logged meanwhile."""
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler, root, ours = Kept(), logging.getLogger(), logging.getLogger("zhiqiao")
    handler.setFormatter(StructuredFormatter())
    root.addHandler(handler)
    level = ours.level
    ours.setLevel(logging.INFO)
    yield written
    ours.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.django_db
def test_answered_request_leaves_its_number_and_route_and_nothing_that_was_typed(lines):
    typed = {"q": " ".join(SECRETS)}

    response = Client().get("/registry/organisations/", typed)
    Client().post(f"/nowhere/{SECRETS[2]}/", {"name": SECRETS[0]})

    found = [json.loads(line) for line in lines]
    answered = [line for line in found if line["event"] == "request.answered"]
    assert answered[0]["request"] == response["X-Request-ID"]
    assert (answered[0]["method"], answered[0]["status"]) == ("GET", response.status_code)
    assert isinstance(answered[0]["milliseconds"], int)
    assert answered[1]["status"] == 404
    assert not [line for line in lines for secret in SECRETS if secret in line]


@pytest.mark.django_db
def test_fault_is_told_by_kind_and_place_without_the_row_that_was_refused(lines):
    logger = logging.getLogger("zhiqiao.core.tests")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [SECRETS[1]])
    except Exception as error:
        logger.warning("tests.failed", extra={"delivery": 7}, exc_info=error)

    (line,) = (json.loads(one) for one in lines)
    assert line["delivery"] == 7
    assert line["error"]["kind"] == "django.db.utils.DataError"
    assert line["error"]["cause"]["sqlstate"] == "22P02"
    assert any("test_logs.py" in frame for frame in line["error"]["at"])
    assert not [secret for secret in SECRETS if secret in lines[0]]


def test_line_of_a_job_names_the_job(lines):
    token = job_id.set("a-job")
    logging.getLogger("zhiqiao.core.tests").warning("tests.happened")
    job_id.reset(token)

    assert json.loads(lines[0])["job"] == "a-job"


def test_extras_of_others_are_left_out(lines):
    logging.getLogger("somebody.else").warning("Not found: %s", SECRETS[2], extra={"row": "x"})

    line = json.loads(lines[0])
    assert (line["event"], "row" in line) == ("Not found: %s", False)


def test_line_in_a_terminal_is_readable():
    record = logging.makeLogRecord(
        {"name": "zhiqiao.core", "levelname": "WARNING", "msg": "tests.happened", "delivery": 7}
    )
    token = request_id.set("abc12345")

    line = ReadableFormatter().format(record)

    request_id.reset(token)
    assert line.endswith("WARNING zhiqiao.core tests.happened request=abc12345 delivery=7")
