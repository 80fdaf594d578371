"""What is filled in about single candidates: privileges, assistance, re-checks and corrections."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.forms import FEW_LINES, LONGEST
from zhiqiao.apps.admissions.models import Season

PAPERS = {"accept": ".pdf,.png,.jpg,.jpeg,.ofd"}


class PrivilegeForm(forms.Form):
    award = forms.ChoiceField(label=_("Award"))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        widget=FEW_LINES,
        help_text=_("Which document proves it: issuer, number and date."),
    )
    file = forms.FileField(
        label=_("Scan of the document"),
        required=False,
        widget=forms.ClearableFileInput(attrs=PAPERS),
        help_text=_("A PDF or a picture, at most 50 MB; it is never published."),
    )

    def __init__(self, season: Season, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        language = get_language() or "zh-hans"
        self.fields["award"].choices = [  # type: ignore[attr-defined]  # a choice field
            (name, award.title.in_language(language)) for name, award in season.rules.awards.items()
        ]


class PrivilegeDecisionForm(forms.Form):
    granted = forms.ChoiceField(
        label=_("Decision"), choices=[("no", _("Refused")), ("yes", _("Granted"))]
    )
    decision = forms.CharField(
        label=_("Decision with its reasons"), max_length=LONGEST, widget=FEW_LINES
    )


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("What you object to"),
        max_length=LONGEST,
        widget=FEW_LINES,
        help_text=_("Facts and where they can be checked. Only the bureau learns who you are."),
    )
