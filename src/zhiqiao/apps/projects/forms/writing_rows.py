"""People, bodies and unwanted experts of an application: one row for each, empty rows left out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions import BodyGiven, PersonGiven, UnsuitableGiven
from zhiqiao.apps.projects.forms.writing import GapForm
from zhiqiao.apps.projects.queries import Written
from zhiqiao.core.errors import InputError
from zhiqiao.core.identifiers import check_identity_number

SPARE_ROWS = 2
MORE_ROWS = 10
ROWS_AT_MOST = 500


class PersonRow(GapForm):
    row = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Full name"), max_length=100)
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


class BodyRow(GapForm):
    text = forms.CharField(label=_("Name of the body"), max_length=200)
    chosen = forms.UUIDField(label=_("In the register"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike: Sequence[tuple[str, str]] = self.initial.get("alike", ())
        options = [("", _now("Not in the register")), *alike]
        self.fields["chosen"].widget = (
            forms.Select(choices=options) if alike else forms.HiddenInput()
        )


class UnsuitableRow(GapForm):
    name = forms.CharField(label=_("Full name"), max_length=100)
    employer = forms.CharField(label=_("Employer"), max_length=200, required=False)
    reason = forms.CharField(
        label=_("Grounds"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("name") and not given.get("reason"):
            self.add_error("reason", _("Say why this expert should not review."))
        if given.get("reason") and not given.get("name"):
            self.add_error("name", _("Write the name, or empty the whole row."))
        return given


# The type is generic for the checker only.
if TYPE_CHECKING:
    Rows = BaseFormSet[Any]
else:
    Rows = BaseFormSet


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
        PersonGiven(
            one["name"], one["part"] or "", one["employer"] or "", one["identity"] or "", one["row"]
        )
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
        UnsuitableGiven(one["name"], one["reason"], one["employer"] or "")
        for one in given
        if one.get("name")
    ]
