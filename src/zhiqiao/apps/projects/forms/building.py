"""What is filled in while something is built: reports, changes, tasks, warnings, acceptance."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions import ChangeWanted, ReportGiven, TaskGiven
from zhiqiao.apps.projects.choices import Verdict
from zhiqiao.apps.projects.forms.calls import FEW_LINES, LONGEST, NO, YES
from zhiqiao.apps.projects.forms.register import DAY
from zhiqiao.apps.projects.models import Application, BuildReport
from zhiqiao.core.policy import spoken

MANY_LINES = forms.Textarea(attrs={"rows": 10})
MORE_TASKS = 3
"""So many empty rows stand below the tasks that are there."""
RETURN = "return"


def _number_field(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=help_text,
    )


class ReportForm(forms.Form):
    """A report; a number that is left empty is not reported, which is not 0."""

    text = forms.CharField(label=_("Report"), max_length=50_000, required=False, widget=MANY_LINES)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, report: BuildReport, *args: Any, **kwargs: Any) -> None:
        kept = {f"reached_{name}": value for name, value in report.reached.items()}
        kept |= {f"spent_{name}": value for name, value in report.spent.items()}
        kwargs["initial"] = {"text": report.text, "version": report.version, **kept}
        super().__init__(*args, **kwargs)
        lifecycle = report.application.call.rules.lifecycle
        so_far = str(_("So far in all; leave it empty where it is not known."))
        for name, wanted in lifecycle.indicators.items():
            title = f"{spoken(wanted.title)} ({spoken(wanted.unit)})"
            self.fields[f"reached_{name}"] = _number_field(title, so_far)
        for name, line in (lifecycle.budget.lines if lifecycle.budget else {}).items():
            title = _("Spent on %(line)s, in yuan") % {"line": spoken(line)}
            self.fields[f"spent_{name}"] = _number_field(title, so_far)

    def given(self) -> ReportGiven:
        return ReportGiven(
            text=self.cleaned_data["text"],
            reached=self._numbers("reached_"),
            spent=self._numbers("spent_"),
        )

    def _numbers(self, prefix: str) -> Mapping[str, Decimal]:
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value is not None
        }


class ReportFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("A PDF, a picture or an office file, at most 50 MB.")
    )


class ReportJudgementForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[(RETURN, _("Return it to be put right")), *Verdict.choices],
    )
    findings = forms.CharField(
        label=_("Findings"),
        max_length=LONGEST,
        widget=FEW_LINES,
        required=False,
        help_text=_("Needed unless the report passes; the applicant reads them."),
    )


class ChangeForm(forms.Form):
    """The tasks anew, and new numbers for indicators and lines of the budget."""

    subject = forms.CharField(label=_("What changes"), max_length=200)
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)

    def __init__(
        self,
        application: Application,
        tasks: list[dict[str, str]],
        promised: Mapping[str, Decimal],
        planned: Mapping[str, Decimal],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lifecycle = application.call.rules.lifecycle
        self._before = [dict(task) for task in tasks]
        building = self._lifecycle.building
        self.places = range(len(tasks) + MORE_TASKS) if building and building.tasks else range(0)
        for place in self.places:
            self._add_task(place, tasks[place] if place < len(tasks) else {})
        for name, wanted in self._lifecycle.indicators.items():
            title = _("Promised: %(indicator)s (%(unit)s)") % {
                "indicator": spoken(wanted.title),
                "unit": spoken(wanted.unit),
            }
            self.fields[f"promised_{name}"] = _number_field(title)
            self.initial[f"promised_{name}"] = promised.get(name)
        for name, line in self._lines().items():
            title = _("Planned for %(line)s, in yuan") % {"line": spoken(line)}
            self.fields[f"planned_{name}"] = _number_field(title)
            self.initial[f"planned_{name}"] = planned.get(name)

    def _lines(self) -> Mapping[str, Any]:
        return self._lifecycle.budget.lines if self._lifecycle.budget else {}

    def _add_task(self, place: int, task: Mapping[str, str]) -> None:
        number, label = place + 1, _("Task %(number)s: %(what)s")
        indicators = [(name, spoken(one.title)) for name, one in self._lifecycle.indicators.items()]
        fields = {
            "title": forms.CharField(max_length=200, required=False),
            "due_on": forms.DateField(required=False, widget=DAY),
            "budget_cny": _number_field(""),
            "indicator": forms.ChoiceField(choices=[("", "—"), *indicators], required=False),
        }
        words = {
            "title": _("what is done"),
            "due_on": _("until when"),
            "budget_cny": _("budget in yuan"),
            "indicator": _("for which indicator"),
        }
        for name, field in fields.items():
            field.label = label % {"number": number, "what": words[name]}
            self.fields[f"task{place}_{name}"] = field
            self.initial[f"task{place}_{name}"] = task.get(name, "")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for place in self.places:
            title, day = given.get(f"task{place}_title"), given.get(f"task{place}_due_on")
            if bool(title) != bool(day) and f"task{place}_due_on" not in self.errors:
                missing = f"task{place}_due_on" if title else f"task{place}_title"
                self.add_error(missing, _("A task needs both its words and its day."))
        return given

    def wanted(self) -> ChangeWanted:
        given = self.cleaned_data
        tasks = [
            TaskGiven(
                title=given[f"task{place}_title"],
                due_on=given[f"task{place}_due_on"],
                budget_cny=given[f"task{place}_budget_cny"],
                indicator=given[f"task{place}_indicator"],
            )
            for place in self.places
            if given[f"task{place}_title"]
        ]
        return ChangeWanted(
            subject=given["subject"],
            reason=given["reason"],
            tasks=[] if [task.kept() for task in tasks] == self._before else tasks,
            budget=self._numbers("planned_"),
            indicators=self._numbers("promised_"),
        )

    def _numbers(self, prefix: str) -> Mapping[str, Decimal]:
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value is not None
        }


class ChangeDecisionForm(forms.Form):
    approved = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[(YES, _("Approve the change")), (NO, _("Refuse the change"))],
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST,
        widget=FEW_LINES,
        required=False,
        help_text=_("Needed when the change is refused."),
    )


class TaskDoneForm(forms.Form):
    done_on = forms.DateField(label=_("Done on"), widget=DAY)
    file = forms.FileField(label=_("What bears it out"), required=False)


class WarningForm(forms.Form):
    reason = forms.CharField(label=_("Reason given"), max_length=LONGEST, widget=FEW_LINES)
    until = forms.DateField(label=_("To be put right by"), widget=DAY)


class AcceptanceForm(forms.Form):
    passed = forms.ChoiceField(
        label=_("What was found"),
        widget=forms.RadioSelect,
        choices=[(YES, _("Acceptance passed")), (NO, _("Acceptance not passed"))],
    )
    findings = forms.CharField(label=_("Findings"), max_length=LONGEST, widget=FEW_LINES)
