"""Triggers that make a table append-only and cannot be switched off by a session setting."""

import pgtrigger
from django.db import models


class AppendOnly(pgtrigger.Trigger):
    """Calls ``core_refuse_change`` (first migration) instead of the function that pgtrigger writes.

    That one obeys the session setting ``pgtrigger.ignore``; an audit trail must not.
    """

    when = pgtrigger.Before
    func = "RETURN NULL;"

    def render_execute(self, model: models.Model) -> str:
        del model
        return "core_refuse_change()"


def append_only(name: str) -> list[AppendOnly]:
    return [
        AppendOnly(name=f"{name}_rows", operation=pgtrigger.Update | pgtrigger.Delete),
        AppendOnly(name=f"{name}_table", operation=pgtrigger.Truncate, level=pgtrigger.Statement),
    ]
