"""Backups of a real database, restored into a fresh server of their own."""

import json

import pytest
from click import ClickException

from zhiqiao.apps.plan.actions import freeze_board
from zhiqiao.config.backup import DUMP, INVENTORY, make_backup, named_for_programs, read_inventory
from zhiqiao.config.drill import restore_drill
from zhiqiao.core import files
from zhiqiao.core.audit import seal_audit
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def backup(tmp_path):
    files.store("notice.txt", "通知".encode(), actor=None)
    freeze_board(actor=None, label="2026 年报")
    seal_audit()
    make_backup(tmp_path / "backup")
    return tmp_path / "backup"


def test_restored_backup_equals_the_original(backup):
    lines, _seconds = restore_drill(backup)

    assert [line for line in lines if not line.agrees] == []
    compared = {line.what: line.copy for line in lines}
    assert compared["tables core_auditentry"] == str(AuditEntry.objects.count())
    assert (compared["files number"], compared["seal_problems"]) == ("1", "0")
    rights = [compared[f"rights {name}"] for name in ("select", "insert", "update", "delete")]
    assert rights == ["True", "True", "False", "False"]
    assert any(what.startswith("freezes ") for what in compared)


def test_difference_is_named(backup):
    inventory = json.loads((backup / INVENTORY).read_text())
    inventory["tables"]["core_auditentry"] += 1
    (backup / INVENTORY).write_text(json.dumps(inventory))

    lines, _seconds = restore_drill(backup)

    wrong = [line.what for line in lines if not line.agrees]
    assert wrong == ["tables core_auditentry"]


@pytest.mark.parametrize(
    ("harm", "told"), [("lost", "files missing"), ("altered", "files damaged")]
)
def test_stored_file_that_was_broken_before_the_backup_fails_the_drill(tmp_path, harm, told):
    stored = files.store("notice.txt", "通知".encode(), actor=None)
    (path,) = (one for one in (tmp_path / "files").rglob(stored.sha256))
    path.chmod(0o600)
    path.unlink() if harm == "lost" else path.write_text("伪造")
    make_backup(tmp_path / "backup")

    lines, _seconds = restore_drill(tmp_path / "backup")

    assert [line.what for line in lines if not line.agrees] == [told]
    assert stored.sha256 in next(line.copy for line in lines if line.what == told)


def test_role_of_the_running_program_is_no_hindrance(backup, monkeypatch):
    monkeypatch.setenv("ZHIQIAO_DATABASE_ROLE", "zhiqiao_app")

    lines, _seconds = restore_drill(backup)

    assert all(line.agrees for line in lines)


def test_backup_of_a_server_without_the_role_has_no_rights_to_compare(backup):
    inventory = json.loads((backup / INVENTORY).read_text()) | {"rights": {}}
    (backup / INVENTORY).write_text(json.dumps(inventory))

    lines, _seconds = restore_drill(backup)

    assert all(line.agrees for line in lines)


def test_damaged_dump_is_told(backup):
    content = (backup / DUMP).read_bytes()
    (backup / DUMP).write_bytes(content[: len(content) // 2])

    with pytest.raises(ClickException, match="could not be restored"):
        restore_drill(backup)


def test_backup_never_writes_over_another(backup):
    before = (backup / INVENTORY).read_text()

    with pytest.raises(ClickException, match="exists already"):
        make_backup(backup)

    assert (backup / INVENTORY).read_text() == before


def test_backup_that_fails_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("zhiqiao.config.backup.DUMP", "no/such/folder.dump")

    with pytest.raises(ClickException, match="pg_dump stopped"):
        make_backup(tmp_path / "backup")

    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def test_folder_that_is_no_backup_is_told(tmp_path):
    with pytest.raises(ClickException, match="is no backup"):
        read_inventory(tmp_path)


def test_backup_of_another_format_is_told(backup):
    inventory = json.loads((backup / INVENTORY).read_text()) | {"format": 2}
    (backup / INVENTORY).write_text(json.dumps(inventory))

    with pytest.raises(ClickException, match="this release reads 1"):
        read_inventory(backup)


def test_programs_get_every_word_of_the_connection_but_the_role():
    parameters = {
        "host": "db.example",
        "port": 5433,
        "user": "zhiqiao",
        "password": "s3cret",
        "dbname": "zhiqiao",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "options": "-c role=zhiqiao_app",
        "connect_timeout": "",
    }

    assert named_for_programs(parameters) == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "zhiqiao",
        "PGPASSWORD": "s3cret",
        "PGDATABASE": "zhiqiao",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/ca.pem",
    }
