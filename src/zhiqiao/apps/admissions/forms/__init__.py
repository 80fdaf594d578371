"""What people fill in around admission."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import AnswerKind
from zhiqiao.apps.admissions.models import Season
from zhiqiao.apps.admissions.queries import contracts_for
from zhiqiao.core.fields import Provenance
from zhiqiao.core.form_fields import INSTANT, INSTANT_FORMATS, InstantField
from zhiqiao.core.policy import current_pack

FEW_LINES = forms.Textarea(attrs={"rows": 3})
LONGEST = 2_000


def _titles(entries: object) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(name, entry.title.in_language(language)) for name, entry in entries]  # type: ignore[attr-defined]  # entries of a pack


class SeasonForm(forms.Form):
    scheme = forms.ChoiceField(label=_("Admission scheme"))
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        schemes = current_pack().schemes.items()
        self.fields["scheme"].choices = _titles(schemes)  # type: ignore[attr-defined]  # a choice field


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)


class WindowForm(forms.Form):
    choices_from = InstantField(
        label=_("Choices from"), widget=INSTANT, input_formats=INSTANT_FORMATS
    )
    choices_until = InstantField(
        label=_("Choices until"), widget=INSTANT, input_formats=INSTANT_FORMATS
    )
    reason = forms.CharField(
        label=_("Reason given"),
        max_length=LONGEST,
        widget=FEW_LINES,
        required=False,
        help_text=_("Needed once the window has begun."),
    )


class ExtensionForm(forms.Form):
    region = forms.CharField(
        label=_("District"), max_length=60, help_text=_("Its name or six-digit code.")
    )
    until = InstantField(label=_("Until"), widget=INSTANT, input_formats=INSTANT_FORMATS)
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)


class LineForm(forms.Form):
    """A request for places; the words come from the season's scheme."""

    code = forms.CharField(label=_("Programme code"), max_length=20)
    major = forms.CharField(label=_("Major"), max_length=100)
    major_code = forms.CharField(label=_("Code of the major"), max_length=10, required=False)
    batch = forms.ChoiceField(label=_("Batch"))
    exam_type = forms.ChoiceField(label=_("Exam type"))
    category = forms.ChoiceField(label=_("Category of majors"))
    pathway = forms.ChoiceField(label=_("Pathway"))
    region = forms.CharField(
        label=_("Only for candidates of"),
        max_length=60,
        required=False,
        help_text=_("A region by name or code; empty for everybody."),
    )
    contract = forms.ChoiceField(
        label=_("Only for the pathway"),
        required=False,
        help_text=_("A contract under which your school receives; empty for everybody."),
    )
    requested = forms.IntegerField(label=_("Places asked for"), min_value=1, max_value=100_000)
    minimum = forms.IntegerField(
        label=_("Smallest class"), min_value=1, max_value=10_000, required=False
    )
    note = forms.CharField(label=_("Note"), max_length=LONGEST, widget=FEW_LINES, required=False)

    def __init__(self, season: Season, school: int, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        is_sample = season.provenance == Provenance.DEMONSTRATION
        contracts = contracts_for(school, sample=is_sample)
        self.fields["contract"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("No pathway")),
            *((str(one.pk), f"{one.school.name} · {one}") for one in contracts),
        ]
        scheme = season.rules
        offered = {
            "batch": [(batch.id, batch) for batch in scheme.batches],
            "exam_type": scheme.exam_types.items(),
            "category": scheme.categories.items(),
            "pathway": scheme.pathways.items(),
        }
        for name, entries in offered.items():
            self.fields[name].choices = _titles(entries)  # type: ignore[attr-defined]  # a choice field


class ReviewForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("approve", _("Approve")),
            ("return", _("Return for correction")),
            ("refuse", _("Refuse the request")),
        ],
    )
    places = forms.IntegerField(label=_("Places"), min_value=0, max_value=100_000, required=False)
    words = forms.CharField(
        label=_("Approval, or what is to be corrected"), max_length=200, widget=FEW_LINES
    )


class AdjustmentForm(forms.Form):
    direction = forms.ChoiceField(
        label=_("What happens"),
        choices=[
            ("increase", _("More places")),
            ("decrease", _("Fewer places")),
            ("move", _("Places go to another programme")),
        ],
    )
    target = forms.CharField(label=_("Code of the other programme"), max_length=20, required=False)
    number = forms.IntegerField(label=_("Number of places"), min_value=1, max_value=100_000)
    approval = forms.CharField(label=_("Approval"), max_length=200)
    rule = forms.CharField(label=_("Rule that allows it"), max_length=64)


FLOOR = "floor_"


class ProposalForm(forms.Form):
    """What a proposed plan must meet."""

    total = forms.IntegerField(label=_("Total of places"), min_value=1, max_value=10_000_000)
    reading = forms.ChoiceField(label=_("Share of bachelor places"), required=False)

    def __init__(
        self, season: Season, categories: Mapping[str, str], *args: object, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        readings = _titles(season.rules.readings.items())
        self.fields["reading"].choices = [("", _("No share asked for")), *readings]  # type: ignore[attr-defined]  # a choice field
        self._categories = tuple(categories)
        for name, title in categories.items():
            label = _now("At least, in %(category)s") % {"category": title}
            self.fields[FLOOR + name] = forms.IntegerField(
                label=label, min_value=0, max_value=10_000_000, required=False
            )

    @property
    def floors(self) -> tuple[tuple[str, int], ...]:
        """Return the least of each category where one is given."""
        given = ((name, self.cleaned_data.get(FLOOR + name)) for name in self._categories)
        return tuple((name, number) for name, number in given if number)


class ApprovalForm(forms.Form):
    approval = forms.CharField(label=_("Approval"), max_length=200)


class JudgementForm(forms.Form):
    eligible = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("May take part")), ("no", _("May not take part"))]
    )
    reason = forms.CharField(
        label=_("Reason given"), max_length=300, widget=FEW_LINES, required=False
    )


class ActivationForm(forms.Form):
    number = forms.CharField(label=_("Candidate number"), max_length=20)
    code = forms.CharField(
        label=_("Code on the paper from your school"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    choice_code = forms.CharField(
        label=_("Choice code"),
        max_length=20,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Six to twenty letters or digits that only you know. It is asked whenever you change or lock your choices, and no school can reset it. Leave it empty if you set it before."
        ),
    )


class CodeByMessageForm(forms.Form):
    number = forms.CharField(label=_("Candidate number"), max_length=20)
    identity_end = forms.RegexField(
        "^[0-9]{3}[0-9Xx]$",
        label=_("Last four characters of the identity number"),
        max_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ChoiceCodeForm(forms.Form):
    choice_code = forms.CharField(
        label=_("Choice code"),
        max_length=20,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    says = forms.ChoiceField(label=_("What you answer"), choices=AnswerKind.choices)


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("What you hold against the result"),
        max_length=LONGEST,
        widget=FEW_LINES,
    )


class AppealAnswerForm(forms.Form):
    upheld = forms.ChoiceField(
        label=_("Decision"), choices=[("no", _("Not found right")), ("yes", _("Found right"))]
    )
    answer = forms.CharField(
        label=_("Answer with its reasons"), max_length=LONGEST, widget=FEW_LINES
    )


class StrikeOutForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"))
    note = forms.CharField(label=_("Note"), max_length=LONGEST, widget=FEW_LINES)

    def __init__(self, season: Season, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        language = get_language() or "zh-hans"
        self.fields["ground"].choices = [  # type: ignore[attr-defined]  # a choice field
            (name, title.in_language(language)) for name, title in season.rules.grounds.items()
        ]


class ClosuresForm(forms.Form):
    minimum = forms.IntegerField(
        label=_("Smallest class where none is stated"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("Programmes that state their own smallest class keep it. Empty: these alone."),
    )


class StrikeOutDecisionForm(forms.Form):
    approved = forms.ChoiceField(
        label=_("Decision"), choices=[("no", _("Not approved")), ("yes", _("Approved"))]
    )
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)
