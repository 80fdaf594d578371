"""What people fill in around the plan; rules live in `rules.py`, forms keep what was typed."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.queries import people_of
from zhiqiao.apps.plan.choices import PartRole, Rhythm, Side, TaskKind
from zhiqiao.core.dates import today
from zhiqiao.core.policy import current_pack


class FreezeForm(forms.Form):
    label = forms.CharField(
        label=_("Name of the frozen board"),
        max_length=120,
        help_text=_("For example: report for the third quarter of 2026."),
    )
    reason = forms.CharField(
        label=_("What it is kept for"), max_length=500, required=False, widget=forms.Textarea
    )


DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FEW_LINES = forms.Textarea(attrs={"rows": 4})


def _articles() -> list[tuple[str, str]]:
    language = get_language() or ""
    return [
        (key, f"{article.number_in(language)} {article.title.in_language(language)}")
        for key, article in current_pack().articles.items()
    ]


class MatterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=200,
        required=False,
        help_text=_("Left empty, the Chinese title is shown."),
    )
    article = forms.ChoiceField(label=_("Article of the plan"), choices=_articles)
    due = forms.DateField(label=_("Due"), required=False, widget=DAY)
    every = forms.ChoiceField(
        label=_("How often the bodies report"), choices=Rhythm.choices, initial=Rhythm.QUARTER
    )


class AssignmentForm(forms.Form):
    """The sides are offered for a matter alone; a task of the city has one."""

    body = forms.CharField(
        label=_("Name of the body"),
        max_length=200,
        help_text=_("As it stands in the register of schools and bodies."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=PartRole.choices)
    side = forms.ChoiceField(label=_("Side"), choices=Side.choices, initial=Side.CITY)
    starts_on = forms.DateField(
        label=_("Reports from"),
        widget=DAY,
        help_text=_("The first report is due for the period in which this day lies."),
    )

    def __init__(self, *args: object, has_sides: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as given
        if not has_sides:
            del self.fields["side"]


class PersonForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Person in charge"),
        queryset=people_of(0),
        required=False,
        empty_label=_("Nobody yet"),
    )

    def __init__(self, *args: object, organisation: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as given
        self.fields["person"].queryset = people_of(organisation)  # type: ignore[attr-defined] # a model choice


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Your reason"),
        max_length=2_000,
        widget=FEW_LINES,
        help_text=_("One sentence that others can follow later."),
    )


class ClosingForm(ReasonForm):
    ending = forms.ChoiceField(
        label=_("What happened"),
        widget=forms.RadioSelect,
        choices=[("done", _("It is done")), ("dropped", _("It is dropped"))],
    )
    field_order = ["ending", "reason"]


class ReportForm(forms.Form):
    progress = forms.CharField(
        label=_("What was done"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Facts and numbers of this period; name the documents."),
    )
    difficulties = forms.CharField(
        label=_("Difficulties"), max_length=10_000, required=False, widget=FEW_LINES
    )
    next_steps = forms.CharField(
        label=_("Next steps"), max_length=10_000, required=False, widget=FEW_LINES
    )
    file = forms.FileField(
        label=_("Evidence"),
        required=False,
        help_text=_("A notice, a list or minutes, at most 50 MB; save again to add another."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("Note to the body"),
        max_length=5_000,
        required=False,
        widget=FEW_LINES,
        help_text=_("Needed when the report is returned: say what is to be corrected."),
    )


class StepForm(forms.Form):
    text = forms.CharField(label=_("What is asked"), max_length=5_000, widget=FEW_LINES)


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Your answer"), max_length=10_000, widget=FEW_LINES)


class ViewForm(forms.Form):
    text = forms.CharField(
        label=_("How your side sees the matter"),
        max_length=10_000,
        widget=FEW_LINES,
        help_text=_("The other side reads it; earlier views stay beside it."),
    )


class ComparisonForm(forms.Form):
    earlier = forms.DateField(label=_("Earlier day"), widget=DAY)
    later = forms.DateField(label=_("Later day"), widget=DAY)

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        earlier, later = given.get("earlier"), given.get("later")
        if earlier and later and earlier >= later:
            self.add_error("later", _("Choose a day after the earlier one."))
        elif later and later > today():
            self.add_error("later", _("Choose a day up to today; no figure is known after it."))
        return given
