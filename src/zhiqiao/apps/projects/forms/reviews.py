"""What experts and the bureau fill in around reviews."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions.reviewing import SheetGiven
from zhiqiao.apps.projects.choices import ConflictKind
from zhiqiao.core.policy import spoken

if TYPE_CHECKING:
    from django.http import QueryDict

    from zhiqiao.apps.projects.models import Review
    from zhiqiao.packs import Sheet

FEW_LINES = forms.Textarea(attrs={"rows": 3})
MANY_LINES = forms.Textarea(attrs={"rows": 8})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONGEST = 4_000
DECLARABLE = [
    choice
    for choice in ConflictKind.choices
    if choice[0] not in {ConflictKind.UNSUITABLE, ConflictKind.REFUSED}
]


class UndertakingForm(forms.Form):
    """Both sentences are needed before anything is shown."""

    unbiased = forms.BooleanField(
        label=_("I have no conflict of interest with this application, as far as I know."),
        required=False,
    )
    confidential = forms.BooleanField(
        label=_(
            "I keep confidential what I read, what I mark, and that I review; I use it for nothing else."
        ),
        required=False,
    )

    @property
    def is_given(self) -> bool:
        return bool(self.cleaned_data["unbiased"] and self.cleaned_data["confidential"])


class ConflictDeclarationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of conflict"), choices=DECLARABLE)
    words = forms.CharField(
        label=_("In words"),
        max_length=LONGEST,
        widget=FEW_LINES,
        help_text=_("Only the bureau reads this."),
    )


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Grounds"), max_length=LONGEST, widget=FEW_LINES)


class ScoringForm(forms.Form):
    """The sheet of the lifecycle; what is empty is a gap of the draft."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Opinion"), max_length=LONGEST, widget=MANY_LINES, required=False
    )

    def __init__(self, review: "Review", data: "QueryDict | None" = None) -> None:
        super().__init__(data, initial=_initial_of(review))
        sheet = review.application.call.rules.lifecycle.sheet
        if sheet is not None:
            self._add_questions(sheet)
            self.fields["words"].help_text = _("At least %(least)d characters.") % {
                "least": sheet.words_least
            }
        self.order_fields(["version", *(n for n in self.fields if n not in {"version", "words"})])

    def _add_questions(self, sheet: "Sheet") -> None:
        for name, one in sheet.criteria.items():
            step = sheet.step.normalize()
            self.fields[f"mark_{name}"] = forms.DecimalField(
                label=spoken(one.title),
                required=False,
                help_text=_("0 to %(most)s in steps of %(step)s; weight %(weight)s. %(help)s")
                % {
                    "most": f"{one.most.normalize():f}",
                    "step": f"{step:f}",
                    "weight": f"{one.weight.normalize():f}",
                    "help": spoken(one.help) if one.help else "",
                },
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": f"{step:f}"}),
            )
        for name, question in sheet.eliminating.items():
            self.fields[f"out_{name}"] = forms.ChoiceField(
                label=spoken(question),
                required=False,
                choices=[("", _("Not answered yet")), ("no", _("No")), ("yes", _("Yes"))],
            )

    def given(self) -> SheetGiven:
        data = self.cleaned_data
        return SheetGiven(
            marks={
                name.removeprefix("mark_"): value
                for name, value in data.items()
                if name.startswith("mark_") and value is not None
            },
            eliminated={
                name.removeprefix("out_"): value == "yes"
                for name, value in data.items()
                if name.startswith("out_") and value
            },
            words=data["words"],
            version=data["version"],
        )


def _initial_of(review: "Review") -> dict[str, object]:
    marks = {f"mark_{name}": Decimal(mark) for name, mark in review.marks.items()}
    answers = {f"out_{name}": "yes" if yes else "no" for name, yes in review.eliminated.items()}
    return {"version": review.version, "words": review.words, **marks, **answers}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Your reason"), max_length=LONGEST, widget=FEW_LINES)


class ContestForm(ReasonForm):
    """Whether a review in conflict of interest counts."""

    SETS_ASIDE, KEEPS = "set-aside", "keep"
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (SETS_ASIDE, _("Set the review aside; it stays stored and does not count")),
            (KEEPS, _("Keep the review; it goes on counting")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["decision", "reason"]


class TermForm(ReasonForm):
    due_on = forms.DateField(label=_("Due on"), widget=DAY)


class AskForm(forms.Form):
    """Choosing an expert for one application, from those whom nothing stands against."""

    expert = forms.ChoiceField(label=_("Expert"))

    def __init__(self, offered: Iterable[tuple[str, str]], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed on as they came
        self.fields["expert"].choices = list(offered)  # type: ignore[attr-defined]  # a choice field


class AddForm(AskForm):
    """Adding an expert to an assignment by hand, with the reason."""

    reason = forms.CharField(label=_("Grounds"), max_length=LONGEST, widget=FEW_LINES)
    knows = forms.BooleanField(
        label=_("I know what speaks against it and add the expert all the same."), required=False
    )


class BureauConflictForm(forms.Form):
    expert = forms.CharField(label=_("Name of the expert"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind of conflict"), choices=ConflictKind.choices)
    words = forms.CharField(label=_("Grounds"), max_length=LONGEST, widget=FEW_LINES)


class BlindCopyForm(forms.Form):
    file = forms.FileField(
        label=_("Copy without names"),
        help_text=_("The original is kept as it was given; blind reviewers get this copy."),
    )
