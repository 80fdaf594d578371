"""One way to answer with a list: JSON pages by number or by cursor, or everything as CSV.

What is sent is written straight from the rows; it is not checked again against its description at
run time. Tests check that it fits (``config/tests/test_api.py``).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
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
from zhiqiao.core.cursors import (
    Keys,
    behind_values,
    cursor_after,
    keys_of,
    values_of,
)
from zhiqiao.core.paging import COUNTED_AT_MOST, bounded_count
from zhiqiao.core.revisions import number
from zhiqiao.core.scopes import keep_private
from zhiqiao.core.statements import statement

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

    From a query ``columns`` are read: the field of each name of the JSON. Other rows go through
    ``show``. ``revision`` names the counter that every change of the rows raises; until then pages
    and the number of rows are kept.
    """

    name: str
    shape: type[BaseModel]
    show: Callable[[Any], Shown] = dict
    columns: Mapping[str, str] = field(default_factory=dict)
    revision: str = ""
    is_open_data: bool = True

    def given(self, rows: Iterable[tuple[Any, ...]]) -> list[Shown]:
        """Name the values of rows; those of the order, which stand behind, are left out."""
        names = tuple(self.columns)
        return [dict(zip(names, row, strict=False)) for row in rows]


@dataclass(frozen=True, slots=True)
class _Source:
    """The rows of one list and filter; ``state`` names the records for what is kept of them."""

    rows: QuerySet[Any, Any]
    listing: Listing
    state: str = ""

    @property
    def keys(self) -> Keys:
        return keys_of(self.rows)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of the columns, and behind them those of the order that are not among them."""
        return tuple(
            dict.fromkeys((*self.listing.columns.values(), *(key.name for key in self.keys)))
        )

    def read(self, cursor: str, *, limit: int, offset: int = 0) -> list[tuple[Any, ...]]:
        values = values_of(self.rows, cursor)
        if not self.state:
            rows = behind_values(self.rows, values).values_list(*self.names)
            return list(rows[offset : offset + limit])
        known = statement(self.state, self.names, values, partial(behind_values, self.rows))
        return known.read(values, limit=limit, offset=offset)

    def cursor_after(self, row: tuple[Any, ...]) -> str:
        values = dict(zip(self.names, row, strict=True))
        return cursor_after(self.keys, (values[key.name] for key in self.keys))

    def total(self) -> int:
        if not self.state:
            return bounded_count(self.rows)
        kept, key = caches["process"], f"{self.state}-total"
        total: int | None = kept.get(key)
        if total is None:
            total = bounded_count(self.rows)
            kept.set(key, total)
        return total


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
        return _page_of_rows(_Source(rows, listing), paging, listing)
    kept, state = caches["process"], f"{listing.name} {number(listing.revision)} {request.path}"
    key = _short(f"{state} page", request.GET.items())
    page: bytes | None = kept.get(key)
    if page is None:
        filters = [one for one in request.GET.items() if one[0] not in _NOT_FILTERS]
        page = _page_of_rows(_Source(rows, listing, _short(state, filters)), paging, listing)
        kept.set(key, page)
    return page


def _short(what: str, query: Iterable[tuple[str, object]]) -> str:
    text = urlencode(sorted((name, str(one)) for name, one in query))
    return hashlib.sha256(f"{what}?{text}".encode()).hexdigest()


def _page_of_rows(source: _Source, paging: Paging, listing: Listing) -> bytes:
    cursor = paging.cursor if isinstance(paging, DeepPaging) else ""
    offset = 0 if cursor else (paging.page - 1) * paging.per_page
    found = source.read(cursor, limit=paging.per_page + 1, offset=offset)
    page, goes_on = found[: paging.per_page], len(found) > paging.per_page
    return _json(
        listing.given(page),
        paging,
        listing,
        total=None if cursor else source.total(),
        following=source.cursor_after(page[-1]) if goes_on else None,
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
        source = _Source(rows, listing)
        following, shown = _beyond_one_file(source, cursor), _in_chunks(source, cursor)
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


def _in_chunks(source: _Source, cursor: str) -> Iterator[Shown]:
    """Read short pieces one after the other, so that no reader holds a transaction open."""
    left = MOST_IN_A_FILE
    while left:
        rows = source.read(cursor, limit=min(CHUNK, left))
        yield from source.listing.given(rows)
        if len(rows) < CHUNK:
            return
        left -= len(rows)
        cursor = source.cursor_after(rows[-1])


def _beyond_one_file(source: _Source, cursor: str) -> str:
    """Give the cursor of the next file, when the list is longer than one."""
    last = source.read(cursor, limit=2, offset=MOST_IN_A_FILE - 1)
    return source.cursor_after(last[0]) if len(last) > 1 else ""


def _links(request: HttpRequest, listing: Listing, following: str) -> Iterator[str]:
    if listing.is_open_data:
        yield f'<{LICENCE_ADDRESS}>; rel="license"'
        yield '</api/v1/datasets>; rel="describedby"'
    if following:
        query = request.GET.copy()
        query["cursor"] = following
        yield f'<{request.path}?{query.urlencode()}>; rel="next"'
