"""Turn the values of a file into typed entries, reporting every schema error with its line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from zhiqiao.packs import flows, lifecycles, schemas, schemes, tasks
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.reader import Document, Path, Value
from zhiqiao.packs.scalars import SHAPES


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of entry: its model and the field that takes the key of the file."""

    model: type[BaseModel]
    key: str


FORMAT = "1"
_SHOWN = 60
_REASONS = {
    "string_type": "a text is expected, in quotation marks if need be",
    "string_too_short": "a text is expected, not an empty one",
    "tuple_type": "a list is expected, such as [a, b]",
    "dict_type": "a mapping is expected",
    "decimal_type": "a number is expected, such as 90 or 0.05",
    "int_type": "a whole number is expected, such as 15",
    "date_type": "a day is expected, such as 2025-12-31",
    "too_short": "at least one entry is expected",
}
SECTIONS: Mapping[str, Section] = {
    "articles": Section(schemas.Article, "id"),
    "targets": Section(schemas.Target, "id"),
    "duties": Section(schemas.Duty, "id"),
    "mechanisms": Section(schemas.MechanismEntry, "id"),
    "bodies": Section(tasks.Body, "id"),
    "tasks": Section(tasks.TaskDefinition, "id"),
    "calendars": Section(tasks.CalendarYear, "id"),
    "schemes": Section(schemes.AdmissionScheme, "id"),
    "flows": Section(flows.Flow, "id"),
    "lifecycles": Section(lifecycles.Lifecycle, "id"),
    "kinds": Section(schemas.RecognitionKind, "id"),
    "judgements": Section(schemas.Judgement, "id"),
    "measures": Section(schemas.Measure, "name"),
    "formulas": Section(schemas.FormulaDefinition, "name"),
    "parameters": Section(schemas.ParameterDefinition, "name"),
    "units": Section(schemas.Unit, "id"),
    "vocabularies": Section(schemas.Vocabulary, "id"),
    "sources": Section(schemas.Source, "id"),
    "tests": Section(schemas.PackTest, "id"),
}


def read_header(document: Document) -> tuple[schemas.Header | None, list[Problem]]:
    """Return the typed header of ``pack.yaml`` and its schema errors."""
    content = document.content
    written = content.get("format", FORMAT) if isinstance(content, dict) else FORMAT
    if written != FORMAT:
        return None, [
            Problem(
                document.name, document.line(("format",)), "pack-format",
                f"The pack is written in format {_shown(written)}; this release reads format {FORMAT}.",
                "Use a release of the product that reads this format.",
            )
        ]  # fmt: skip
    try:
        return schemas.Header.model_validate(document.content), []
    except ValidationError as error:
        return None, [_problem(document, details) for details in error.errors()]


def read_entries(name: str, document: Document) -> tuple[dict[str, BaseModel], list[Problem]]:
    """Return the typed entries of section `name` by their key, and the schema errors."""
    content = document.content
    if not isinstance(content, dict):
        return {}, [
            Problem(
                document.name, 1, "schema-shape",
                "The file must be a mapping from ids to entries.",
                "Begin each entry with its id and a colon.",
            )
        ]  # fmt: skip
    section = SECTIONS[name]
    keyed = {key: _with_key(value, section.key, key) for key, value in content.items()}
    try:
        return _adapter(section.model).validate_python(keyed), []
    except ValidationError as error:
        return {}, [_problem(document, details) for details in error.errors()]


def _with_key(value: Value, field: str, key: str) -> object:
    return {field: key, **value} if isinstance(value, dict) else value


@cache
def _adapter(model: type[BaseModel]) -> TypeAdapter[dict[str, BaseModel]]:
    return TypeAdapter(dict[str, model])  # type: ignore[valid-type]


def _problem(document: Document, details: ErrorDetails) -> Problem:
    path: Path = tuple(details["loc"])
    place = ".".join(str(step) for step in path)
    code, message, remedy = _words(details)
    return Problem(document.name, document.line(path), code, f"{place}: {message}", remedy)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _words(details: ErrorDetails) -> tuple[str, str, str]:
    given = _shown(details.get("input"))
    if details["type"] == "missing":
        return "schema-missing", "this field is required and absent.", "Add the field."
    if details["type"] == "extra_forbidden":
        return "schema-unknown", "this field is not known.", "Correct its spelling or remove it."
    if details["type"] == "model_type":
        return "schema-value", "fields are expected here.", "Write the fields below it, indented."
    return (
        "schema-value",
        f"“{given}” was given: {_reason(details)}.",
        "Write a value of this form.",
    )


def _reason(details: ErrorDetails) -> str:
    pattern = details.get("ctx", {}).get("pattern")
    if pattern in SHAPES:
        return f"it is written like {SHAPES[pattern]}"
    return _REASONS.get(details["type"], details["msg"].removeprefix("Value error, "))
