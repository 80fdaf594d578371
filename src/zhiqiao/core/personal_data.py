"""The register of personal data: what is kept about people, why, how long, and who reads it.

Every app declares its own part in ``personal_data.py``, column by column; a test refuses a column about
a person that nobody declared. Legal grounds are told as they are known: none has been held against
the text of the law yet, and the pages say so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data about people; ``columns`` says for each table which columns hold it."""

    name: str
    people: Words
    what: Words
    purpose: Words
    ground: Words
    period: Words
    readers: Words
    protection: Words
    columns: Mapping[str, tuple[str, ...]]
    may_concern_minors: bool = False

    @property
    def records(self) -> int:
        """Count the records of its first table."""
        label = next(iter(self.columns))
        count: int = apps.get_model(label)._base_manager.count()  # noqa: SLF001 - Django's documented name
        return count


_REGISTER: dict[str, Kept] = {}


def declare(*kinds: Kept) -> None:
    """Enter kinds of data; a column that does not exist is a mistake of the program."""
    for kind in kinds:
        for label, columns in kind.columns.items():
            _check_columns(label, columns)
        _REGISTER[kind.name] = kind


def register_of_personal_data() -> list[Kept]:
    return [_REGISTER[name] for name in sorted(_REGISTER)]


def declared_columns() -> set[tuple[str, str]]:
    """Give (table, column) of everything that is declared."""
    return {
        (apps.get_model(label)._meta.db_table, column)  # noqa: SLF001 - Django's documented name
        for kind in _REGISTER.values()
        for label, columns in kind.columns.items()
        for column in columns
    }


def all_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every column of every table that the program keeps."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented name
            yield model, field.name


def _check_columns(label: str, columns: Iterable[str]) -> None:
    fields: Callable[[str], object] = apps.get_model(label)._meta.get_field  # noqa: SLF001 - Django's documented name
    for column in columns:
        fields(column)
