"""What people fill in about pathways and enrolments."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.actions import Contract, Gate
from zhiqiao.apps.admissions.models import PathwayContract, Season
from zhiqiao.apps.admissions.queries import contracts_of_season, kind_titles
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import InputError
from zhiqiao.core.policy import current_pack

FEW_LINES = forms.Textarea(attrs={"rows": 3})
LONGEST = 2_000
PARTS = 5
MOST_YEARS = 9
USES = [("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]


class ContractForm(forms.Form):
    """A pathway contract; schools are named as the register has them."""

    kind = forms.ChoiceField(label=_("Pathway"))
    school = forms.CharField(label=_("First school"), max_length=200)
    major_code = forms.CharField(label=_("Code of the major"), max_length=10, required=False)
    major = forms.CharField(label=_("Major"), max_length=100)
    receiving = forms.CharField(label=_("Receiving school"), max_length=200)
    receiving_code = forms.CharField(
        label=_("Code of the receiving major"), max_length=10, required=False
    )
    receiving_major = forms.CharField(label=_("Receiving major"), max_length=100)
    first_year = forms.IntegerField(label=_("First year of intake"), min_value=2000, max_value=2100)
    capacity = forms.IntegerField(
        label=_("Capacity"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Empty: all who pass go on."),
    )
    fallback = forms.CharField(
        label=_("What becomes of those who do not pass"),
        max_length=LONGEST,
        widget=FEW_LINES,
        required=False,
        help_text=_("In the words of the contract. Nothing is done by it on its own."),
    )
    may_use_ordinary = forms.ChoiceField(
        label=_("May they take the ordinary examination?"), choices=USES, required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.fields["kind"].choices = list(kind_titles().items())  # type: ignore[attr-defined]  # a choice field

    def contract(self, user: Actor) -> Contract:
        """Return what was filled in, with the schools found in the register."""
        given = dict(self.cleaned_data)
        for name in ("school", "receiving"):
            given[name] = _school(user, given[name])
        uses = given.pop("may_use_ordinary")
        scheme = next(
            name for name, one in current_pack().schemes.items() if given["kind"] in one.pathways
        )
        return Contract(
            scheme=scheme, may_use_ordinary=None if not uses else uses == "yes", **given
        )


def _school(user: Actor, name: str) -> int:
    found = organisations_visible_to(user).filter(name=name.strip()).values_list("pk", flat=True)
    keys = list(found[:2])
    if len(keys) != 1:
        raise InputError("admissions.school-not-there", given=name)
    return int(keys[0])


class GatesForm(forms.Form):
    gates = forms.CharField(
        label=_("Gates"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One a line, in their order: year of study | Chinese title | English title | test or score | least that passes. The last three may be empty."
        ),
    )

    def read(self) -> list[Gate]:
        lines = [line.strip() for line in self.cleaned_data["gates"].splitlines()]
        return [_gate(number, line) for number, line in enumerate(lines, start=1) if line]


def _gate(number: int, line: str) -> Gate:
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    parts += [""] * (PARTS - len(parts))
    year, title_zh, title_en, score, least, *more = parts
    try:
        number_of = Decimal(least) if least else None
    except InvalidOperation as error:
        raise InputError("admissions.gate-unreadable", number=number, given=line) from error
    if more or not year.isdigit() or not 1 <= int(year) <= MOST_YEARS or not title_zh:
        raise InputError("admissions.gate-unreadable", number=number, given=line)
    return Gate(
        year_of_study=int(year), title_zh=title_zh, title_en=title_en, score=score, least=number_of
    )


def gate_line(year: int, title_zh: str, title_en: str, score: str, least: object) -> str:
    """Write a gate as a line of the form."""
    return " | ".join([str(year), title_zh, title_en, score, "" if least is None else str(least)])


class ContractApprovalForm(forms.Form):
    approval = forms.CharField(label=_("Approval"), max_length=200)


class PathwayForm(forms.Form):
    """Under which contract a candidate takes part."""

    contract = forms.ChoiceField(label=_("Pathway contract"), required=False)
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)

    def __init__(self, season: Season, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self._contracts = {str(one.pk): one for one in contracts_of_season(season)}
        self.fields["contract"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("No pathway")),
            *((key, f"{one.school.name} · {one}") for key, one in self._contracts.items()),
        ]

    def chosen(self) -> PathwayContract | None:
        return self._contracts.get(self.cleaned_data["contract"])


class CohortForm(forms.Form):
    entry_year = forms.IntegerField(label=_("Entry year"), min_value=2000, max_value=2100)
    entered = forms.IntegerField(label=_("Number entered"), min_value=0, max_value=100_000)


class MemberForm(forms.Form):
    number = forms.CharField(
        label=_("Identity number"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of somebody whose file your school keeps."),
    )
    entered_on = forms.DateField(
        label=_("Entered on"), widget=forms.DateInput(attrs={"type": "date"})
    )


class LeavingForm(forms.Form):
    left_on = forms.DateField(label=_("Left on"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason given"), max_length=300, widget=FEW_LINES)


class DeclarationForm(forms.Form):
    complete = forms.ChoiceField(
        label=_("Enrolments"),
        choices=[("yes", _("All who arrived are enrolled")), ("no", _("Reopen the enrolments"))],
    )
    reason = forms.CharField(
        label=_("Reason given"),
        max_length=LONGEST,
        widget=FEW_LINES,
        required=False,
        help_text=_("Needed to reopen them."),
    )
