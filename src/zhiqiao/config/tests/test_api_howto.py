"""Every example of the page about the API is run, in its order, as it is printed."""

import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from zhiqiao.apps.accounts.models import ApiToken
from zhiqiao.apps.plan.models import ProgressReport
from zhiqiao.apps.plan.tests.task_world import make_world
from zhiqiao.config.tests.api_client import token_of
from zhiqiao.core.scopes import SCOPES

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).parents[4] / "docs" / "howto" / "use-the-api.md").read_text(encoding="utf-8")
EXAMPLES = [line[2:] for line in PAGE.splitlines() if line.startswith("$ curl ")]


def run(example, known):
    """Do what curl would do with these options."""
    for name, value in known.items():
        example = example.replace(f"${name}", str(value))
    words = shlex.split(example)
    assert words[:2] == ["curl", "-s"]
    method, headers, content, address = "GET", {}, None, ""
    rest = iter(words[2:])
    for word in rest:
        if word == "-H":
            name, _colon, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(rest)
        elif word == "-d":
            content = next(rest)
        else:
            address = word
    parts = urlsplit(address)
    return Client().generic(
        method,
        f"{parts.path}?{parts.query}",
        content or "",
        content_type=headers.pop("Content-Type", "application/octet-stream"),
        headers=headers,
    )


def test_every_example_of_the_page_answers():
    world = make_world()
    known = {"TOKEN": token_of(world.department), "TASK": world.task.uid, "PART": world.part.uid}
    found = []
    for example in EXAMPLES:
        report = ProgressReport.objects.first()
        found.append((example, run(example, known | {"REPORT": report and report.uid}).status_code))

    assert len(found) >= 14
    assert [one for one in found if one[1] != 200] == []
    report = ProgressReport.objects.get()
    assert (report.state, report.progress) == ("submitted", "已全部完成")
    assert ApiToken.objects.get().refusals == 0


def test_the_page_names_every_scope_and_the_limits():
    assert [scope for scope in SCOPES if f"`{scope}`" not in PAGE] == []
    assert "50,000 rows" in PAGE
    assert "120 requests" in PAGE
