import pytest

from zhiqiao.apps.plan.actions import freeze_board, record_figures
from zhiqiao.apps.plan.models import BoardFreeze, FigurePoint
from zhiqiao.apps.plan.queries import replay_freeze
from zhiqiao.core.errors import RefusedError

pytestmark = pytest.mark.django_db


def test_frozen_board_replays_to_the_same_figures():
    freeze = freeze_board(actor=None, label="第三季度")

    found = replay_freeze(BoardFreeze.objects.get(pk=freeze.pk))

    assert (found.intact, found.differing) == (True, ())


def test_tampered_freeze_is_seen():
    freeze = freeze_board(actor=None, label="第三季度")
    freeze.content["figures"][4] |= {"value": 15, "bound": "at-least"}

    found = replay_freeze(freeze)

    assert (found.intact, found.differing) == (False, ("T05",))


def test_frozen_board_accepts_no_change():
    freeze = freeze_board(actor=None, label="第三季度")

    with pytest.raises(Exception, match=r"append-only|board_freeze"):
        BoardFreeze.objects.filter(pk=freeze.pk).update(label="改写")


def test_anonymous_person_may_not_freeze(anonymous):
    with pytest.raises(RefusedError) as refusal:
        freeze_board(actor=anonymous, label="x")

    assert refusal.value.code == "plan.freeze-needs-lead"
    assert BoardFreeze.objects.count() == 0


def test_history_gets_a_point_only_when_a_figure_moves():
    first = record_figures(None)
    second = record_figures(None)

    assert len(first) == 17
    assert second == []
    assert FigurePoint.objects.count() == 17
