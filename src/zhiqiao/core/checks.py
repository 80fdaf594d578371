"""Checks that Django runs at start and before migrations."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connections

from zhiqiao.core.models_base import Searchable

OLDEST_SERVER = 150_000


@register(Tags.database)
def check_database(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or []:
        found += _database_problems(alias)
    return found


def _database_problems(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int,"
            " current_setting('server_encoding'),"
            # Two characters of Chinese: no word at all where the locale knows ASCII only.
            " length(to_tsvector('simple', U&'\\5927\\5B66')),"
            " current_setting('fsync')"
        )
        version, encoding, words, fsync = cursor.fetchone()
    found: list[CheckMessage] = []
    if version < OLDEST_SERVER:
        found.append(
            Error(
                f"PostgreSQL {version // 10_000} is older than 15.",
                hint="Point DATABASE_URL to PostgreSQL 15 to 18.",
                id="core.E001",
            )
        )
    if encoding != "UTF8" or words != 1:
        found.append(
            Error(
                "The database does not read Chinese characters as letters.",
                hint="Create it with ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0.",
                id="core.E002",
            )
        )
    if fsync != "on":
        found.append(
            Warning(
                "fsync is off: a power failure loses what was saved.",
                hint="Set fsync = on.",
                id="core.W001",
            )
        )
    return found


@register(Tags.models)
def check_search_indexes(**_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{model.__name__} is Searchable but has no index over search_text.",
            hint="Take indexes = [*Searchable.Meta.indexes, …] over into its Meta.",
            obj=model,
            id="core.E003",
        )
        for model in apps.get_models()
        if issubclass(model, Searchable) and not _has_word_index(model)
    ]


def _has_word_index(model: type[Searchable]) -> bool:
    indexes = model._meta.indexes  # noqa: SLF001 - Django's documented name
    return any(isinstance(index, GinIndex) for index in indexes)
