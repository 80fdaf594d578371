import click
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from zhiqiao.config import upgrade
from zhiqiao.config.inventory import count_rows_there
from zhiqiao.core.models import Revision

pytestmark = pytest.mark.django_db


def test_database_of_this_release_needs_no_backup(tmp_path):
    said = []
    done = upgrade.upgrade(tmp_path / "backup", say=said.append)

    assert (done.migrations, done.backup, said) == ((), None, [])
    assert not (tmp_path / "backup").exists()


def test_waiting_migrations_are_named():
    ((app, name),) = MigrationLoader(connection).graph.leaf_nodes("portal")
    MigrationRecorder(connection).record_unapplied(app, name)

    assert upgrade.waiting_migrations() == (f"portal.{name}",)


def test_lost_rows_are_told():
    Revision.objects.create(name="tests", number=1)
    before = count_rows_there()
    Revision.objects.all().delete()

    with pytest.raises(click.ClickException) as refused:
        upgrade._checked(before)

    assert refused.value.message == "Rows are missing in core_revision."


def test_lost_table_is_told():
    with pytest.raises(click.ClickException) as refused:
        upgrade._checked({"core_of_the_past": 3, "core_empty_of_the_past": 0})

    assert refused.value.message == "Rows are missing in core_of_the_past."
