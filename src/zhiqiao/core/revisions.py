"""Counters that caches use as keys."""

from django.db import connection


def number(name: str) -> int:
    """Give the counter in one plain statement: nearly every page asks for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM core_revision WHERE name = %s", [name])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def bump(name: str) -> int:
    """Raise the counter in the transaction of the write; the row lock orders the writers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_revision AS kept (name, number) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET number = kept.number + 1 RETURNING number",
            [name],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
