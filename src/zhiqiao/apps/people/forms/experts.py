"""What is filled in about experts; a code of a field is looked for nowhere, so any catalogue will do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.people.actions import ExpertGiven, TieGiven
from zhiqiao.apps.people.choices import ExpertCategory, ExpertState, TieKind
from zhiqiao.apps.people.models import Expert
from zhiqiao.apps.registry.queries import regions_visible_to

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FEW_LINES = forms.Textarea(attrs={"rows": 3})
LONGEST_CODE = 16


class ExpertForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    category = forms.ChoiceField(
        label=_("Where the expert comes from"), choices=ExpertCategory.choices
    )
    title = forms.CharField(label=_("Professional title"), max_length=100, required=False)
    employer_text = forms.CharField(
        label=_("Employer"),
        max_length=200,
        required=False,
        help_text=_("The full name, so that conflicts of interest are found."),
    )
    region = forms.ModelChoiceField(
        label=_("Works in"), queryset=regions_visible_to(None), required=False
    )
    fields_text = forms.CharField(
        label=_("Codes of fields"),
        max_length=300,
        required=False,
        help_text=_("Codes of majors or industries, divided by commas; a longer code is narrower."),
    )
    topics = forms.CharField(label=_("Fields in words"), max_length=300, required=False)
    most_reviews = forms.IntegerField(
        label=_("Reviews at most in a call"), min_value=1, max_value=200, initial=20
    )

    def clean_fields_text(self) -> tuple[str, ...]:
        parts = self.cleaned_data["fields_text"].replace("\uff0c", ",").replace("\u3001", ",")
        found = tuple(dict.fromkeys(part.strip() for part in parts.split(",") if part.strip()))
        for code in found:
            if len(code) > LONGEST_CODE:
                raise forms.ValidationError(
                    _("“%(given)s” is longer than %(most)d characters."),
                    params={"given": code, "most": LONGEST_CODE},
                )
        return found

    def given(self) -> ExpertGiven:
        data = self.cleaned_data
        return ExpertGiven(
            category=data["category"],
            title=data["title"],
            employer_text=data["employer_text"],
            region=data["region"].pk if data["region"] else None,
            fields=data["fields_text"],
            topics=data["topics"],
            most_reviews=data["most_reviews"],
        )


class NewExpertForm(ExpertForm):
    name = forms.CharField(label=_("Full name"), max_length=100)
    identity_number = forms.CharField(
        label=_("Whole identity number"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It is kept sealed and shown masked."),
    )

    field_order = ("name", "identity_number")


def initial_of(expert: Expert) -> dict[str, object]:
    return {
        "version": expert.version,
        "category": expert.category,
        "title": expert.title,
        "employer_text": expert.employer_text,
        "region": expert.region_id,
        "fields_text": ", ".join(expert.fields),
        "topics": expert.topics,
        "most_reviews": expert.most_reviews,
    }


class ExpertFilterForm(forms.Form):
    text = forms.CharField(label=_("Name, employer or field"), max_length=100, required=False)
    category = forms.ChoiceField(
        label=_("Where the expert comes from"),
        choices=[("", _("All")), *ExpertCategory.choices],
        required=False,
    )
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *ExpertState.choices], required=False
    )
    code = forms.CharField(label=_("Code of a field"), max_length=LONGEST_CODE, required=False)


class StateForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=ExpertState.choices)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=FEW_LINES)


class AccountForm(forms.Form):
    login = forms.CharField(
        label=_("Login name"),
        max_length=60,
        help_text=_("Of the account that the system administrator opened for the expert."),
    )


class RemoveTieForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=FEW_LINES)


class TieForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of tie"), choices=TieKind.choices)
    organisation_text = forms.CharField(
        label=_("Body"),
        max_length=200,
        required=False,
        help_text=_("The full name of the former employer, or of the body of the other person."),
    )
    identity_number = forms.CharField(
        label=_("Identity number of the other person"),
        max_length=18,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only a digest of it is kept, by which the person is found in applications."),
    )
    words = forms.CharField(label=_("In words"), max_length=300, required=False)
    from_on = forms.DateField(label=_("From"), widget=DAY, required=False)
    until_on = forms.DateField(
        label=_("Until"),
        widget=DAY,
        required=False,
        help_text=_("Without an end the tie counts as lasting."),
    )

    def given(self) -> TieGiven:
        return TieGiven(**self.cleaned_data)
