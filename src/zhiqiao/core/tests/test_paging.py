import pytest
from django.test import RequestFactory

from zhiqiao.core import paging
from zhiqiao.core.models import Revision
from zhiqiao.core.paging import paginate


def page_of(rows, query="", per_page=10):
    return paginate(rows, RequestFactory().get(f"/?{query}"), per_page=per_page)


def test_page_knows_its_place():
    page = page_of(list(range(95)), "page=3&kind=a&kind=b")
    assert list(page) == list(range(20, 30))
    assert (page.number, page.pages, page.total) == (3, 10, 95)
    assert (page.first_index, page.last_index) == (21, 30)
    assert (page.previous, page.next, page.query) == (2, 4, "kind=a&kind=b")
    assert page.shown_numbers == [1, 2, 3, 4, 5, None, 10]


@pytest.mark.parametrize(
    ("asked", "number"),
    [("0", 1), ("-1", 1), ("x", 1), ("", 1), ("99", 10), ("9" * 30, 1), ("٣", 1), ("1.5", 1)],
)
def test_bad_page_number_is_safe(asked, number):
    assert page_of(list(range(95)), f"page={asked}").number == number


def test_empty_list_is_one_empty_page():
    page = page_of([])
    assert (page.pages, page.first_index, page.last_index, page.next) == (1, 0, 0, None)


@pytest.mark.django_db
def test_counting_is_bounded_and_takes_two_queries(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(paging, "COUNTED_AT_MOST", 30)
    Revision.objects.bulk_create(Revision(name=f"r{n:03d}") for n in range(50))
    with django_assert_num_queries(2):
        page = page_of(Revision.objects.order_by("name"), "page=99")
    assert (page.total, page.total_is_more, page.number) == (30, True, 3)
    assert [row.name for row in page] == [f"r{n:03d}" for n in range(20, 30)]
