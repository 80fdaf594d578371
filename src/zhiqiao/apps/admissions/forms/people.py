"""What is filled in about single candidates: privileges, assistance, re-checks and corrections."""

from collections.abc import Mapping
from decimal import Decimal

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.forms import FEW_LINES, LONGEST
from zhiqiao.apps.admissions.models import Candidate, Season

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
        label=_("Decision"),
        choices=[("no", _("Privilege refused")), ("yes", _("Privilege granted"))],
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


class AssistedForm(forms.Form):
    """What stands on a form with the candidate's signature."""

    number = forms.CharField(label=_("Candidate number"), max_length=20)
    codes = forms.CharField(
        label=_("Programme codes"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One in each line, the most wanted first, exactly as on the form."),
    )
    form = forms.CharField(
        label=_("Signed form"), max_length=200, help_text=_("Its reference: where it is filed.")
    )
    scan = forms.FileField(
        label=_("Scan of the form"),
        required=False,
        widget=forms.ClearableFileInput(attrs=PAPERS),
        help_text=_("The second person compares it with the list."),
    )
    why = forms.CharField(label=_("Why the candidate cannot"), max_length=300, widget=FEW_LINES)

    def clean_codes(self) -> list[str]:
        return [code.strip() for code in self.cleaned_data["codes"].splitlines() if code.strip()]


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Reason given"), max_length=300, widget=FEW_LINES)


class RecheckForm(forms.Form):
    text = forms.CharField(
        label=_("What is to be looked at again"),
        max_length=LONGEST,
        widget=FEW_LINES,
        help_text=_("Which paper or test, and why you think that its marks are wrong."),
    )


class CorrectionForm(forms.Form):
    """Marks as they stand, one field for each item; only what is changed counts."""

    def __init__(
        self, candidate: Candidate, marks: Mapping[str, Decimal], *args: object, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.held = dict(marks)
        language = get_language() or "zh-hans"
        kind = candidate.season.rules.exam_types[candidate.exam_type]
        for name, item in kind.items.items():
            if name in kind.credited:
                continue
            self.fields[f"mark_{name}"] = forms.DecimalField(
                label=item.title.in_language(language),
                min_value=Decimal(0),
                max_value=Decimal(str(item.most)),
                decimal_places=2,
                required=False,
                initial=self.held.get(name),
            )

    def corrected(self) -> dict[str, Decimal]:
        """Return the marks that differ from those that stand."""
        given = {
            name.removeprefix("mark_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("mark_") and value is not None
        }
        return {name: value for name, value in given.items() if self.held.get(name) != value}


class RecheckAnswerForm(CorrectionForm):
    upheld = forms.ChoiceField(
        label=_("Decision"),
        choices=[("no", _("The marks are right")), ("yes", _("Upheld: other marks stand"))],
    )
    answer = forms.CharField(
        label=_("Answer with what was found"), max_length=LONGEST, widget=FEW_LINES
    )

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("upheld") == "no" and self.corrected():
            self.add_error("upheld", _("Marks were changed, but the re-check is not upheld."))
        return cleaned


class AppealCorrectionForm(CorrectionForm):
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)
