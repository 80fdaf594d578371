"""The workbook of marks in which the two entries differ."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from zhiqiao.apps.accounts.tests.factories import PASSWORD
from zhiqiao.apps.admissions.actions import Marked, enter_scores, take_differences
from zhiqiao.apps.admissions.tests.factories import mark_all
from zhiqiao.core import audit
from zhiqiao.core.errors import RefusedError

pytestmark = pytest.mark.django_db


def enter(world, entry, **marks):
    rows = [Marked(number.removeprefix("n"), given) for number, given in marks.items()]
    enter_scores(
        world.season, rows, entry=entry, actor=world.lead if entry == "second" else world.clerk
    )


def marks(culture=None, theory=None, practice=None):
    given = {"culture_paper": culture, "theory": theory, "practice": practice}
    return {name: Decimal(mark) for name, mark in given.items() if mark is not None}


def sheet_of(answer):
    content = BytesIO(b"".join(answer.streaming_content))
    return list(openpyxl.load_workbook(content).active.iter_rows(values_only=True))


def test_differences_name_candidate_item_and_both_marks(world):
    enter(world, "first", n2601=marks(1, 2, 3), n2602=marks(1, 2, 3), n2603=marks(1), n2604={})
    enter(world, "second", n2601=marks(1, 2, 3), n2602=marks(1, 20))

    found = take_differences(world.season, actor=world.clerk)

    assert [(number, first, second) for number, _item, first, second in found] == [
        ("2602", "2", "20"), ("2602", "3", ""), ("2603", "1", ""), ("2604", "", ""),
    ]  # fmt: skip
    assert found[0][1] == "专业综合理论"


def test_download_of_differences_is_noted_on_the_season(world, client):
    enter(world, "first", n2601=marks(1))
    client.login(username="clerk", password=PASSWORD)

    answer = client.post(f"/admissions/{world.season.uid}/scores/differences/")

    assert [row[0] for row in sheet_of(answer)][1:] == ["2601"]
    entry = audit.history_of(world.season).first()
    assert (entry.verb, entry.actor) == ("admissions.season.differences_seen", world.clerk)
    assert "2601" not in str(entry.after)


def test_school_gets_no_differences(world):
    enter(world, "first", n2601=marks(1))
    with pytest.raises(RefusedError) as refused:
        take_differences(world.season, actor=world.clerks["甲学院"])
    assert refused.value.code == "admissions.not-yours"


def test_entries_that_agree_leave_nothing_to_download(world):
    mark_all(world, seal=False)
    assert take_differences(world.season, actor=world.clerk) == []


def test_season_page_offers_the_differences_until_scores_are_sealed(world, client):
    client.login(username="clerk", password=PASSWORD)
    address = f"/admissions/{world.season.uid}/"
    assert "scores/differences/" in client.get(address).content.decode()

    mark_all(world)
    assert "scores/differences/" not in client.get(address).content.decode()
