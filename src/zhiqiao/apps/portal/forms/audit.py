from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.portal.choices import VERBS
from zhiqiao.apps.portal.queries.audit import AuditFilter


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AuditForm(forms.Form):
    """The filter of the audit trail; what cannot be read is left out and named."""

    account = forms.CharField(label=_("Account"), required=False, max_length=100)
    verb = forms.ChoiceField(
        label=_("Action"), required=False, choices=[("", _("All")), *VERBS.items()]
    )
    subject = forms.CharField(label=_("Record"), required=False, max_length=100)
    since = forms.DateField(label=_("From"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput())

    def wanted(self) -> AuditFilter:
        if not self.is_bound:
            return AuditFilter()
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return AuditFilter(**given)
