import pytest
from django.core.cache import caches
from django.urls import reverse

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.tests.factories import make_season_world, play_until
from zhiqiao.apps.plan.actions import freeze_board
from zhiqiao.apps.plan.models import BoardFreeze
from zhiqiao.apps.projects.tests.factories import recognition, region

pytestmark = pytest.mark.django_db

FREEZES = "/freezes/"


def test_frozen_boards_are_listed_with_their_name(client):
    freeze = freeze_board(actor=None, label="2026 年第三季度")

    text = client.get(FREEZES).content.decode()

    assert "2026 年第三季度" in text
    assert reverse("plan:freeze", args=[freeze.uid]) in text


@pytest.mark.parametrize("number", [1, 4])
def test_list_of_frozen_boards_takes_a_constant_number_of_queries(
    client, number, django_assert_num_queries
):
    for count in range(number):
        freeze_board(actor=None, label=f"第{count}次")
    client.get(FREEZES)

    with django_assert_num_queries(2):
        client.get(FREEZES)


def test_lead_freezes_the_board_and_sees_it(client):
    client.force_login(make_member(Role.BUREAU_LEAD))

    response = client.post(FREEZES, {"label": "2026 年报", "reason": "存档"}, follow=True)

    assert "2026 年报" in response.content.decode()
    assert BoardFreeze.objects.get().reason == "存档"


def test_freeze_without_a_name_comes_back_with_what_was_typed(client):
    client.force_login(make_member(Role.BUREAU_LEAD))

    response = client.post(FREEZES, {"label": "", "reason": "存档备查"})

    assert response.status_code == 422
    assert "存档备查" in response.content.decode()
    assert not BoardFreeze.objects.exists()


def test_target_says_how_many_records_count_and_gives_them_page_by_page(client, monkeypatch):
    monkeypatch.setattr("zhiqiao.apps.plan.views.board.RECORDS_ON_A_PAGE", 2)
    for number in range(3):
        recognition(name=f"基地{number}", holder="重庆甲职业学院", area=region())

    first = client.get(reverse("plan:target", args=["T05"]))
    second = client.get(reverse("plan:target", args=["T05"]), {"page": "2"})

    assert (first.context["page"].total, len(first.context["page"].items)) == (3, 2)
    assert "计入 3 条记录" in first.content.decode()
    assert len(second.context["page"].items) == 1


def test_page_of_a_target_asks_once_for_what_its_measures_share(client, django_assert_num_queries):
    """Seasons, calls and the area are read once for all measures, today's and those of a deadline."""
    address = reverse("plan:target", args=["T06"])
    with django_assert_num_queries(19):
        assert client.get(address).status_code == 200
    play_until(make_season_world(), Arrow.PUBLISH)
    caches["process"].clear()
    with django_assert_num_queries(23):
        client.get(address)
