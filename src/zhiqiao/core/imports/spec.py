"""What an app says about a table that people may import; no database is touched here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django import forms
    from pydantic import BaseModel

    from zhiqiao.core.access import Actor, Verdict
    from zhiqiao.core.imports.models import ImportBatch
    from zhiqiao.core.jobs import Progress

#: A text that may still wait for the language of its reader.
Words = str | Promise

#: The answer to a doubt that says: none of the candidates, keep the text as it was given.
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Choice:
    """One permitted value of a column: what is stored, and what a person reads and may type."""

    value: str
    title: Words


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. ``name`` is the field of the row model.

    ``title`` heads the column in the template, in the language of the person; ``aliases`` are
    further headings by which a file may call it (both languages, older names). ``choices`` are
    offered as a drop-down; a title in any language is read as its value.

    What stands in a column that ``is_secret`` is masked wherever a cell is kept or repeated; its row
    model keeps the value sealed (``zhiqiao.core.sealing``).
    """

    name: str
    title: Words
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: Callable[[], Iterable[Choice]] | None = None
    help: Words = ""
    example: str = ""
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person must put right before anything is written.

    ``code`` is defined with ``core.errors.define``; ``parameters`` fill its texts. ``row`` is
    the number that the spreadsheet shows; None speaks of the whole file.
    """

    row: int | None
    column: str
    given: str
    code: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a doubtful name may mean; ``value`` comes back as the answer."""

    value: str
    label: str
    why: Words = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that only a person may settle, once for all rows that give it.

    The answer is kept in ``batch.answers[field][given]``: the value of a candidate, or
    ``KEEP``. ``otherwise`` words that last choice ("It is a new organisation").
    """

    row_numbers: tuple[int, ...]
    field: str
    given: str
    candidates: tuple[Candidate, ...]
    suggestion: str | None = None
    otherwise: Words = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that the import would replace, shown before anybody commits it."""

    row: int
    label: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ImportSpec:
    """A table that people may import, and what the app does with it.

    ``check`` and ``doubts`` read the staging table in SQL, a fixed number of queries whatever
    the number of rows. ``commit`` runs in one transaction and returns the counts ``added``,
    ``changed`` and ``unchanged``; the dry run is this same function, rolled back, so it
    must have no effect outside the database. ``preview`` lists what would change. A table that
    ``is_personal`` keeps no first rows beside the batch and hands its workbook of problems to who
    opened it alone, not to whoever sees the job.
    """

    key: str
    title: Words
    columns: tuple[Column, ...]
    row_model: "type[BaseModel]"
    may: "Callable[[Actor], Verdict]"
    check: "Callable[[ImportBatch], Iterable[Problem]]"
    doubts: "Callable[[ImportBatch], Iterable[Doubt]]"
    commit: "Callable[[ImportBatch, Actor, Progress], Mapping[str, int]]"
    options_form: "type[forms.Form] | None" = None
    preview: "Callable[[ImportBatch], Iterable[Change]] | None" = None
    next_step: Words = ""
    is_personal: bool = False

    @property
    def version(self) -> str:
        """Changes when a column is added, renamed or becomes required: older templates are stale."""
        columns = "\n".join(f"{column.name}:{column.required}" for column in self.columns)
        return sha256(f"{self.key}\n{columns}".encode()).hexdigest()[:12]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import that ran at once did; ``problems`` and ``doubts`` are those still open."""

    batch: "ImportBatch"
    state: str
    counts: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Doubt, ...] = ()


_specs: dict[str, Callable[[], ImportSpec]] = {}


class UnknownSpecError(LookupError):
    """No app registered an import of this key."""


def register(spec: ImportSpec) -> None:
    """Make an import known; called from ``ready()`` of the app that owns the table."""
    _specs[spec.key] = lambda: spec


def register_made(key: str, make: Callable[[], ImportSpec]) -> None:
    """Make an import known whose columns come from the pack; it is made whenever it is asked for."""
    _specs[key] = make


def spec(key: str) -> ImportSpec:
    try:
        make = _specs[key]
    except KeyError as error:
        raise UnknownSpecError(key) from error
    return make()


def specs() -> tuple[ImportSpec, ...]:
    return tuple(make() for make in _specs.values())
