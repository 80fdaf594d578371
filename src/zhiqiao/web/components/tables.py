"""Links of a list page that keep the rest of its address: sorting, pages, filters."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiqiao.core.paging import Page
from zhiqiao.web.components.figures import grouped
from zhiqiao.web.components.icons import icon

NUMBER_CLASS = SafeString(' class="number"')


def query_string(context: Mapping[str, object], **changes: object) -> str:
    """Return the query of this page with some parts changed; None takes a part away."""
    query = _query_of(context).copy()
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


def sort_header(
    context: Mapping[str, object], name: str, label: str, *, number: bool = False
) -> SafeString:
    """Return a heading cell that sorts by ``name`` and, pressed again, the other way round."""
    current = _query_of(context).get("sort", "") or str(context.get("sort") or "")
    state = {name: "ascending", f"-{name}": "descending"}.get(current, "none")
    target = f"-{name}" if state == "ascending" else name
    drawn = {"ascending": "sort-up", "descending": "sort-down"}.get(state, "sort")
    return format_html(
        '<th scope="col" aria-sort="{}"{}><a class="data-table__sort" href="{}">{}{}</a></th>',
        state,
        NUMBER_CLASS if number else "",
        query_string(context, sort=target, page=None),
        label,
        icon(drawn),
    )


def pagination(context: Mapping[str, object], page: Page[Any]) -> SafeString | str:
    """Return how much is shown and the links to the other pages; nothing for an empty list."""
    if not page.total:
        return ""
    return format_html(
        '<nav class="pagination" aria-label="{}"><p class="pagination__count">{}</p>{}</nav>',
        _("Pages"),
        _shown(page),
        _links(context, page) if page.pages > 1 else "",
    )


def _shown(page: Page[Any]) -> str:
    words = (
        _("%(first)s to %(last)s of more than %(total)s")
        if page.total_is_more
        else _("%(first)s to %(last)s of %(total)s")
    )
    return words % {
        "first": grouped(page.first_index),
        "last": grouped(page.last_index),
        "total": grouped(page.total),
    }


def _links(context: Mapping[str, object], page: Page[Any]) -> SafeString:
    return format_html(
        '<ul class="pagination__list">{}{}{}</ul>',
        _step(context, page.previous, "prev") if page.previous else "",
        format_html_join("", "{}", ((_page(context, n, page.number),) for n in page.shown_numbers)),
        _step(context, page.next, "next") if page.next else "",
    )


def _query_of(context: Mapping[str, object]) -> QueryDict:
    request = context.get("request")
    return request.GET if isinstance(request, HttpRequest) else QueryDict("")


def _page(context: Mapping[str, object], n: int | None, current: int) -> SafeString:
    if n is None:
        return format_html('<li class="pagination__gap">{}</li>', "\N{HORIZONTAL ELLIPSIS}")
    if n == current:
        return format_html(
            '<li><a class="pagination__link" aria-current="page" href="{}">{}</a></li>',
            query_string(context, page=n),
            grouped(n),
        )
    return format_html(
        '<li><a class="pagination__link" href="{}" aria-label="{}">{}</a></li>',
        query_string(context, page=n),
        _("Page %(number)s") % {"number": n},
        grouped(n),
    )


def _step(context: Mapping[str, object], n: int, relation: str) -> SafeString:
    word = _("Previous page") if relation == "prev" else _("Next page")
    return format_html(
        '<li><a class="pagination__link pagination__step" rel="{}" href="{}">{}</a></li>',
        relation,
        query_string(context, page=n),
        word,
    )
