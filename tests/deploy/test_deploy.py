"""The shipped files of operation, held against the program. What nginx and systemd say is asked in tests/e2e."""

import re
from pathlib import Path

import pytest
import yaml
from django.test import Client

from zhiqiao.config import outside_identity
from zhiqiao.config.env import read_environment
from zhiqiao.core import files, marks
from zhiqiao.core.imports.choices import MAX_BYTES
from zhiqiao.core.jobs import queue

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx" / "zhiqiao.conf").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]


def variables(name):
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"#?([A-Z_]+)=(.*)", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def test_example_of_the_environment_names_every_variable():
    text = (ROOT / "src/zhiqiao/config/env.py").read_text()
    read = set(re.findall(r'"((?:ZHIQIAO|DATABASE)_[A-Z_]+)"', text))
    read |= {f"ZHIQIAO_IDENTITY_{name}" for name in outside_identity.NAMES}

    assert set(variables("zhiqiao.env.example")) == read


def test_example_of_the_environment_is_accepted_as_it_stands(tmp_path):
    given = variables("zhiqiao.env.example") | {"ZHIQIAO_PACK": "", "ZHIQIAO_DATABASE_ROLE": ""}
    environment = read_environment({**given, "ZHIQIAO_HOME": str(tmp_path)})

    assert (environment.secure, environment.trusted_proxies, environment.debug) == (True, 1, False)
    assert "127.0.0.1" in environment.allowed_hosts


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_services_give_up_every_right_they_do_not_need(unit):
    lines = set(unit.read_text(encoding="utf-8").splitlines())

    assert {
        "User=zhiqiao",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "SystemCallFilter=@system-service",
    } <= lines


def test_worker_has_time_to_put_its_job_back():
    text = (DEPLOY / "systemd" / "zhiqiao-worker.service").read_text(encoding="utf-8")
    seconds = int(re.search(r"TimeoutStopSec=(\d+)", text)[1])

    assert seconds > queue.SECONDS_TO_FINISH + 5


def test_proxy_takes_every_file_that_the_platform_takes():
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1])

    assert megabytes * 1024**2 > max(files.LARGEST, MAX_BYTES)


def test_proxy_bypasses_for_every_cookie_that_makes_an_answer_private(settings):
    assert f"$cookie_{settings.SESSION_COOKIE_NAME}" in NGINX
    assert f"$cookie_{settings.CSRF_COOKIE_NAME}" in NGINX
    assert f"$cookie_{settings.LANGUAGE_COOKIE_NAME}" in NGINX
    assert "$cookie_messages" in NGINX
    languages = re.search(r"map \$cookie_zhiqiao_language .*?\}", NGINX, re.DOTALL)[0]
    assert all(code in languages for code, _name in settings.LANGUAGES)


@pytest.mark.django_db
def test_alerts_ask_for_figures_that_exist(settings, tmp_path):
    settings.ZHIQIAO_METRICS_KEY = "k" * 32
    settings.ZHIQIAO_HOME = tmp_path
    marks.note(marks.BACKUP)
    marks.note(marks.DRILL)
    Client().get("/about/")
    told = Client().get("/metrics", headers={"Authorization": f"Bearer {'k' * 32}"})
    existing = set(re.findall(r"^(zhiqiao_\w+)", told.content.decode(), re.MULTILINE))
    # Of the worker there is a figure once there was one.
    existing.add("zhiqiao_worker_heartbeat_age_seconds")
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    asked = {
        name
        for group in groups
        for rule in group["rules"]
        for name in re.findall(r"zhiqiao_\w+", rule["expr"])
    }

    assert asked - existing == set()


@pytest.mark.parametrize("edition", ["runbook.md", "runbook.zh.md"])
def test_every_alert_with_a_page_leads_to_a_chapter_of_the_runbook(edition):
    alerts = (DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    named = set(re.findall(r'runbook: "runbook: ([^"]+)"', alerts))
    runbook = (ROOT / "docs" / "howto" / edition).read_text(encoding="utf-8")
    headings = set(re.findall(r"^## (?:.*\()?([^()\n]+)\)?$", runbook, re.MULTILINE))

    assert named - headings == set()
