"""The board of the demonstration: asked for by its address, made of its records alone."""

import pytest
from django.urls import reverse

from zhiqiao.apps.plan.queries import board
from zhiqiao.apps.projects.tests.factories import recognition, region
from zhiqiao.apps.registry.tests.factories import make_organisation

pytestmark = pytest.mark.django_db
TARGET = "T02"
RIBBON = 'class="ribbon"'


@pytest.fixture
def both():
    """One real course and two of the demonstration, in the same area."""
    area = region()
    recognition(kind="online-course", name="真实课程", area=area)
    for name in ("演示课程一", "演示课程二"):
        recognition(kind="online-course", name=name, area=area, provenance="demonstration")


def values(*, demonstration):
    figure = board(demonstration=demonstration).figure(TARGET)
    records = {record.label for one in figure.counts.values() for record in one.records}
    return figure.value, figure.bound, records


def test_each_board_counts_its_own_records_and_never_the_others(both):
    assert values(demonstration=False) == (1, "at-least", {"真实课程"})
    assert values(demonstration=True) == (2, "at-least", {"演示课程一", "演示课程二"})
    assert values(demonstration=False)[0] == 1


def test_demonstration_is_counted_only_when_it_is_asked_for(client, both):
    address = reverse("plan:target", args=[TARGET])

    real = client.get(address).content.decode()
    asked = client.get(address, {"records": "demonstration"}).content.decode()
    other = client.get(address, {"records": "everything"}).content.decode()

    assert ("真实课程" in real, "演示课程一" in real, RIBBON in real) == (True, False, False)
    assert ("真实课程" in asked, "演示课程一" in asked, RIBBON in asked) == (False, True, True)
    assert ("演示课程一" in other, RIBBON in other) == (False, False)


@pytest.mark.parametrize("name", ["plan:board", "plan:board_print"])
def test_boards_of_the_demonstration_say_so_on_every_page(client, both, name):
    asked = client.get(reverse(name), {"records": "demonstration"})

    assert RIBBON in asked.content.decode()
    assert asked.context["board"].figure(TARGET).value == 2
    assert client.get(reverse(name)).context["board"].figure(TARGET).value == 1


def test_rows_of_the_demonstration_lead_on_within_it(client, both):
    page = client.get(reverse("plan:board"), {"records": "demonstration"}).content.decode()

    assert f"{reverse('plan:target', args=[TARGET])}?records=demonstration" in page


def test_way_to_the_demonstration_is_shown_only_where_there_is_one(client, both):
    address = f"{reverse('plan:board')}?records=demonstration"
    before = address in client.get(reverse("plan:board")).content.decode()
    make_organisation("示例学院", provenance="demonstration")

    assert before is False
    assert address in client.get(reverse("plan:board")).content.decode()


def test_what_others_published_and_the_history_stay_with_the_real_board(client, both):
    page = client.get(reverse("plan:target", args=[TARGET]), {"records": "demonstration"})

    assert (list(page.context["history"]), page.context["reported"]) == ([], [])
