"""Links of a list page that keep the rest of its address: sorting, pages, filters."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

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


def pagination(context: Mapping[str, object], page: object) -> SafeString | str:
    """Return the links to the other pages of a list, or nothing when there is only one."""
    number, last = int(getattr(page, "number", 1)), _last_page(page)
    if last <= 1:
        return ""
    return format_html(
        '<nav class="pagination" aria-label="{}"><ul class="pagination__list">{}{}{}</ul></nav>',
        _("Pages"),
        _step(context, number - 1, "previous") if number > 1 else "",
        format_html_join("", "{}", ((_page(context, n, number),) for n in _shown(number, last))),
        _step(context, number + 1, "next") if number < last else "",
    )


def _query_of(context: Mapping[str, object]) -> QueryDict:
    request = context.get("request")
    return request.GET if isinstance(request, HttpRequest) else QueryDict("")


def _last_page(page: object) -> int:
    for holder, name in ((page, "num_pages"), (getattr(page, "paginator", None), "num_pages")):
        count = getattr(holder, name, None)
        if count is not None:
            return int(count)
    return 1


def _shown(number: int, last: int) -> Iterable[int]:
    """Yield first, neighbours and last; 0 stands for a gap."""
    previous = 0
    for candidate in (
        range(1, last + 1)
        if last <= 7
        else sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    ):
        if candidate - previous > 1:
            yield 0
        yield candidate
        previous = candidate


def _page(context: Mapping[str, object], n: int, current: int) -> SafeString:
    if n == 0:
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


def _step(context: Mapping[str, object], n: int, direction: str) -> SafeString:
    word = _("Previous page") if direction == "previous" else _("Next page")
    return format_html(
        '<li><a class="pagination__link pagination__step" rel="{}" href="{}">{}</a></li>',
        "prev" if direction == "previous" else "next",
        query_string(context, page=n),
        word,
    )
