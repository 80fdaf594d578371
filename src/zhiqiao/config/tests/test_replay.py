"""An auditor replays a run on files from what the bureau handed out."""

import zipfile
from io import BytesIO

import pytest

from zhiqiao.apps.admissions.actions import hand_out_inputs
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Run
from zhiqiao.apps.admissions.tests.factories import make_season_world, play_until
from zhiqiao.config.allocation.files import read_folder
from zhiqiao.core import audit
from zhiqiao.engines.matching import allocate, hash_of_results, results_table


@pytest.mark.django_db
def test_inputs_replay_on_files_to_the_published_result(tmp_path):
    world = make_season_world()
    play_until(world, Arrow.PUBLISH)

    content = hand_out_inputs(world.again(), actor=world.clerk, reason="审计复核")

    with zipfile.ZipFile(BytesIO(content)) as folder:
        folder.extractall(tmp_path)
    again = results_table(allocate(*read_folder(tmp_path)))
    run = Run.objects.order_by("-number").first()
    assert hash_of_results(again) == run.bundle["result_sha256"]
    entry = audit.history_of(world.season)[0]
    assert (entry.verb, entry.reason) == ("admissions.season.inputs_handed_out", "审计复核")
