"""What the bureau fills in around panels and visits."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions.panels import AdviceGiven, Attendance
from zhiqiao.apps.projects.choices import Advice
from zhiqiao.apps.projects.forms.reviews import DAY, FEW_LINES, LONGEST, MANY_LINES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhiqiao.apps.projects.models import Application, PanelSeat

PRESENCE = [("", _("Not noted yet")), ("yes", _("Present")), ("no", _("Absent"))]
KNOWN = {"yes": True, "no": False}


class PanelForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    held_on = forms.DateField(label=_("Held on"), widget=DAY)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)

    def __init__(self, waiting: "QuerySet[Application]", *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed on as they came
        self.fields["applications"] = forms.ModelMultipleChoiceField(
            label=_("Applications"), queryset=waiting, widget=forms.CheckboxSelectMultiple
        )


class SeatForm(forms.Form):
    name = forms.CharField(label=_("Name of the expert"), max_length=100)


class AttendanceForm(forms.Form):
    """One line for each seat."""

    def __init__(self, seats: "Iterable[PanelSeat]", *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed on as they came
        self.seats = list(seats)
        for seat in self.seats:
            name, state = seat.expert.person.name, {True: "yes", False: "no", None: ""}
            self.fields[f"present_{seat.pk}"] = forms.ChoiceField(
                label=name, choices=PRESENCE, required=False, initial=state[seat.was_present]
            )
            self.fields[f"fee_{seat.pk}"] = forms.DecimalField(
                label=_("Fee in yuan"),
                required=False,
                min_value=0,
                max_digits=18,
                decimal_places=2,
                initial=seat.fee_cny,
            )
            self.fields[f"chair_{seat.pk}"] = forms.BooleanField(
                label=_("Chair"), required=False, initial=seat.is_chair
            )

    def given(self) -> dict[int, Attendance]:
        data = self.cleaned_data
        return {
            seat.pk: Attendance(
                was_present=KNOWN.get(data[f"present_{seat.pk}"]),
                fee_cny=data[f"fee_{seat.pk}"],
                is_chair=data[f"chair_{seat.pk}"],
            )
            for seat in self.seats
        }


class AdviceForm(forms.Form):
    votes_for = forms.IntegerField(label=_("Votes for"), min_value=0, max_value=99)
    votes_against = forms.IntegerField(label=_("Votes against"), min_value=0, max_value=99)
    abstentions = forms.IntegerField(label=_("Abstentions"), min_value=0, max_value=99)
    advice = forms.ChoiceField(label=_("Advice"), choices=Advice.choices)
    opinion = forms.CharField(
        label=_("Opinion"), max_length=LONGEST, widget=FEW_LINES, required=False
    )

    def given(self) -> AdviceGiven:
        return AdviceGiven(**self.cleaned_data)


class MinutesForm(forms.Form):
    minutes = forms.CharField(label=_("Minutes"), max_length=20_000, widget=MANY_LINES)


class VisitForm(forms.Form):
    visited_on = forms.DateField(label=_("Visited on"), widget=DAY)
    visitors = forms.CharField(label=_("Visitors"), max_length=300)
    report = forms.CharField(label=_("Report"), max_length=20_000, widget=MANY_LINES)
    file = forms.FileField(label=_("Signed report"), required=False)
