from uuid import uuid4

import pytest
from django.urls import reverse

from zhiqiao.apps.plan import queries
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.projects.tests.factories import organisation, recognition, region
from zhiqiao.core.errors import MissingError
from zhiqiao.core.measures import Bound

pytestmark = pytest.mark.django_db
TARGET = "T05"


def hold(body, *names):
    for name in names:
        row = recognition(name=name, holder=body.name, area=region())
        Recognition.objects.filter(pk=row.pk).update(holder=body)


def part(body, user):
    board = queries.board()
    return queries.part_of(board.figure(TARGET), body.uid, user, pack=board.pack)


def test_part_of_a_body_is_its_own_records_in_the_formula(anonymous):
    one, other = organisation("甲学院"), organisation("乙学院")
    hold(one, "基地一", "基地二")
    hold(other, "基地三")

    found = part(one, anonymous)

    assert (found.value, found.bound) == (2, Bound.AT_LEAST)
    assert [record.name for record in found.records] == ["基地二", "基地一"]
    assert queries.board().figure(TARGET).value == 3


def test_nothing_is_said_of_a_body_without_records_in_a_list_that_may_go_on(anonymous):
    one, other = organisation("甲学院"), organisation("乙学院")
    hold(other, "基地三")

    found = part(one, anonymous)

    assert (found.value, found.bound) == (None, Bound.NONE)
    assert not found.records.exists()


def test_an_unknown_body_is_said_to_be_missing(anonymous):
    board = queries.board()

    with pytest.raises(MissingError) as caught:
        queries.part_of(board.figure(TARGET), uuid4(), anonymous, pack=board.pack)

    assert caught.value.code == "plan.unknown-body"


def test_page_of_a_target_leads_to_the_part_of_each_holder(client):
    body = organisation("甲学院")
    hold(body, "基地一")
    address = reverse("plan:part", args=[TARGET, body.uid])

    assert f'href="{address}"' in client.get(reverse("plan:target", args=[TARGET])).content.decode()
    text = client.get(address).content.decode()
    assert "甲学院" in text
    assert "基地一" in text


@pytest.mark.parametrize(("target", "known"), [("T99", True), (TARGET, False)])
def test_part_of_what_is_not_there_is_not_found(client, target, known):
    uid = organisation("甲学院").uid if known else uuid4()

    assert client.get(reverse("plan:part", args=[target, uid])).status_code == 404


@pytest.mark.parametrize("others", [0, 3])
def test_part_takes_the_same_few_queries_whatever_others_hold(
    anonymous, others, django_assert_num_queries
):
    body = organisation("甲学院")
    hold(body, "基地一")
    for number in range(others):
        hold(organisation(f"乙{number}学院"), f"基地乙{number}", f"基地丙{number}")
    board = queries.board()
    figure = board.figure(TARGET)

    with django_assert_num_queries(8):
        found = queries.part_of(figure, body.uid, anonymous, pack=board.pack)
        assert found.value == 1


@pytest.mark.parametrize("number", [1, 3])
def test_records_of_a_target_with_their_holders_take_a_constant_number_of_queries(
    client, number, django_assert_num_queries
):
    for count in range(number):
        hold(organisation(f"{count}学院"), f"基地{count}")
    address = reverse("plan:target", args=[TARGET])

    with django_assert_num_queries(23):
        client.get(address)
