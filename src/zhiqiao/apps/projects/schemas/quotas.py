"""The table by which the quotas of recommending bodies come in."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field, StringConstraints

from zhiqiao.apps.projects.actions import quota_problems, record_quotas
from zhiqiao.apps.projects.choices import CallState
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports import Column, Doubt, ImportSpec
from zhiqiao.core.imports.cells import Text, Whole
from zhiqiao.core.imports.models import ImportBatch


class QuotaRow(BaseModel):
    """How many applications one body may recommend."""

    body: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    most: Annotated[Whole, Field(ge=0, le=10_000)]


if TYPE_CHECKING:
    CallChoice = forms.ModelChoiceField[Call]
else:
    CallChoice = forms.ModelChoiceField


class CallField(CallChoice):
    """The call that a table is for; demonstration calls say that they are."""

    def __init__(self) -> None:
        rows = Call.objects.exclude(state=CallState.CLOSED)
        super().__init__(queryset=rows, label=_("Call"))

    def label_from_instance(self, obj: Call) -> str:
        named = f"{obj.title} ({obj.year}, {obj.batch})"
        if obj.provenance != Provenance.DEMONSTRATION:
            return named
        return str(_("%(call)s (demonstration)")) % {"call": named}


class CallChosenForm(forms.Form):
    call = CallField()


def no_doubts(_batch: ImportBatch) -> Iterable[Doubt]:
    """Give none: a name that is not the registry's is a problem here, never a guess."""
    return ()


QUOTAS_IMPORT = ImportSpec(
    key="projects.quotas",
    title=_("Quotas of recommendations"),
    columns=(
        Column(
            "body",
            _("Recommending body"),
            required=True,
            help=_("The full name as the registry has it."),
        ),
        Column("most", _("Recommendations at most"), required=True, example="5"),
    ),
    row_model=QuotaRow,
    may=can_run_calls,
    check=quota_problems,
    doubts=no_doubts,
    commit=record_quotas,
    options_form=CallChosenForm,
    next_step=_("The quotas of the call were replaced by those of the table."),
)
