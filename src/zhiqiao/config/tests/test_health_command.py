import json

import pytest
from click.testing import CliRunner
from django.db import connection

from zhiqiao.config.cli import main
from zhiqiao.core import marks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.ZHIQIAO_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")


def test_missing_worker_fails_only_who_asks_for_it():
    told = CliRunner().invoke(main, ["health"])
    asked = CliRunner().invoke(main, ["health", "--worker"])

    assert (told.exit_code, asked.exit_code) == (0, 1)
    assert json.loads(told.stdout)["worker"] == "none"


def test_backup_leaves_a_mark_and_a_refused_one_does_not(tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    CliRunner().invoke(main, ["backup", str(taken)])

    assert marks.seconds_since(marks.BACKUP) is None
