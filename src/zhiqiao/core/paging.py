"""One way to cut a list into pages: bad page numbers are safe, counting is bounded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

Row = TypeVar("Row")

# Beyond this many rows nobody turns pages; the list asks to be filtered instead.
COUNTED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: list[Row]
    number: int
    per_page: int
    total: int
    total_is_more: bool
    query: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first_index(self) -> int:
        return (self.number - 1) * self.per_page + 1 if self.items else 0

    @property
    def last_index(self) -> int:
        return self.first_index + len(self.items) - 1 if self.items else 0

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    @property
    def shown_numbers(self) -> list[int | None]:
        """Page numbers around the present one; None stands for a gap."""
        near = range(self.number - 2, self.number + 3)
        wanted = sorted({1, self.pages, *(n for n in near if 1 <= n <= self.pages)})
        shown: list[int | None] = []
        for number in wanted:
            if shown and shown[-1] is not None and number - shown[-1] > 1:
                shown.append(None)
            shown.append(number)
        return shown


def paginate(
    rows: "QuerySet[Any, Row] | list[Row]",
    request: HttpRequest,
    *,
    per_page: int = 20,
    total: int | None = None,
    by_key: bool = False,
) -> Page[Row]:
    """Cut out the page that was asked for; a caller that knows the total saves the counting.

    With ``by_key`` the database orders the keys alone and reads the wide rows of the page after them:
    for long lists whose rows are joined from several tables, at the price of one statement.
    """
    total = bounded_count(rows) if total is None else total
    capped = min(total, COUNTED_AT_MOST)
    pages = max(1, -(-capped // per_page))
    number = min(_asked_number(request), pages)
    start = (number - 1) * per_page
    query = request.GET.copy()
    query.pop("page", None)
    if by_key and isinstance(rows, QuerySet):
        keys = list(rows.values_list("pk", flat=True)[start : start + per_page])
        items = list(rows.filter(pk__in=keys))
    else:
        items = list(rows[start : start + per_page])
    return Page(
        items=items,
        number=number,
        per_page=per_page,
        total=capped,
        total_is_more=total > COUNTED_AT_MOST,
        query=query.urlencode(),
    )


def bounded_count(rows: "QuerySet[Any, Row] | list[Row]") -> int:
    if isinstance(rows, QuerySet):
        return rows.order_by()[: COUNTED_AT_MOST + 1].count()
    return len(rows)


def _asked_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 9 else 1
