"""Triggers that make a table append-only and cannot be switched off by a session setting."""

import pgtrigger
from django.db import models

# Created by the first migration. The triggers call it directly, because the function that
# pgtrigger writes itself obeys the setting ``pgtrigger.ignore``.
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
"""


class AppendOnly(pgtrigger.Trigger):  # type: ignore[misc]  # published without types
    when = pgtrigger.Before
    func = "RETURN NULL;"

    def render_execute(self, model: type[models.Model]) -> str:
        del model
        return "core_refuse_change()"


def append_only(name: str) -> list[AppendOnly]:
    return [
        AppendOnly(name=f"{name}_rows", operation=pgtrigger.Update | pgtrigger.Delete),
        AppendOnly(
            name=f"{name}_table", operation=pgtrigger.Truncate, level=pgtrigger.Statement
        ),
    ]
