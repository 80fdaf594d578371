"""What the monitoring system is told, and who is."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from zhiqiao.core import marks
from zhiqiao.core.metrics import folder
from zhiqiao.core.models import Job

KEY = "k" * 32
GIVEN = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture(autouse=True)
def _key(settings, tmp_path):
    settings.ZHIQIAO_METRICS_KEY = KEY
    settings.ZHIQIAO_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"


def figures():
    response = Client().get("/metrics", headers=GIVEN)
    assert response.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}, {"Authorization": "Bearer é"}],
)
def test_who_has_no_key_is_refused(client, headers):
    response = client.get("/metrics", headers=headers)

    assert (response.status_code, b"zhiqiao_jobs" in response.content) == (403, False)


def test_without_a_key_in_the_settings_nobody_may_ask(client, settings):
    settings.ZHIQIAO_METRICS_KEY = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_class(client):
    name = ("zhiqiao_http_requests_total", "2xx", "GET", "portal:about")
    before = figures().get(name, 0)
    client.get("/about/?q=a-name")
    client.get("/about/")

    assert figures()[name] - before == 2


@pytest.mark.django_db
def test_labels_stay_few_whatever_is_asked_for(client):
    client.get("/about/")
    client.get("/no-such-page-0/")
    client.generic("BREW", "/no-such-page-0/")
    figures()
    before = set(figures())
    for number in range(20):
        client.get(f"/no-such-page-{number}/")
        client.generic(f"BREW{number}", f"/no-such-page-{number}/")
        client.get(f"/about/?person={number}")

    assert set(figures()) == before


@pytest.mark.django_db
def test_refused_sign_in_is_counted_without_its_name(client):
    before = figures()["zhiqiao_sign_ins_refused_total",]
    client.post("/accounts/login/", {"login": "somebody-known", "password": "wrong-word"})

    text = Client().get("/metrics", headers=GIVEN).content.decode()
    assert figures()["zhiqiao_sign_ins_refused_total",] - before == 1
    assert "somebody-known" not in text


@pytest.mark.django_db
def test_state_of_the_installation_is_told():
    queued = timezone.now() - timedelta(minutes=5)
    Job.objects.create(kind="tests.any", queued_at=queued)
    marks.note(marks.BACKUP)

    found = figures()

    assert found["zhiqiao_jobs", "queued"] == 1
    assert 300 <= found["zhiqiao_job_oldest_waiting_seconds",] < 400
    assert found["zhiqiao_backup_age_seconds",] < 60
    assert ("zhiqiao_drill_age_seconds",) not in found
    assert found["zhiqiao_database_up",] == 1
    assert found["zhiqiao_notices_undelivered", "failed"] == 0
    assert found["zhiqiao_deliveries", "waiting"] == 0


def count_in_a_process(path, number):
    environment = {**os.environ, folder.VARIABLE: str(path)}
    code = (
        "from prometheus_client import Counter\n"
        f"Counter('tries', 'Tries.', ['kind']).labels('a').inc({number})\n"
        "import os; print(os.getpid())"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return int(done.stdout)


def joined(path):
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(path))
    return registry.get_sample_value("tries_total", {"kind": "a"})


def test_counts_of_ended_processes_stay_and_their_files_go(tmp_path, monkeypatch):
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path))
    ended = [count_in_a_process(tmp_path, number) for number in (2, 3, 5)]
    before = joined(tmp_path)
    for pid in ended[:2]:
        folder.take_over(pid)

    assert (before, joined(tmp_path)) == (10, 10)
    assert {path.name for path in tmp_path.glob("*.db")} == {
        "counter_ended.db",
        f"counter_{ended[2]}.db",
    }
