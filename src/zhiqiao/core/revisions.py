"""Counters that caches use as keys."""

from django.db import connection

from zhiqiao.core.models import Revision


def number(name: str) -> int:
    return Revision.objects.filter(name=name).values_list("number", flat=True).first() or 0


def bump(name: str) -> int:
    """Raise the counter in the transaction of the write; the row lock orders the writers."""
    table = connection.ops.quote_name(Revision._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, number) VALUES (%s, 1)"  # noqa: S608 - the table's own name
            f" ON CONFLICT (name) DO UPDATE SET number = {table}.number + 1 RETURNING number",
            [name],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
