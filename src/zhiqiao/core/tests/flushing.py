"""Lets the test runner empty the append-only tables, the queue and the shared cache after a transactional test.

Loaded by the root conftest. The product has no such way: the runner owns the test database and
switches the triggers off for the one statement that empties all tables.
"""

import pytest
from django.apps import apps
from django.db.backends.postgresql.operations import DatabaseOperations

QUEUE = "TRUNCATE procrastinate_jobs, procrastinate_workers, core_cache CASCADE"


def append_only_tables():
    from zhiqiao.core.audit_triggers import AppendOnly  # noqa: PLC0415 - needs settings

    return {
        model._meta.db_table
        for model in apps.get_models()
        if any(isinstance(trigger, AppendOnly) for trigger in getattr(model._meta, "triggers", []))
    }


@pytest.fixture(autouse=True, scope="session")
def _guarded_tables_can_be_flushed():
    original = DatabaseOperations.sql_flush

    def sql_flush(self, style, tables, **options):
        statements = original(self, style, tables, **options)
        guarded = sorted(append_only_tables() & set(tables))
        if not statements or not guarded:
            return statements
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded]
        return [*off, *statements, QUEUE, *on]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
