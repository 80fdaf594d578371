"""From cells as text to typed rows, with every problem of every cell."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache

from pydantic import ValidationError
from pydantic_core import ErrorDetails, SchemaSerializer

from zhiqiao.core.identifiers import mask_identity_number
from zhiqiao.core.imports import problems as codes
from zhiqiao.core.imports.cells import tidy
from zhiqiao.core.imports.headings import (
    LEFT_OUT,
    Located,
    heading_key,
    in_every_language,
)
from zhiqiao.core.imports.problems import as_json
from zhiqiao.core.imports.reading import Mark
from zhiqiao.core.imports.reading.table import address
from zhiqiao.core.imports.spec import Column, ImportSpec, Problem

#: pydantic's own words for what our codes say with a remedy.
CODES = {
    "missing": codes.MISSING_VALUE,
    "string_too_short": codes.MISSING_VALUE,
    "too_short": codes.MISSING_VALUE,
    "string_too_long": codes.TOO_LONG,
    "too_long": codes.TOO_LONG,
    "int_parsing": codes.NOT_WHOLE,
    "int_from_float": codes.NOT_WHOLE,
    "decimal_parsing": codes.NOT_NUMBER,
    "float_parsing": codes.NOT_NUMBER,
    "bool_parsing": codes.NOT_YES_NO,
    "literal_error": codes.UNKNOWN_CHOICE,
    "enum": codes.UNKNOWN_CHOICE,
}
BOUNDS = {
    "greater_than": ("gt", "> {}"),
    "greater_than_equal": ("ge", "≥ {}"),
    "less_than": ("lt", "< {}"),
    "less_than_equal": ("le", "≤ {}"),
}
SHOWN_CHOICES = 12


@dataclass(slots=True)
class TypedRow:
    """One row on its way to the staging table; ``values`` is JSON text, None when it is faulty."""

    number: int
    cells: list[str]
    values: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def problems_json(self) -> str | None:
        return json.dumps([as_json(item) for item in self.problems]) if self.problems else None


class Permitted:
    """The permitted values of one column, by every spelling that a person may use."""

    def __init__(self, column: Column) -> None:
        choices = list(column.choices()) if column.choices else []
        self.titles = [str(choice.title) for choice in choices]
        self.values: dict[str, str] = {}
        for choice in choices:
            for spelling in (*in_every_language(choice.title), choice.value):
                self.values[heading_key(spelling)] = choice.value

    def find(self, text: str) -> str | None:
        return self.values.get(heading_key(text))

    def named(self, text: str) -> str:
        """List the titles that are meant, the nearest first when the list is long."""
        near = get_close_matches(text, self.titles, n=3, cutoff=0.4)
        rest = [title for title in self.titles if title not in near]
        shown = [*near, *rest][:SHOWN_CHOICES]
        return ", ".join([*shown, "…"] if len(shown) < len(self.titles) else shown)


class Typist:
    """Reads the rows of one table as rows of the spec's model."""

    def __init__(self, located: Located, mapping: Mapping[str, str], spec: ImportSpec) -> None:
        self.located = located
        self.names = {int(p): name for p, name in mapping.items() if name != LEFT_OUT}
        self.places = {name: place for place, name in self.names.items()}
        self.permitted = {
            column.name: Permitted(column) for column in spec.columns if column.choices
        }
        self.named = lru_cache(maxsize=1_000)(lambda name, text: self.permitted[name].named(text))
        self.secret = {column.name for column in spec.columns if column.is_secret}
        self.width = len(located.headings)
        self.marks = self._marks_by_row(located.table.marks)
        self.validator = spec.row_model.__pydantic_validator__
        self.serializer: SchemaSerializer = spec.row_model.__pydantic_serializer__

    def _marks_by_row(self, marks: Sequence[Mark]) -> dict[int, list[Mark]]:
        by_row: dict[int, list[Mark]] = {}
        for mark in marks:
            if mark.column in self.names and mark.row >= self.located.heading_row:
                by_row.setdefault(mark.row, []).append(mark)
        return by_row

    def heading_problems(self) -> list[Problem]:
        """Say which headings are themselves merged, computed or broken."""
        row = self.located.heading_row
        return [self._marked(mark, "") for mark in self.marks.get(row, [])]

    def rows(self) -> Iterator[TypedRow]:
        start = self.located.heading_row
        for number, cells in enumerate(self.located.table.rows[start:], start=start + 1):
            if any(cells) or number in self.marks:
                yield self._typed(number, cells)

    def _typed(self, number: int, cells: list[str]) -> TypedRow:
        row = TypedRow(number, cells)
        marks = self.marks.get(number)
        if marks:
            row.problems += [self._marked(mark, self._cell(cells, mark.column)) for mark in marks]
        if len(cells) > self.width or not all(self.located.headings):
            row.problems += self._strays(number, cells)
        values = self._values(row)
        try:
            model = self.validator.validate_python(values)
        except ValidationError as error:
            self._add_errors(row, error.errors(include_url=False))
        else:
            if not row.problems:
                row.values = self.serializer.to_json(model).decode()
        row.problems.sort(key=lambda problem: self.places.get(problem.column, -1))
        if self.secret:
            self._mask(row)
        return row

    def _mask(self, row: TypedRow) -> None:
        """Hide secrets in what is kept of the row; the kept file alone still holds them."""
        row.cells = [
            mask_identity_number(cell) if self.names.get(place) in self.secret else cell
            for place, cell in enumerate(row.cells)
        ]
        row.problems = [
            replace(problem, given=mask_identity_number(problem.given))
            if problem.column in self.secret
            else problem
            for problem in row.problems
        ]

    @staticmethod
    def _cell(cells: list[str], position: int) -> str:
        return cells[position] if position < len(cells) else ""

    def _marked(self, mark: Mark, given: str) -> Problem:
        name = self.names[mark.column]
        return Problem(mark.row, name, given, mark.code, mark.parameters)

    def _strays(self, number: int, cells: list[str]) -> Iterator[Problem]:
        for position, cell in enumerate(cells):
            headed = position < self.width and self.located.headings[position]
            if cell.strip() and not headed:
                place: dict[str, str | int] = {
                    "cell": address(number, position),
                    "position": position,
                }
                yield Problem(number, "", cell, codes.NO_HEADING_ABOVE, place)

    def _values(self, row: TypedRow) -> dict[str, str]:
        values: dict[str, str] = {}
        cells = row.cells
        for position, name in self.names.items():
            text = tidy(cells[position]) if position < len(cells) and cells[position] else ""
            if not text:
                continue
            if name in self.permitted:
                found = self.permitted[name].find(text)
                if found is None:
                    self._note_choice(row, name, text)
                text = found or text
            values[name] = text
        return values

    def _note_choice(self, row: TypedRow, name: str, text: str) -> None:
        if all(problem.column != name for problem in row.problems):
            choices = {"choices": self.named(name, text)}
            row.problems.append(Problem(row.number, name, text, codes.UNKNOWN_CHOICE, choices))

    def _add_errors(self, row: TypedRow, errors: list[ErrorDetails]) -> None:
        noted = {problem.column for problem in row.problems if problem.column}
        for error in errors:
            name = str(error["loc"][0]) if error["loc"] else ""
            if name not in noted:
                row.problems.append(_problem(row, name, error))


def _problem(row: TypedRow, name: str, error: ErrorDetails) -> Problem:
    kind = error["type"]
    context = error.get("ctx") or {}
    value = error.get("input")
    given = str(value) if name and not isinstance(value, (dict, type(None))) else ""
    parameters: dict[str, str | int] = {}
    if "." in kind:
        code = kind
        parameters = {key: value for key, value in context.items() if isinstance(value, (str, int))}
    elif kind in BOUNDS:
        key, words = BOUNDS[kind]
        code, parameters = codes.OUT_OF_RANGE, {"bound": words.format(context.get(key))}
    else:
        code = CODES.get(kind, codes.WRONG_VALUE)
    if code == codes.TOO_LONG:
        parameters = {"limit": context.get("max_length", "")}
    if code == codes.UNKNOWN_CHOICE:
        parameters = {"choices": str(context.get("expected", ""))}
    return Problem(row.number, name, given, code, parameters)
