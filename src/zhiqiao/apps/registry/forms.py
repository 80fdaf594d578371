from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.registry.actions import NewOrganisation, Source, Step
from zhiqiao.apps.registry.choices import OrganisationChange, OrganisationKind, Ownership
from zhiqiao.apps.registry.models import Organisation, Region
from zhiqiao.apps.registry.queries import (
    organisations_named,
    organisations_visible_to,
    regions_named,
)
from zhiqiao.core.errors import InputError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.identifiers import check_uscc
from zhiqiao.core.values import PartialDate


def _said(error: InputError) -> forms.ValidationError:
    return forms.ValidationError(f"{error.message} {error.remedy}", code=error.code)


class SourceForm(forms.Form):
    """Where the statement comes from; every change of the registry says so."""

    source_title = forms.CharField(
        label=_("Published source"),
        max_length=300,
        required=False,
        help_text=_("The title of the notice or list. Leave empty when you report it yourself."),
    )
    source_read_on = forms.DateField(
        label=_("Source read on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=300,
        help_text=_("Kept in the history of the record."),
    )

    def source(self) -> Source:
        title, read_on = self.cleaned_data["source_title"], self.cleaned_data["source_read_on"]
        return Source(title=title.strip(), read_on=read_on)


class OrganisationForm(SourceForm):
    name = forms.CharField(label=_("Official name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind)
    ownership = forms.ChoiceField(
        label=_("Ownership"), choices=Ownership, initial=Ownership.UNKNOWN
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=60,
        required=False,
        help_text=_("Name or six-digit code of the district, county, city or province."),
    )
    authority = forms.CharField(label=_("Authority in charge"), max_length=100, required=False)
    national_code = forms.CharField(label=_("National school code"), max_length=20, required=False)
    credit_code = forms.CharField(label=_("Unified credit code"), max_length=18, required=False)
    FACTS = (
        "name",
        "kind",
        "ownership",
        "region",
        "authority",
        "national_code",
        "credit_code",
    )
    field_order = FACTS

    def clean_region(self) -> Region | None:
        given = self.cleaned_data["region"].strip()
        if not given:
            return None
        region = regions_named([given])[given]
        if region is None:
            message = _("There is no region %(given)s, or several have this name; give the code.")
            raise forms.ValidationError(message, params={"given": given})
        return region

    def new_organisation(self) -> NewOrganisation:
        source = self.source()
        facts = {name: self.cleaned_data[name] for name in self.FACTS}
        provenance = Provenance.PUBLIC_SOURCE if source.title else Provenance.REPORTED
        return NewOrganisation(**facts, provenance=provenance, source=source)

    def clean_credit_code(self) -> str:
        given: str = self.cleaned_data["credit_code"].strip()
        try:
            return check_uscc(given) if given else ""
        except InputError as error:
            raise _said(error) from error


class RenameForm(SourceForm):
    name = forms.CharField(label=_("New official name"), max_length=200)
    on = forms.DateField(
        label=_("First day of the new name"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_(
            "Leave empty when no source gives the day; the old name stays as a former one."
        ),
    )
    field_order = ("name", "on")


class SuccessionForm(SourceForm):
    kind = forms.ChoiceField(label=_("What happened"), choices=OrganisationChange)
    successor = forms.CharField(
        label=_("The body that followed"),
        max_length=200,
        required=False,
        help_text=_("Its full name in the registry; leave empty for a closure."),
    )
    happened_on = forms.CharField(
        label=_("When"),
        max_length=10,
        required=False,
        help_text=_("As far as it is known: 2024, 2024-05 or 2024-05-31."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    field_order = ("kind", "successor", "happened_on", "note")

    def step(self) -> Step:
        said = self.cleaned_data
        return Step(
            kind=said["kind"],
            successor=said["successor"],
            happened_on=said["happened_on"],
            source=self.source(),
            note=said["note"],
        )

    def clean_happened_on(self) -> PartialDate | None:
        given = self.cleaned_data["happened_on"].strip()
        try:
            return PartialDate.parse(given) if given else None
        except InputError as error:
            raise _said(error) from error

    def clean_successor(self) -> Organisation | None:
        given = self.cleaned_data["successor"].strip()
        if not given:
            return None
        match = organisations_named([given])[given]
        if match.organisation_id is not None:
            return organisations_visible_to(None).get(pk=match.organisation_id)
        names = ", ".join(candidate.name for candidate in match.candidates)
        if names:
            message = _("The registry has no %(given)s. Did you mean: %(names)s?")
        else:
            message = _("The registry has no %(given)s. Register it first.")
        raise forms.ValidationError(message, params={"given": given, "names": names})
