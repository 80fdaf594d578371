"""Refuses a database server on which Zhiqiao would give wrong answers. Runs with ``migrate``."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

OLDEST_VERSION = 15
BYTE_LOCALES = frozenset({"C", "POSIX"})
PROPERTIES = """
    SELECT current_setting('server_version_num')::int / 10000,
           pg_encoding_to_char(encoding), datctype
    FROM pg_database WHERE datname = current_database()
"""
NEW_DATABASE = (
    "Create it with: CREATE DATABASE zhiqiao TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';"
)


@register(Tags.database)
def check_database_servers(
    app_configs: Sequence[Any] | None,  # noqa: ARG001  the signature of a check
    databases: Iterable[str] | None = None,
    **_: object,
) -> list[CheckMessage]:
    return [message for alias in databases or () for message in check_server(connections[alias])]


def check_server(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    alias = connection.alias
    if connection.vendor != "postgresql":
        rule = f"The database {alias} is {connection.display_name}; Zhiqiao runs on PostgreSQL."
        return [Error(rule, hint="Set DATABASE_URL to a PostgreSQL server.", id="zhiqiao.E001")]
    try:
        with connection.cursor() as cursor:
            cursor.execute(PROPERTIES)
            version, encoding, character_type = cursor.fetchone()
    except DatabaseError as error:
        message = f"The database {alias} cannot be reached: {error}"
        hint = "Check DATABASE_URL and that the server runs, or unset DATABASE_URL."
        return [Error(message.strip(), hint=hint, id="zhiqiao.E002")]
    return describe_faults(alias, version=version, encoding=encoding, character_type=character_type)


def describe_faults(
    alias: str, *, version: int, encoding: str, character_type: str
) -> list[CheckMessage]:
    faults: list[CheckMessage] = []
    if version < OLDEST_VERSION:
        message = f"The server of {alias} is PostgreSQL {version}; {OLDEST_VERSION} is needed."
        hint = f"Upgrade it to PostgreSQL {OLDEST_VERSION} or later."
        faults.append(Error(message, hint=hint, id="zhiqiao.E003"))
    if encoding != "UTF8":
        message = f"The database of {alias} is encoded in {encoding}; UTF8 is needed."
        faults.append(Error(message, hint=NEW_DATABASE, id="zhiqiao.E004"))
    if character_type in BYTE_LOCALES:
        message = (
            f"The database of {alias} has LC_CTYPE {character_type}, which knows letters of "
            "ASCII only; C.UTF-8 or a locale of a language is needed."
        )
        faults.append(Error(message, hint=NEW_DATABASE, id="zhiqiao.E005"))
    return faults
