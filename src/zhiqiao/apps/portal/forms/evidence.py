from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.dates import today

FIRST_YEAR = 2024


class EvidenceForm(forms.Form):
    """The calendar year that the yearly audit is about."""

    year = forms.IntegerField(label=_("Year of the audit"), min_value=FIRST_YEAR)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > today().year:
            raise forms.ValidationError(_("This year has not begun."), code="future")
        return year
