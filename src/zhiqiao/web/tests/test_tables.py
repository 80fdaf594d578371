import pytest
from django.test import RequestFactory
from django.utils import translation

from zhiqiao.core.paging import paginate
from zhiqiao.web.components import tables


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def context(query=""):
    return {"request": RequestFactory().get(f"/list/{query}")}


def test_query_string_changes_one_part_and_keeps_the_rest():
    assert tables.query_string(context("?q=a%26b&page=2"), page=3) == "?q=a%26b&page=3"
    assert tables.query_string(context("?q=a&page=2"), page=None) == "?q=a"
    assert tables.query_string(context("?page=2"), page=None) == "?"


@pytest.mark.parametrize(
    ("query", "state", "link"),
    [
        ("?page=4", "none", "?sort=name"),
        ("?sort=name", "ascending", "?sort=-name"),
        ("?sort=-name", "descending", "?sort=name"),
    ],
)
def test_sort_header_states_the_order_and_links_to_the_other(query, state, link):
    header = tables.sort_header(context(query), "name", "Name")

    assert header.startswith(
        f'<th scope="col" aria-sort="{state}"><a class="data-table__sort" href="{link}">Name'
    )


def test_sort_header_escapes_what_the_address_carries():
    assert '"><script>' not in tables.sort_header(context('?q="><script>'), "name", "Name")


def test_pagination_of_one_page_has_a_count_and_no_links():
    page = paginate(["a", "b"], context()["request"])

    assert tables.pagination(context(), page) == (
        '<nav class="pagination" aria-label="Pages">'
        '<p class="pagination__count">1 to 2 of 2</p></nav>'
    )


def test_pagination_of_an_empty_list_is_empty():
    assert tables.pagination(context(), paginate([], context()["request"])) == ""


def test_pagination_marks_the_present_page_and_leads_to_its_neighbours():
    asked = context("?q=x&page=2")

    shown = tables.pagination(asked, paginate(list(range(60)), asked["request"]))

    assert shown.count("aria-current") == 1
    assert 'aria-current="page" href="?q=x&amp;page=2"' in shown
    assert 'rel="prev" href="?q=x&amp;page=1"' in shown
    assert 'rel="next" href="?q=x&amp;page=3"' in shown
