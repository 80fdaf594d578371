"""The form of an application, made of what the lifecycle asks for.

A draft may have gaps: an empty field is no error here, and neither is a number out of its bounds.
Refused is only what cannot be read at all; it comes back as it was typed.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhiqiao.apps.projects.actions import BodyGiven, PersonGiven, UnsuitableGiven
from zhiqiao.apps.projects.forms.register import DAY
from zhiqiao.apps.projects.queries import BudgetTable, Written
from zhiqiao.core.errors import InputError
from zhiqiao.core.identifiers import check_identity_number
from zhiqiao.core.policy import spoken
from zhiqiao.packs import FieldKind, FieldWanted, Indicator

LONGEST = 50_000
SPARE_ROWS = 2
MORE_ROWS = 10
ROWS_AT_MOST = 200
FIGURES = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
YES, NO = "yes", "no"


class PlainNumberField(forms.DecimalField):
    """A number as people write it: wide digits, spaces and commas between groups are no fault."""

    widget = FIGURES

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
        return super().to_python(value)


class GapForm(forms.Form):
    """A form whose fields may all be left empty; ``required`` only tells what handing in needs."""

    use_required_attribute = False

    def add_error(self, field: str | None, error: Any) -> None:
        if field and isinstance(error, ValidationError) and error.code == "required":
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

    def answers(self) -> dict[str, str]:
        return {
            name: _as_text(self.cleaned_data.get(name), self.wanted[name]) for name in self.wanted
        }


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


class PersonRow(forms.Form):
    row = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    part = forms.CharField(label=_("Part in the project"), max_length=100, required=False)
    employer = forms.CharField(label=_("Employer"), max_length=200, required=False)
    identity = forms.CharField(
        label=_("Identity number"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only finds conflicts of interest; the number itself is not kept."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        hint = self.initial.get("hint")
        if hint:
            kept = _now("Kept: %(hint)s. Type a number only to replace it.")
            self.fields["identity"].help_text = kept % {"hint": hint}

    def clean_identity(self) -> str:
        typed: str = self.cleaned_data["identity"]
        if not typed:
            return ""
        try:
            return check_identity_number(typed, today=self.today).number
        except InputError as error:
            raise ValidationError(f"{error.message} {error.remedy}") from error

    def clean(self) -> dict[str, Any]:
        typed = ("part", "employer", "identity")
        if not self.cleaned_data.get("name") and any(self.cleaned_data.get(one) for one in typed):
            self.add_error("name", _("Write the name, or empty the whole row."))
        return self.cleaned_data


class BodyRow(forms.Form):
    text = forms.CharField(label=_("Name of the body"), max_length=200, required=False)
    chosen = forms.UUIDField(label=_("In the register"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike: Sequence[tuple[str, str]] = self.initial.get("alike", ())
        options = [("", _now("Not in the register")), *alike]
        self.fields["chosen"].widget = (
            forms.Select(choices=options) if alike else forms.HiddenInput()
        )


class UnsuitableRow(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    employer = forms.CharField(label=_("Employer"), max_length=200, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("name") and not given.get("reason"):
            self.add_error("reason", _("Say why this expert should not review."))
        if given.get("reason") and not given.get("name"):
            self.add_error("name", _("Write the name, or empty the whole row."))
        return given


Rows = BaseFormSet[Any]


def people_rows(
    written: Written, name: str, data: Any = None, *, today: date, extra: int = SPARE_ROWS
) -> Rows:
    rows = formset_factory(PersonRow, extra=extra, max_num=ROWS_AT_MOST, validate_max=True)
    initial = [
        {
            "row": row.position,
            "name": row.name,
            "part": row.part,
            "employer": row.employer_text,
            "hint": row.identity_hint,
        }
        for row in written.people.get(name, ())
    ]
    return rows(data, prefix=name, initial=initial, form_kwargs={"today": today})


def body_rows(
    written: Written,
    name: str,
    data: Any = None,
    *,
    alike: Mapping[str, Sequence[tuple[str, str]]],
    extra: int = SPARE_ROWS,
) -> Rows:
    """Show the bodies of a field; beside one that the register does not know, those of like names."""
    rows = formset_factory(BodyRow, extra=extra, max_num=ROWS_AT_MOST, validate_max=True)
    initial = [
        {
            "text": row.text,
            "chosen": row.organisation.uid if row.organisation else None,
            "alike": alike.get(row.text, ()),
        }
        for row in written.bodies.get(name, ())
    ]
    return rows(data, prefix=name, initial=initial)


def unsuitable_rows(written: Written, data: Any = None, *, extra: int = SPARE_ROWS) -> Rows:
    rows = formset_factory(UnsuitableRow, extra=extra, max_num=ROWS_AT_MOST, validate_max=True)
    initial = [
        {"name": row.name, "employer": row.employer_text, "reason": row.reason}
        for row in written.unsuitable
    ]
    return rows(data, prefix="unsuitable", initial=initial)


def people_of_rows(rows: Rows) -> list[PersonGiven]:
    given = (form.cleaned_data for form in rows.forms)
    return [
        PersonGiven(one["name"], one["part"], one["employer"], one["identity"], one["row"])
        for one in given
        if one.get("name")
    ]


def bodies_of_rows(rows: Rows) -> list[BodyGiven]:
    """Read the rows; the body chosen before counts only while the name stays as it was."""
    found = []
    for form in rows.forms:
        given = form.cleaned_data
        if given.get("text"):
            is_same = "text" not in form.changed_data
            found.append(BodyGiven(given["text"], given["chosen"] if is_same else None))
    return found


def unsuitable_of_rows(rows: Rows) -> list[UnsuitableGiven]:
    given = (form.cleaned_data for form in rows.forms)
    return [
        UnsuitableGiven(one["name"], one["reason"], one["employer"])
        for one in given
        if one.get("name")
    ]


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
                    field.min_value = Decimal(0)
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

    def amounts(self) -> dict[str, dict[str, dict[str, str]]]:
        found: dict[str, dict[str, dict[str, str]]] = {}
        for name, amount in self.cleaned_data.items():
            side, row, year = name.split("-")
            if amount is not None:
                found.setdefault(side, {}).setdefault(row, {})[year] = f"{amount:.2f}"
        return found


def _not_negative(amount: Decimal) -> None:
    if amount < 0:
        raise ValidationError(_("An amount is not below 0."))


class IndicatorForm(GapForm):
    def __init__(
        self, wanted: Mapping[str, Indicator], kept: Mapping[str, str], data: Any = None
    ) -> None:
        super().__init__(data, initial=dict(kept))
        for name, one in wanted.items():
            field = _figures(6)
            title, unit = spoken(one.title), spoken(one.unit)
            field.label = _now("%(title)s (%(unit)s)") % {"title": title, "unit": unit}
            field.required = one.needed
            if one.least is not None:
                field.help_text = _now("At least %(least)s.") % {"least": f"{one.least:f}"}
            self.fields[name] = field

    def numbers(self) -> dict[str, str]:
        given = self.cleaned_data
        return {name: f"{given[name]:f}" for name in self.fields if given.get(name) is not None}


class DeclaredForm(forms.Form):
    def __init__(
        self, conditions: Mapping[str, str], kept: Mapping[str, bool], data: Any = None
    ) -> None:
        super().__init__(data, initial=dict(kept))
        for name, says in conditions.items():
            self.fields[name] = forms.BooleanField(label=says, required=False)


class HeadForm(forms.Form):
    """Title and recommending body; whoever acts for several bodies says for which."""

    applicant = forms.ChoiceField(label=_("Applicant"))
    title = forms.CharField(
        label=_("Title of the application"),
        max_length=200,
        help_text=_("What is applied for, as it shall stand in the list of recognised items."),
    )
    recommender = forms.ChoiceField(label=_("Recommending body"), required=False)
    source = forms.ChoiceField(
        label=_("Begin with what another application says"),
        required=False,
        help_text=_("Texts, people and bodies are copied; files and declarations are not."),
    )
    nevertheless = forms.BooleanField(
        label=_("We apply for a further item knowingly"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def offer(self, name: str, choices: Sequence[tuple[object, str]], *, empty: str = "") -> None:
        """Fill a field with its choices; without any it is not asked, a single one is chosen."""
        if not choices:
            del self.fields[name]
            return
        offered = [(str(key), words) for key, words in choices]
        field = self.fields[name]
        field.choices = [("", empty), *offered] if empty else offered  # type: ignore[attr-defined] # a choice field

    def leave_out(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"))
    printed = forms.CharField(
        label=_("Check number at the foot of the paper"),
        required=False,
        max_length=80,
        help_text=_(
            "The first eight signs are enough; they tell whether the paper is the last one."
        ),
    )


class CoAuthorForm(forms.Form):
    login = forms.CharField(
        label=_("Login name"),
        max_length=60,
        help_text=_("A co-author reads and writes the whole application, but cannot hand it in."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Your reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
