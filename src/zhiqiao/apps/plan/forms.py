from django import forms
from django.utils.translation import gettext_lazy as _


class FreezeForm(forms.Form):
    label = forms.CharField(
        label=_("Name of the frozen board"),
        max_length=120,
        help_text=_("For example: report for the third quarter of 2026."),
    )
    reason = forms.CharField(
        label=_("What it is kept for"), max_length=500, required=False, widget=forms.Textarea
    )
