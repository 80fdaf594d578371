"""One part of the form as a whole: its plain fields and its rows, in the order of the lifecycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from django.forms import BoundField

from zhiqiao.apps.projects.actions import PartGiven
from zhiqiao.apps.projects.forms.writing import (
    BudgetForm,
    DeclaredForm,
    IndicatorForm,
    SectionForm,
)
from zhiqiao.apps.projects.forms.writing_rows import (
    MORE_ROWS,
    SPARE_ROWS,
    Rows,
    bodies_of_rows,
    body_rows,
    people_of_rows,
    people_rows,
    unsuitable_of_rows,
    unsuitable_rows,
)
from zhiqiao.apps.projects.queries import Written, names_alike, table_of
from zhiqiao.apps.projects.queries.forms import (
    BUDGET,
    DECLARATIONS,
    INDICATORS,
    UNSUITABLE,
    declared_conditions,
)
from zhiqiao.core.policy import spoken
from zhiqiao.packs import FieldKind, FieldWanted

PlainForm: TypeAlias = BudgetForm | DeclaredForm | IndicatorForm | SectionForm


@dataclass(frozen=True, slots=True)
class Entry:
    """A question on the page: a plain field, or rows under a title."""

    name: str
    bound: BoundField | None = None
    rows: Rows | None = None
    title: str = ""
    help: str = ""
    needed: bool = True


class PartSheet:
    """What a person fills in for one part, and what comes of it.

    ``more`` names rows that shall have further empty lines.
    """

    def __init__(
        self, written: Written, part: str, data: Any = None, *, today: date, more: str = ""
    ) -> None:
        self.part, self.written, self.more = part, written, more
        self.form = self._form(data)
        self.rows: dict[str, Rows] = {}
        if part == UNSUITABLE:
            self.rows["unsuitable"] = unsuitable_rows(
                written, data, extra=self._extra("unsuitable")
            )
        alike = names_alike(written, part)
        for name, wanted in written.lifecycle.fields_of(part).items():
            extra = self._extra(name)
            if wanted.kind is FieldKind.PEOPLE:
                self.rows[name] = people_rows(written, name, data, today=today, extra=extra)
            elif wanted.kind is FieldKind.BODIES:
                self.rows[name] = body_rows(written, name, data, alike=alike, extra=extra)

    def _extra(self, name: str) -> int:
        return MORE_ROWS if name == self.more else SPARE_ROWS

    def _form(self, data: Any) -> PlainForm | None:
        lifecycle, content = self.written.lifecycle, self.written.content
        table = table_of(self.written)
        if self.part == BUDGET and table is not None:
            return BudgetForm(table, data)
        if self.part == INDICATORS:
            return IndicatorForm(lifecycle.indicators, content.indicators, data)
        if self.part == DECLARATIONS:
            return DeclaredForm(declared_conditions(lifecycle), content.declared, data)
        return SectionForm(self.written, self.part, data) if self.part != UNSUITABLE else None

    def is_valid(self) -> bool:
        """Judge everything, so that all faults are told at once."""
        judged = [self.form.is_valid()] if self.form is not None else []
        return all([*judged, *(rows.is_valid() for rows in self.rows.values())])

    def entries(self) -> list[Entry]:
        """Return the questions in order; the cells of a budget stand in a grid instead."""
        if self.part == BUDGET:
            return []
        if self.part == UNSUITABLE:
            return [Entry("unsuitable", rows=self.rows["unsuitable"])]
        if not isinstance(self.form, SectionForm):
            return [Entry(name, self.form[name]) for name in self.form.fields] if self.form else []
        fields = self.written.lifecycle.fields_of(self.part)
        return [self._entry(name, wanted) for name, wanted in fields.items()]

    def _entry(self, name: str, wanted: FieldWanted) -> Entry:
        if name not in self.rows or self.form is None:
            return Entry(name, self.form[name] if self.form is not None else None)
        told = spoken(wanted.help) if wanted.help else ""
        return Entry(name, None, self.rows[name], spoken(wanted.title), told, wanted.needed)

    def faults(self) -> list[tuple[str, str, str]]:
        """Return where something cannot be read, under which name, and what is wrong with it."""
        lines = [form for rows in self.rows.values() for form in rows.forms]
        found = [
            (form[name].id_for_label, str(form[name].label), str(error))
            for form in (lines if self.form is None else [self.form, *lines])
            for name, errors in form.errors.items()
            if name in form.fields
            for error in errors
        ]
        loose = [(rows, error) for rows in self.rows.values() for error in rows.non_form_errors()]
        return [*found, *((f"field-{rows.prefix}", "", str(error)) for rows, error in loose)]

    def given(self) -> PartGiven:
        if self.form is None:
            return PartGiven(unsuitable=unsuitable_of_rows(self.rows["unsuitable"]))
        people = {name: people_of_rows(rows) for name, rows in self._rows_of(FieldKind.PEOPLE)}
        bodies = {name: bodies_of_rows(rows) for name, rows in self._rows_of(FieldKind.BODIES)}
        return replace(self.form.given(), people=people, bodies=bodies)

    def _rows_of(self, kind: FieldKind) -> Sequence[tuple[str, Rows]]:
        fields: Mapping[str, FieldWanted] = self.written.lifecycle.fields_of(self.part)
        return [(name, rows) for name, rows in self.rows.items() if fields[name].kind is kind]
