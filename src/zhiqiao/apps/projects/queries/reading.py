"""What a reviewer reads of an application: all of it, or what is left without names.

For a blind reviewer, answers and files that say who applies are left out, people and bodies too, and
their names are masked in everything else. A file without a copy that is free of names is kept back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.models import Application, ApplicationFile, Content
from zhiqiao.apps.projects.queries.budgets import BudgetTable, budget_table, budget_years
from zhiqiao.apps.projects.queries.shown import in_words
from zhiqiao.apps.projects.rules.blinding import masked
from zhiqiao.apps.registry.queries import history_of_organisation
from zhiqiao.core.errors import MissingError
from zhiqiao.core.models import StoredFile
from zhiqiao.core.policy import spoken
from zhiqiao.packs import FieldKind

ROWS = (FieldKind.PEOPLE, FieldKind.BODIES)


@dataclass(frozen=True, slots=True)
class ReadField:
    """One answer in words; people and bodies are lines of it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file by its number, as the reviewer may have it; without a file it is kept back."""

    number: int
    title: str
    name: str
    file: StoredFile | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one reviewer may read."""

    title: str
    applicant: str
    is_blind: bool
    sections: Sequence[tuple[str, Sequence[ReadField]]]
    budget: BudgetTable | None
    promised: Sequence[tuple[str, str]]
    files: Sequence[ReadFile]


def reading_of(application: Application, *, is_blind: bool) -> Reading:
    lifecycle = application.call.rules.lifecycle
    content = Content.objects.filter(application=application).first()
    answers = content.answers if content else {}
    promised = content.indicators if content else {}
    names = names_in(application) if is_blind else ()
    rows = {} if is_blind else _rows_of(application)
    sections = [
        (spoken(title), fields)
        for section, title in lifecycle.sections.items()
        if (
            fields := [
                ReadField(spoken(wanted.title), masked(text, names))
                for name, wanted in lifecycle.fields_of(section).items()
                if not (is_blind and (wanted.names or wanted.kind in ROWS))
                and (text := rows.get(name) or in_words(wanted, answers.get(name) or ""))
            ]
        )
    ]
    return Reading(
        title=masked(application.title, names),
        applicant="" if is_blind else application.applicant.name,
        is_blind=is_blind,
        sections=sections,
        budget=_budget_of(application, content),
        promised=[
            (spoken(wanted.title), f"{promised[name]} {spoken(wanted.unit)}")
            for name, wanted in lifecycle.indicators.items()
            if promised.get(name)
        ],
        files=_files_of(application, is_blind=is_blind),
    )


def _budget_of(application: Application, content: Content | None) -> BudgetTable | None:
    """Return the grid of amounts, whose words are the lifecycle's; nothing where none was planned."""
    wanted = application.call.rules.lifecycle.budget
    if wanted is None or content is None:
        return None
    table = budget_table(wanted, content.budget, budget_years(application.call))
    return None if table.is_empty else table


def names_in(application: Application) -> frozenset[str]:
    """Return every name by which an application says who applies."""
    found: set[str] = set()
    for body in (application.applicant, application.recommender):
        if body is not None:
            found |= {body.name, *(row.name for row in history_of_organisation(body).names)}
    for person in application.people.all():
        found |= {person.name, person.employer_text}
    found |= {body.text for body in application.bodies.all()}
    return frozenset(found - {""})


def file_of(reading: Reading, number: int) -> ReadFile:
    """Return a file that the reviewer may have."""
    for one in reading.files:
        if one.number == number and one.file is not None:
            return one
    raise MissingError("projects.file-withheld")


def _rows_of(application: Application) -> Mapping[str, str]:
    lines: dict[str, list[str]] = {}
    for person in application.people.select_related("employer"):
        employer = person.employer.name if person.employer else person.employer_text
        parts = (person.name, person.part, employer)
        lines.setdefault(person.field, []).append(" · ".join(part for part in parts if part))
    for body in application.bodies.all():
        lines.setdefault(body.field, []).append(body.text)
    return {name: "\n".join(rows) for name, rows in lines.items()}


def _files_of(application: Application, *, is_blind: bool) -> list[ReadFile]:
    wanted = application.call.rules.lifecycle.files
    rows = application.files.select_related("file", "blind_copy").order_by("wanted", "id")
    found = []
    for number, row in enumerate(rows, start=1):
        if row.wanted not in wanted or (is_blind and wanted[row.wanted].names):
            continue
        title = spoken(wanted[row.wanted].title)
        stored = _shown_file(row, is_blind=is_blind)
        suffix = PurePath((stored or row.file).name).suffix.lower()
        # What a file is called may say who gave it.
        name = f"{row.wanted}-{number}{suffix}" if is_blind else row.file.name
        found.append(ReadFile(number, title, name, stored))
    return found


def _shown_file(row: ApplicationFile, *, is_blind: bool) -> StoredFile | None:
    if row.scan == FileState.INFECTED:
        return None
    return row.blind_copy if is_blind else row.file
