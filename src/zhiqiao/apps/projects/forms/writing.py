"""The form of an application, made of what the lifecycle asks for.

A draft may have gaps: an empty field is no error here, and neither is a number out of its bounds.
Refused is only what cannot be read at all; it comes back as it was typed.
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhiqiao.apps.projects.actions import PartGiven
from zhiqiao.apps.projects.forms.register import DAY
from zhiqiao.apps.projects.queries import BudgetTable, Written
from zhiqiao.core.policy import spoken
from zhiqiao.packs import FieldKind, FieldWanted, Indicator

LONGEST = 50_000
FIGURES = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
YES, NO = "yes", "no"


class PlainNumberField(forms.DecimalField):
    """A number as people write it: wide digits, spaces and commas between groups are no fault."""

    widget = FIGURES

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # the stubs say int
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
        return super().to_python(value)


class GapForm(forms.Form):
    """A form whose fields may all be left empty; ``required`` only tells what handing in needs."""

    use_required_attribute = False

    def add_error(self, field: str | None, error: Any) -> None:
        # Only a single fault has a code; several come together without one.
        if field and getattr(error, "code", "") == "required":
            self.cleaned_data[field] = None
            return
        super().add_error(field, error)


def _figures(places: int, *, digits: int = 18) -> forms.DecimalField:
    return PlainNumberField(max_digits=digits, decimal_places=places)


def _line(_wanted: FieldWanted) -> forms.Field:
    return forms.CharField(max_length=LONGEST)


def _text(_wanted: FieldWanted) -> forms.Field:
    return forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}))


def _choice(wanted: FieldWanted) -> forms.Field:
    options = [(name, spoken(title)) for name, title in wanted.options.items()]
    return forms.ChoiceField(choices=[("", "—"), *options])


def _flag(_wanted: FieldWanted) -> forms.Field:
    return forms.ChoiceField(choices=[("", "—"), (YES, _("Yes")), (NO, _("No"))])


BUILDERS: Mapping[FieldKind, Callable[[FieldWanted], forms.Field]] = {
    FieldKind.LINE: _line,
    FieldKind.TEXT: _text,
    FieldKind.WHOLE: lambda _wanted: _figures(0),
    FieldKind.NUMBER: lambda _wanted: _figures(6),
    FieldKind.MONEY: lambda _wanted: _figures(2),
    FieldKind.DAY: lambda _wanted: forms.DateField(widget=DAY),
    FieldKind.FLAG: _flag,
    FieldKind.CHOICE: _choice,
    FieldKind.ADDRESS: lambda _wanted: forms.URLField(assume_scheme="https", max_length=2_000),
}


class SectionForm(GapForm):
    """The plain fields of one section; people and bodies stand in rows of their own."""

    def __init__(self, written: Written, section: str, data: Any = None) -> None:
        self.wanted = {
            name: wanted
            for name, wanted in written.lifecycle.fields_of(section).items()
            if wanted.kind in BUILDERS
        }
        kept = written.content.answers
        super().__init__(data, initial={name: kept.get(name, "") for name in self.wanted})
        for name, wanted in self.wanted.items():
            field = BUILDERS[wanted.kind](wanted)
            field.label, field.required = spoken(wanted.title), wanted.needed
            field.help_text = _help_of(wanted, kept.get(name, ""))
            self.fields[name] = field

    def given(self) -> PartGiven:
        answers = {
            name: _as_text(self.cleaned_data.get(name), self.wanted[name]) for name in self.wanted
        }
        return PartGiven(answers=answers)


def _as_text(value: object, wanted: FieldWanted) -> str:
    """Write a value as it is kept: numbers in plain figures, days as ISO text."""
    if value in (None, ""):
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}" if wanted.kind is FieldKind.MONEY else f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n")


def _help_of(wanted: FieldWanted, kept: str) -> str:
    told = [spoken(wanted.help)] if wanted.help else []
    if wanted.kind in {FieldKind.LINE, FieldKind.TEXT} and wanted.most is not None:
        counted = ngettext(
            "At most %(most)d characters; %(length)d is saved.",
            "At most %(most)d characters; %(length)d are saved.",
            len(kept),
        )
        told.append(counted % {"most": int(wanted.most), "length": len(kept)})
    if wanted.kind is FieldKind.MONEY:
        told.append(_now("In yuan, with at most two places after the point."))
    return " ".join(told)


class BudgetForm(GapForm):
    """The grid: a cell for each line or source and year, in yuan."""

    def __init__(self, table: BudgetTable, data: Any = None) -> None:
        super().__init__(data)
        self.table = table
        for half in (table.lines, table.sources):
            for row in half.rows:
                for year, amount in zip(table.years, row.amounts, strict=True):
                    field = _figures(2, digits=14)
                    field.label = _now("%(row)s, %(year)s") % {"row": row.title, "year": year}
                    field.required, field.initial = False, amount
                    field.widget.attrs["aria-label"] = field.label
                    field.validators.append(_not_negative)
                    self.fields[f"{half.side}-{row.name}-{year}"] = field

    def halves(self) -> list[dict[str, object]]:
        """Give the cells row by row, with the sums of what is saved."""
        return [
            {
                "half": half,
                "rows": [
                    (row, [self[f"{half.side}-{row.name}-{year}"] for year in self.table.years])
                    for row in half.rows
                ],
            }
            for half in (self.table.lines, self.table.sources)
        ]

    def given(self) -> PartGiven:
        found: dict[str, dict[str, dict[str, str]]] = {}
        for name, amount in self.cleaned_data.items():
            side, row, year = name.split("-")
            if amount is not None:
                found.setdefault(side, {}).setdefault(row, {})[year] = f"{amount:.2f}"
        return PartGiven(budget=found)


def _not_negative(amount: Decimal) -> None:
    if amount < 0:
        raise ValidationError(_("An amount is not below 0."))


class IndicatorForm(GapForm):
    def __init__(
        self, wanted: Mapping[str, Indicator], kept: Mapping[str, str], data: Any = None
    ) -> None:
        super().__init__(data, initial=dict(kept))
        for name, one in wanted.items():
            field = PlainNumberField(max_digits=18, decimal_places=6, min_value=0)
            title, unit = spoken(one.title), spoken(one.unit)
            field.label = _now("%(title)s (%(unit)s)") % {"title": title, "unit": unit}
            field.required = one.needed
            if one.least is not None:
                field.help_text = _now("At least %(least)s.") % {"least": f"{one.least:f}"}
            self.fields[name] = field

    def given(self) -> PartGiven:
        given = self.cleaned_data
        promised = {name: given[name] for name in self.fields if given.get(name) is not None}
        return PartGiven(indicators={name: f"{number:f}" for name, number in promised.items()})


class DeclaredForm(forms.Form):
    def __init__(
        self, conditions: Mapping[str, str], kept: Mapping[str, bool], data: Any = None
    ) -> None:
        super().__init__(data, initial=dict(kept))
        for name, says in conditions.items():
            self.fields[name] = forms.BooleanField(label=says, required=False)

    def given(self) -> PartGiven:
        return PartGiven(declared=dict(self.cleaned_data))
