import pytest

from zhiqiao.apps.admissions.actions import ask_step
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.tests.factories import approve_all, make_season_world, play_until
from zhiqiao.apps.portal.models import Notice
from zhiqiao.apps.portal.queries.workspace import tasks_for
from zhiqiao.core.events import deliver_waiting

pytestmark = pytest.mark.django_db


def told(kind):
    return list(Notice.objects.filter(kind=kind).values_list("recipient__login", flat=True))


def test_step_that_waits_is_told_to_the_others_of_the_bureau():
    world = make_season_world()
    approve_all(world)
    ask_step(world.season, Arrow.FREEZE_PLACES, actor=world.clerk)

    deliver_waiting()

    assert told("step-waits") == ["lead"]
    notice = Notice.objects.get(kind="step-waits")
    assert notice.address == world.season.get_absolute_url()


def test_published_result_is_told_to_candidates_and_nobody_else():
    world = make_season_world()
    play_until(world, Arrow.PUBLISH)

    deliver_waiting()

    assert sorted(told("result-published")) == [f"2026-260{n}" for n in range(1, 6)]
    assert "260" not in Notice.objects.filter(kind="result-published").first().code


def test_workspace_counts_what_waits_in_admission():
    world = make_season_world()
    counts = {task.address: task.count for task in tasks_for(world.lead)}

    assert counts["/admissions/"] == 3
    play_until(world, Arrow.OPEN_REVIEW)
    schools = {task.address: task.count for task in tasks_for(world.clerks["甲学院"])}
    assert schools["/admissions/"] == 2
