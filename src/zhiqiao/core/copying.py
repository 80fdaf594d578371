"""Many rows written by COPY, where a statement for each thousand would take the most of the time.

PostgreSQL copies into no table with row-level security for a role that does not own it, so rows go
through a table of the transaction's own.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

Row = TypeVar("Row", bound=models.Model)
NOTHING = "ON CONFLICT DO NOTHING"


def copy_in(
    table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]], *, conflict: str = ""
) -> int:
    """Write rows by COPY; returns how many were written.

    ``conflict`` is the clause of the insertion for rows that are there already.
    """
    named = ", ".join(f'"{column}"' for column in columns)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE arriving ON COMMIT DROP AS SELECT {named} FROM {table} LIMIT 0"  # noqa: S608 - our own names
        )
        with cursor.copy(f"COPY arriving ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({named}) SELECT {named} FROM arriving {conflict}")  # noqa: S608 - our own names
        written = int(cursor.rowcount)
        cursor.execute("DROP TABLE arriving")
    return written


def copy_new(rows: Sequence[Row], *, conflict: str = "") -> Sequence[Row]:
    """Create objects of one model by COPY, as ``bulk_create`` does, and give them their keys.

    With a clause for conflicts the keys may be those of rows that were not written.
    """
    if not rows:
        return rows
    model = type(rows[0])
    key = model._meta.pk  # noqa: SLF001 - Django's documented name
    assert key is not None  # noqa: S101 - every concrete model has one
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented name
    missing = [row for row in rows if row.pk is None]
    for row, number in zip(missing, _keys(model, len(missing)), strict=True):
        row.pk = number
    # The proxy of the thread's connection would be asked for each value.
    own = connections[DEFAULT_DB_ALIAS]
    values = (
        tuple(field.get_db_prep_save(field.pre_save(row, add=True), own) for field in fields)
        for row in rows
    )
    columns = [field.column for field in fields]
    copy_in(model._meta.db_table, columns, values, conflict=conflict)  # noqa: SLF001 - Django's documented name
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - Django's documented name
    return rows


def refresh_statistics(*filled: type[models.Model]) -> None:
    """Tell the planner how large tables are that this very transaction filled.

    Nobody else sees the rows yet, so the server would plan for empty tables until the commit.
    """
    with connection.cursor() as cursor:
        for model in filled:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")  # noqa: SLF001 - Django's documented name


def _keys(model: type[models.Model], number: int) -> list[int]:
    """Draw keys from the sequence of a table."""
    if not number:
        return []
    table, column = model._meta.db_table, model._meta.pk.column  # noqa: SLF001 - Django's documented names
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, column, number],
        )
        return [key for (key,) in cursor.fetchall()]
