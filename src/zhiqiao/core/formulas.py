"""Runs the statements of the formula engine where the facts are."""

import re
from typing import TYPE_CHECKING, Any, cast

import polars as pl
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import UnavailableError, define
from zhiqiao.engines.formula import Relation, Statement

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_MILLISECONDS = 5_000
CANCELLED = "57014"

TOO_SLOW = define(
    "core.figures_too_slow",
    message=_("The figures took longer to compute than this site allows."),
    remedy=_("Ask for fewer figures or one organisation, or try again when the site is less busy."),
)


def run_statement(
    statement: Statement, *, most_milliseconds: int = MOST_MILLISECONDS
) -> pl.DataFrame:
    """Run it in a savepoint that can write nothing and is always rolled back.

    The roll-back also takes the time limit away again, so that the transaction around keeps its own.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('transaction_read_only', 'on', true),"
                " set_config('statement_timeout', %s, true)",
                [str(most_milliseconds)],
            )
            cursor.execute(statement.text, cast("dict[str, Any]", statement.parameters))
            rows = cursor.fetchall()
            transaction.set_rollback(True)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == CANCELLED:
            raise UnavailableError(TOO_SLOW) from error
        raise
    return statement.table(rows)


_MARK = re.compile(r"%[%s]")


def relation_of(rows: "QuerySet[Any, Any]", *, is_text: bool = True) -> Relation:
    """Take a queryset of six values as facts: entity, year, name, value, text and state, so ordered."""
    sql, given = rows.query.sql_with_params()
    places = iter(range(len(given)))

    def named(match: re.Match[str]) -> str:
        return "%%" if match.group() == "%%" else f"%(given_{next(places)})s"

    columns = "entity, year, name, value, text, state"
    text = f"SELECT {columns} FROM ({_MARK.sub(named, sql)}) AS rows({columns})"  # noqa: S608 - of a queryset
    parameters = {f"given_{place}": value for place, value in enumerate(given)}
    return Relation(text, parameters, is_text)
