"""One way to answer with a list: JSON pages by number or by cursor, or everything as CSV.

What is sent is written straight from the rows; it is not checked again against its description at
run time. Tests check that it fits (``config/tests/test_api.py``).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from pydantic import BaseModel
from pydantic_core import to_json

from zhiqiao.core.api import LICENCE, LICENCE_ADDRESS, DeepPaging, Paging
from zhiqiao.core.csv_files import BYTE_ORDER_MARK, MEDIA_TYPE, column_names, csv_lines
from zhiqiao.core.cursors import Keys, behind, cursor_after, keys_of
from zhiqiao.core.paging import COUNTED_AT_MOST, bounded_count
from zhiqiao.core.revisions import number
from zhiqiao.core.scopes import keep_private

JSON = "application/json; charset=utf-8"
CSV = "csv"
# One file holds so many rows of a list; a header then names the address of the next one.
MOST_IN_A_FILE = 50_000
CHUNK = 1_000
_NOT_FILTERS = frozenset({"page", "per_page", "cursor", "format", "bom"})

Rows = QuerySet[Any, Any] | Sequence[Any]
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A kind of list: its name, the description of a row, and how a row is shown.

    ``fields`` are read from a query, and then ``show`` gets them as a dict. ``revision`` names the
    counter that every change of the rows raises; until then pages and the number of rows are kept.
    """

    name: str
    shape: type[BaseModel]
    show: Callable[[Any], Shown]
    fields: tuple[str, ...] = ()
    revision: str = ""
    is_open_data: bool = True


def answer_list(
    request: HttpRequest, rows: Rows, paging: Paging, listing: Listing
) -> HttpResponseBase:
    """Give a page of a list as JSON, or the list as CSV when that is asked for."""
    cursor = paging.cursor if isinstance(paging, DeepPaging) else ""
    if wants_csv(request, paging):
        response: HttpResponseBase = _csv(request, rows, listing, (cursor, paging.bom))
    elif isinstance(rows, QuerySet):
        response = HttpResponse(_kept_page(request, rows, paging, listing), content_type=JSON)
    else:
        response = HttpResponse(_page_of_all(rows, paging, listing), content_type=JSON)
    response["Vary"] = "Accept, Authorization"
    keep_private(request, response)
    return response


def wants_csv(request: HttpRequest, paging: Paging) -> bool:
    if paging.format:
        return paging.format == CSV
    accepted = request.headers.get("Accept", "")
    if "csv" not in accepted:
        return False
    return request.get_preferred_type(["application/json", "text/csv"]) == "text/csv"


def _kept_page(
    request: HttpRequest, rows: QuerySet[Any, Any], paging: Paging, listing: Listing
) -> bytes:
    """Draw a page once for each state of the records; inside a transaction nothing is kept."""
    if not listing.revision or connection.in_atomic_block:
        return _page_of_rows(rows, paging, listing, lambda: bounded_count(rows))
    kept, state = caches["process"], f"{listing.name} {number(listing.revision)} {request.path}"
    key = _short(f"{state} page", request.GET.items())
    page: bytes | None = kept.get(key)
    if page is None:
        filters = [one for one in request.GET.items() if one[0] not in _NOT_FILTERS]
        total = _Total(rows, _short(f"{state} total", filters))
        page = _page_of_rows(rows, paging, listing, total)
        kept.set(key, page)
    return page


def _short(what: str, query: Iterable[tuple[str, object]]) -> str:
    return hashlib.sha256(
        f"{what}?{urlencode(sorted((name, str(one)) for name, one in query))}".encode()
    ).hexdigest()


@dataclass(frozen=True, slots=True)
class _Total:
    """The number of rows of one filter, counted once for all its pages."""

    rows: QuerySet[Any, Any]
    key: str

    def __call__(self) -> int:
        total: int | None = caches["process"].get(self.key)
        if total is None:
            total = bounded_count(self.rows)
            caches["process"].set(self.key, total)
        return total


def _page_of_rows(
    rows: QuerySet[Any, Any], paging: Paging, listing: Listing, total: Callable[[], int]
) -> bytes:
    keys = keys_of(rows)
    cursor = paging.cursor if isinstance(paging, DeepPaging) else ""
    start = 0 if cursor else (paging.page - 1) * paging.per_page
    wanted = (behind(rows, cursor) if cursor else rows).values(
        *listing.fields, *(key.name for key in keys)
    )
    found = list(wanted[start : start + paging.per_page + 1])
    page, goes_on = found[: paging.per_page], len(found) > paging.per_page
    return _json(
        [listing.show(row) for row in page],
        paging,
        listing,
        total=None if cursor else total(),
        following=cursor_after(keys, page[-1]) if goes_on else None,
        page=None if cursor else paging.page,
    )


def _page_of_all(rows: Sequence[Any], paging: Paging, listing: Listing) -> bytes:
    start = (paging.page - 1) * paging.per_page
    page = rows[start : start + paging.per_page]
    shown = [listing.show(row) for row in page]
    return _json(shown, paging, listing, total=len(rows), following=None, page=paging.page)


def _json(
    items: list[Shown],
    paging: Paging,
    listing: Listing,
    *,
    total: int | None,
    following: str | None,
    page: int | None,
) -> bytes:
    content = {
        "items": items,
        "total": None if total is None else min(total, COUNTED_AT_MOST),
        "total_is_more": total is not None and total > COUNTED_AT_MOST,
        "page": page,
        "per_page": paging.per_page,
        "next": following,
        "licence": LICENCE if listing.is_open_data else None,
        "as_of": timezone.now(),
    }
    return to_json(content)


def _csv(
    request: HttpRequest, rows: Rows, listing: Listing, asked: tuple[str, bool]
) -> StreamingHttpResponse:
    """Send the whole list; what goes wrong with the first rows is still told as a problem."""
    cursor, with_mark = asked
    following, shown = "", _shown(rows, listing)
    if isinstance(rows, QuerySet):
        here = behind(rows, cursor) if cursor else rows
        following, shown = _beyond_one_file(here), _in_chunks(here, listing)
    lines = csv_lines(column_names(listing.shape), shown)
    begun = (BYTE_ORDER_MARK if with_mark else "") + next(lines) + next(lines)
    response = StreamingHttpResponse(_joined(begun, lines), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{listing.name}.csv"'
    response["Link"] = ", ".join(_links(request, listing, following))
    return response


def _shown(rows: Rows, listing: Listing) -> Iterator[Shown]:
    return (listing.show(row) for row in rows[:MOST_IN_A_FILE])


def _joined(begun: str, lines: Iterator[str]) -> Iterator[str]:
    yield begun
    yield from lines


def _in_chunks(rows: QuerySet[Any, Any], listing: Listing) -> Iterator[Shown]:
    """Read short pieces one after the other, so that no reader holds a transaction open."""
    keys, given = keys_of(rows), 0
    wanted = rows.values(*listing.fields, *(key.name for key in keys))
    here = wanted
    while given < MOST_IN_A_FILE:
        chunk = list(here[: min(CHUNK, MOST_IN_A_FILE - given)])
        yield from (listing.show(row) for row in chunk)
        given += len(chunk)
        if len(chunk) < CHUNK:
            return
        here = behind(wanted, cursor_after(keys, chunk[-1]))


def _beyond_one_file(rows: QuerySet[Any, Any]) -> str:
    """Give the cursor of the next file, when the list is longer than one."""
    keys: Keys = keys_of(rows)
    names = [key.name for key in keys]
    last = list(rows.values(*names)[MOST_IN_A_FILE - 1 : MOST_IN_A_FILE + 1])
    return cursor_after(keys, last[0]) if len(last) > 1 else ""


def _links(request: HttpRequest, listing: Listing, following: str) -> Iterator[str]:
    if listing.is_open_data:
        yield f'<{LICENCE_ADDRESS}>; rel="license"'
        yield '</api/v1/datasets>; rel="describedby"'
    if following:
        query = request.GET.copy()
        query["cursor"] = following
        yield f'<{request.path}?{query.urlencode()}>; rel="next"'
