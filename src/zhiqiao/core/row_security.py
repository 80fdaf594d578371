"""Row-level security: the policy that a model declares, brought into the database.

A model says ``row_security = "<condition>"``, made of the words below and the columns of its table.
The condition is a necessary one: queries narrow further, and policies catch a query that forgot to.
Policies bind the role of the running program; the owner of the tables migrates and backs up.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.db import connection, models
from django.db.models.signals import post_migrate

NAME = "reach"
# Plain calls are cheapest to plan; what must be taken apart is a subquery, worked out once for a
# statement and not for every row.
EVERYTHING = "current_setting('zhiqiao.everything', true) = 'on'"
PERSON = "(SELECT nullif(current_setting('zhiqiao.person', true), '')::bigint)"
BODIES = (
    "ANY (ARRAY(SELECT unnest(string_to_array("
    "nullif(current_setting('zhiqiao.bodies', true), ''), ','))::bigint))"
)


def is_person(column: str) -> str:
    """Let a row through to the person that a column names."""
    return f"{column} = {PERSON}"


def is_own(column: str, owner: str) -> str:
    """Let a row through whose column names a row of another table, owned by the person."""
    table, _dot, named = owner.partition(".")
    return f"{column} IN (SELECT id FROM {table} WHERE {named} = {PERSON})"  # noqa: S608 - a model's own words


def is_body(column: str) -> str:
    """Let a row through to whoever acts for the organisation that a column names."""
    return f"{column} = {BODIES}"


def has_role(roles: Iterable[str]) -> str:
    """Let a row through to whoever holds one of these roles anywhere."""
    held = "strpos(current_setting('zhiqiao.roles', true), ',{},') > 0"
    return "(" + " OR ".join(held.format(role) for role in sorted(roles)) + ")"


def any_of(*conditions: str) -> str:
    return " OR ".join(f"({one})" for one in conditions)


_ALSO: dict[str, list[str]] = {}


def let_through_also(label: str, condition: str) -> None:
    """Widen the policy of a lower app's model by what a higher app's tables say."""
    _ALSO.setdefault(label, []).append(condition)


def protected_models() -> Iterator[tuple[type[models.Model], str]]:
    """Yield the models that declare a policy, with its condition."""
    for model in apps.get_models():
        condition = getattr(model, "row_security", None)
        if condition is not None:
            yield model, any_of(condition, *_ALSO.get(model._meta.label_lower, ()))  # noqa: SLF001 - Django's documented name


def apply_policies() -> None:
    """Bring the policies of all models into the database; the same again changes nothing."""
    with connection.cursor() as cursor:
        for model, condition in protected_models():
            table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - Django's documented name
            cursor.execute(f"DROP POLICY IF EXISTS {NAME} ON {table}")
            cursor.execute(
                f"CREATE POLICY {NAME} ON {table} USING ({any_of(condition, EVERYTHING)})"
            )
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _after_migrations(sender: AppConfig, **_more: Any) -> None:
    """Wait for the last app: a policy may name the tables of several."""
    if sender is list(apps.get_app_configs())[-1]:
        apply_policies()


post_migrate.connect(_after_migrations, dispatch_uid="zhiqiao.row_security")
