"""Lets the test runner empty the append-only tables, and the queue, after a transactional test.

Loaded by the root conftest. The product has no such way: the runner owns the test database and
switches the triggers off for the one statement that empties all tables.
"""

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

GUARDED = ("core_auditentry", "core_auditseal")
QUEUE = "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"


@pytest.fixture(autouse=True, scope="session")
def _guarded_tables_can_be_flushed():
    original = DatabaseOperations.sql_flush

    def sql_flush(self, style, tables, **options):
        statements = original(self, style, tables, **options)
        guarded = [table for table in GUARDED if table in tables]
        if not statements or not guarded:
            return statements
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded]
        return [*off, *statements, QUEUE, *on]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
