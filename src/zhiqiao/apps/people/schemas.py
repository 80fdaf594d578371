"""The table of experts; identity numbers leave the row sealed."""

from collections.abc import Iterable
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from zhiqiao.apps.people.actions import expert_problems, record_experts
from zhiqiao.apps.people.choices import ExpertCategory
from zhiqiao.apps.people.rules import can_keep_experts
from zhiqiao.core.imports import Choice, Column, Doubt, ImportSpec
from zhiqiao.core.imports.cells import Text
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.sealing import seal

Short = Annotated[Text, StringConstraints(max_length=100)]
Long = Annotated[Text, StringConstraints(max_length=200)]
Longest = Annotated[Text, StringConstraints(max_length=300)]


def _without_spaces(value: object) -> str:
    return "".join(str(value).split())


# Nothing is refused here: what a model refuses it repeats.
Secret = Annotated[str, BeforeValidator(_without_spaces), AfterValidator(seal)]


class ExpertRow(BaseModel):
    """An expert; who has a file already is found by the identity number."""

    name: Short
    identity_number: Secret
    category: ExpertCategory
    title: Short = ""
    employer: Long = ""
    region: Short = ""
    fields: Long = ""
    topics: Longest = ""
    most_reviews: Annotated[int, Field(ge=1, le=200)] = 20


def _categories() -> Iterable[Choice]:
    return (Choice(str(value), title) for value, title in ExpertCategory.choices)


def _no_doubts(_batch: ImportBatch) -> Iterable[Doubt]:
    """Give none: an employer that is not the registry's stays as it is written."""
    return ()


EXPERTS_IMPORT = ImportSpec(
    key="people.experts",
    title=_("Experts"),
    columns=(
        Column("name", _("Full name"), required=True),
        Column(
            "identity_number",
            _("Identity number"),
            required=True,
            help=_("18 characters, as text. The number is kept sealed and shown masked."),
            is_secret=True,
        ),
        Column("category", _("Where the expert comes from"), required=True, choices=_categories),
        Column("title", _("Professional title")),
        Column("employer", _("Employer"), help=_("The full name of the body.")),
        Column("region", _("Works in"), help=_("District or county, by name or code.")),
        Column(
            "fields",
            _("Codes of fields"),
            help=_("Codes of majors or industries, divided by commas."),
            example="5103, 510201",
        ),
        Column("topics", _("Fields in words")),
        Column("most_reviews", _("Reviews at most in a call"), example="20"),
    ),
    row_model=ExpertRow,
    may=can_keep_experts,
    check=expert_problems,
    doubts=_no_doubts,
    commit=record_experts,
    next_step=_("Their consent is entered on the page of each."),
    is_personal=True,
)
