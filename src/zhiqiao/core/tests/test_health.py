import json
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from zhiqiao.core import health, marks


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.ZHIQIAO_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"


def told():
    response = Client().get("/readyz")
    return response.status_code, json.loads(response.content)


def heartbeat(*, seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (clock_timestamp() - make_interval(secs => %s))",
            [seconds_ago],
        )


def away(monkeypatch):
    def cursor():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", cursor)


def test_process_lives_whatever_the_database_does(monkeypatch):
    away(monkeypatch)
    response = Client().get("/healthz")

    assert (response.status_code, json.loads(response.content)) == (200, {"status": "ok"})
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_installation_with_everything_in_order_is_ready():
    heartbeat(seconds_ago=5)
    marks.note(marks.BACKUP)
    marks.note(marks.DRILL)

    assert told() == (
        200,
        {
            "status": "ok",
            "database": "ok",
            "migrations": "ok",
            "files": "ok",
            "worker": "ok",
            "backup": "ok",
            "drill": "ok",
        },
    )


@pytest.mark.django_db
def test_silent_worker_and_old_backup_are_warnings(monkeypatch):
    marks.note(marks.BACKUP)
    heartbeat(seconds_ago=90)
    later = timezone.now() + timedelta(hours=27)
    monkeypatch.setattr(timezone, "now", lambda: later)

    status, parts = told()

    assert (status, parts["status"]) == (200, "degraded")
    assert (parts["worker"], parts["backup"], parts["drill"]) == ("silent", "old", "none")


@pytest.mark.django_db
def test_missing_migration_makes_it_unavailable():
    MigrationRecorder(connection).record_unapplied("core", "0001_initial")

    status, parts = told()

    assert (status, parts["status"], parts["migrations"]) == (503, "unavailable", "waiting")


def test_database_that_is_away_makes_it_unavailable(monkeypatch):
    away(monkeypatch)

    status, parts = told()

    assert (status, parts["database"], parts["worker"]) == (503, "away", "away")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("free", "word", "status"), [(1024, "full", 503), (10**8, "low", 200), (10**11, "ok", 200)]
)
def test_free_space_of_the_disk_is_judged(monkeypatch, free, word, status):
    monkeypatch.setattr(health, "free_bytes", lambda: free)

    found, parts = told()

    assert (found, parts["files"]) == (status, word)


@pytest.mark.parametrize("content", ["", "yesterday", "2026-11-27T00:00:00", "\0"])
def test_mark_that_says_nothing_readable_counts_as_never(tmp_path, content):
    (tmp_path / "marks").mkdir()
    (tmp_path / "marks" / "backup").write_text(content)

    assert marks.seconds_since("backup") is None


def test_programs_of_the_machine_are_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    statuses = [client.get(path).status_code for path in ("/healthz", "/metrics", "/about/")]

    assert statuses == [200, 403, 301]
