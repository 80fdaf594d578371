"""The page that checks one's own leaf, and the verifier in one file, as the site gives them to anybody."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Run
from zhiqiao.apps.admissions.tests.factories import play_until, told_on

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parents[5] / "verifier"


def sent(client, name):
    answer = client.get(reverse("admissions:verifier", args=[name]))
    assert answer.status_code == 200, name
    return answer, b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("leaf.html", "html"), ("leaf.js", "javascript"), ("leaf.css", "css"), ("zhiqiao_verify.py", "python")],
)  # fmt: skip
def test_anybody_gets_each_file_as_it_stands(client, name, kind):
    answer, content = sent(client, name)

    assert content == (FOLDER / name).read_bytes()
    assert kind in answer.headers["Content-Type"]
    assert answer.headers.get("Content-Disposition", "").startswith("attachment") == (
        name == "zhiqiao_verify.py"
    )


def test_page_finds_its_parts_and_may_run_its_script_and_send_nothing(client):
    answer, content = sent(client, "leaf.html")

    assert set(re.findall(rb'(?:src|href)="(leaf\.\w+)"', content)) == {b"leaf.css", b"leaf.js"}
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert {policy[name] for name in ("default-src", "connect-src", "form-action")} == {"'none'"}
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["leaf", "README.md", "..", "settings.py"])
def test_no_other_file_is_given(client, name):
    assert client.get(f"/verifier/{name}").status_code == 404


def test_result_and_run_lead_to_the_check(client, world):
    play_until(world, Arrow.PUBLISH)
    candidate, run = world.candidate("2603"), Run.objects.latest("number")
    page, program = (
        reverse("admissions:verifier", args=[name]) for name in ("leaf.html", "zhiqiao_verify.py")
    )

    of_run = told_on(client.get(run.get_absolute_url()))
    client.force_login(candidate.account)
    own = told_on(client.get(reverse("admissions:own_season", args=[candidate.uid])))

    assert (f'href="{page}"' in of_run, f'href="{program}"' in of_run) == (True, True)
    assert f'href="{page}"' in own
