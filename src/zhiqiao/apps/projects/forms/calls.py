"""What the bureau, applicants and recommending bodies fill in around calls and applications."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions import CallGiven, Found
from zhiqiao.apps.projects.choices import Level
from zhiqiao.apps.projects.forms.register import DAY, UidListField, kind_choices
from zhiqiao.apps.projects.models import Application, Call, CheckAnswer
from zhiqiao.core.errors import message_of
from zhiqiao.core.form_fields import INSTANT, INSTANT_FORMATS, InstantField
from zhiqiao.core.policy import spoken

LONGEST = 2_000
FEW_LINES = forms.Textarea(attrs={"rows": 3})
MANY_LINES = forms.Textarea(attrs={"rows": 12})
YES, NO = "yes", "no"


class CallForm(forms.Form):
    """A call in preparation; which levels a kind has is judged when it is saved."""

    kind = forms.ChoiceField(label=_("Kind of item"), choices=kind_choices)
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    batch = forms.CharField(
        label=_("Batch"), max_length=100, help_text=_("For example: first batch.")
    )
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    document = forms.CharField(
        label=_("Document"),
        max_length=300,
        required=False,
        help_text=_("Number and title of the notice."),
    )
    opens_at = InstantField(
        label=_("Applications from"), widget=INSTANT, input_formats=INSTANT_FORMATS
    )
    closes_at = InstantField(
        label=_("Applications until"), widget=INSTANT, input_formats=INSTANT_FORMATS
    )
    places = forms.IntegerField(
        label=_("Items to be recognised at most"), min_value=1, max_value=100_000, required=False
    )
    reserve_places = forms.IntegerField(
        label=_("Items in reserve at most"), min_value=0, max_value=100_000, required=False
    )
    text_zh = forms.CharField(
        label=_("Announcement in Chinese"), max_length=50_000, widget=MANY_LINES, required=False
    )
    text_en = forms.CharField(
        label=_("Announcement in English"), max_length=50_000, widget=MANY_LINES, required=False
    )

    def given(self) -> CallGiven:
        values = dict(self.cleaned_data)
        return CallGiven(**values | {"reserve_places": values["reserve_places"] or 0})


def call_of(call: Call) -> dict[str, object]:
    """Return the present values of a call as its form shows them."""
    return {name: getattr(call, name) for name in CallGiven.__dataclass_fields__}


class CallFileForm(forms.Form):
    file = forms.FileField(label=_("File"))
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("Empty for the name of the file."),
    )


class QuotasForm(forms.Form):
    """One line for each body: its name and, behind the last space or tab, the number."""

    lines = forms.CharField(
        label=_("Quotas"),
        max_length=100_000,
        widget=MANY_LINES,
        required=False,
        help_text=_(
            "One line for each body: its full name, a space or a tab, and the number. Two columns of a spreadsheet can be pasted. Bodies that are left out may recommend nothing."
        ),
    )

    def clean_lines(self) -> list[tuple[str, int]]:
        found = []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            if not line.strip():
                continue
            name, _space, most = line.strip().replace("\t", " ").rpartition(" ")
            if not (name.strip() and most.isascii() and most.isdigit() and len(most) <= 5):
                words = {"line": number, "given": line.strip()[:60]}
                raise forms.ValidationError(message_of("projects.quota-unreadable", words))
            found.append((name.strip(), int(most)))
        return found


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)


class ExtensionForm(forms.Form):
    until = InstantField(label=_("Until"), widget=INSTANT, input_formats=INSTANT_FORMATS)
    organisation = forms.CharField(
        label=_("Only for the applicant"),
        max_length=200,
        required=False,
        help_text=_("The full name as the registry has it; empty for everybody."),
    )
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)


class PutOffForm(forms.Form):
    due_on = forms.DateField(label=_("New last day"), widget=DAY)
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)


class MoveForm(forms.Form):
    """A move on a page of its own; whether it needs a reason says the lifecycle."""

    reason = forms.CharField(
        label=_("Reason or remark"), max_length=LONGEST, widget=FEW_LINES, required=False
    )

    def __init__(self, *args: object, asks_reason: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as given
        self.fields["reason"].required = asks_reason
        if asks_reason:
            self.fields["reason"].label = _("Reason given")


class TickedForm(forms.Form):
    rows = UidListField(
        label=_("Applications"), error_messages={"required": _("Tick at least one application.")}
    )


class SeveralMovesForm(TickedForm):
    move = forms.CharField(label=_("Move"), max_length=64)
    reason = forms.CharField(label=_("Reason or remark"), max_length=LONGEST, required=False)


class RanksForm(forms.Form):
    """A place in the order for each application of a body; empty for none."""

    def __init__(
        self,
        applications: Mapping[int, Application],
        ranks: Mapping[int, int],
        *args: object,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as given
        self.applications = applications
        for key, row in applications.items():
            self.fields[f"rank-{row.uid}"] = forms.IntegerField(
                label=_("Place of %(number)s") % {"number": row.number},
                min_value=1,
                max_value=10_000,
                required=False,
                initial=ranks.get(key),
            )

    def bound_ranks(self) -> list[forms.BoundField]:
        return [self[f"rank-{row.uid}"] for row in self.applications.values()]

    def ranks(self) -> dict[UUID, int | None]:
        return {row.uid: self.cleaned_data[f"rank-{row.uid}"] for row in self.applications.values()}


class CheckForm(forms.Form):
    """The questions of the check of form, each with yes or no and words; unanswered ones stay open."""

    def __init__(
        self, application: Application, last: Mapping[str, CheckAnswer], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = application.call.rules.lifecycle.checks
        for name, title in self.questions.items():
            known = last.get(name)
            self.fields[f"answer-{name}"] = forms.ChoiceField(
                label=spoken(title),
                widget=forms.RadioSelect,
                choices=[(YES, _("Yes")), (NO, _("No"))],
                required=False,
                initial=(YES if known.passed else NO) if known else None,
            )
            self.fields[f"note-{name}"] = forms.CharField(
                label=_("In words, where it is a no"),
                max_length=LONGEST,
                required=False,
                initial=known.note if known else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def found(self) -> dict[str, Found]:
        given = self.cleaned_data
        return {
            name: Found(given[f"answer-{name}"] == YES, given[f"note-{name}"])
            for name in self.questions
            if given[f"answer-{name}"]
        }
