import pytest
from django.db import OperationalError, connection, transaction

from zhiqiao.apps.plan.actions import freeze_board, record_figures
from zhiqiao.apps.plan.models import BoardFreeze, FigurePoint
from zhiqiao.apps.plan.queries import replay_freeze
from zhiqiao.apps.plan.queries.board import _latest, board
from zhiqiao.core.errors import RefusedError
from zhiqiao.core.jobs import MORNING, run_upkeep

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


def test_freeze_waits_for_a_write_under_way():
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("INSERT INTO core_revision (name, number) VALUES ('plan', 1)")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")

        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            freeze_board(actor=None, label="第三季度")
    finally:
        other.rollback()
        other.close()

    assert BoardFreeze.objects.count() == 0


def test_board_of_an_undone_change_is_not_kept():
    kept = dict(_latest)

    board()

    assert kept == _latest


def test_history_follows_the_calendar_without_a_change_of_records():
    run_upkeep(MORNING)
    run_upkeep(MORNING)

    assert FigurePoint.objects.count() == 17
    assert not FigurePoint.objects.exclude(cause=None).exists()
