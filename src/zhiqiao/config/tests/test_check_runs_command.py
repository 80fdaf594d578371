import pytest
from click.testing import CliRunner
from django.db import connection

from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.tests.factories import make_season_world, play_until
from zhiqiao.config.cli import main


@pytest.mark.django_db
def test_command_checks_every_published_run_and_fails_on_a_departure():
    play_until(make_season_world(), Arrow.PUBLISH)
    sound = CliRunner().invoke(main, ["check-runs"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE admissions_run SET admitted = 5 WHERE number = 2")
    changed = CliRunner().invoke(main, ["check-runs"])

    assert (sound.exit_code, changed.exit_code) == (0, 1)
    assert sound.output == "he-classified 2026 run 2: as signed, 5 results\n"
    assert changed.output.startswith("he-classified 2026 run 2: ")
    assert "(1)" in changed.output
