from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.people.choices import Purpose, Relation


class SearchForm(forms.Form):
    text = forms.CharField(label=_("Full name"), max_length=100, required=False)
    number = forms.CharField(
        label=_("Whole identity number"),
        max_length=18,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It is sent apart from the address and stands in no log."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("What it is needed for"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person can read who looked, when and why."),
    )


class MergeForm(forms.Form):
    double = forms.UUIDField(
        label=_("Identifier of the double"),
        help_text=_("The last part of the address of the other file."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class GuardianForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=100)
    relation = forms.ChoiceField(label=_("Relation"), choices=Relation.choices)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    by_guardian = forms.BooleanField(label=_("Given by the guardian"), required=False)
