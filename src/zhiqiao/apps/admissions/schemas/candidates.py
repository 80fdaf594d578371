"""The table of candidates.

Identity number and telephone leave the row sealed: the staging table, the problems and the workbook
of problems never hold them in the clear, except the copy of the person's own cells in that workbook.
"""

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, BeforeValidator

from zhiqiao.apps.admissions.actions.importing import candidate_problems, record_candidates
from zhiqiao.apps.admissions.rules import can_run_season
from zhiqiao.apps.admissions.schemas.offered import (
    Number,
    SeasonForm,
    Short,
    Word,
    aliases_of,
    categories_offered,
    no_doubts,
    types_offered,
)
from zhiqiao.core.imports import Column, ImportSpec
from zhiqiao.core.sealing import seal


def _without_spaces(value: object) -> str:
    return "".join(str(value).split())


# Nothing is refused here: what a model refuses it repeats.
Secret = Annotated[str, BeforeValidator(_without_spaces), AfterValidator(seal)]


class CandidateRow(BaseModel):
    """A candidate; an empty school means one who comes from no school."""

    number: Number
    name: Short
    identity_number: Secret
    exam_type: Word
    category: Word
    school: Word = ""
    region: Word = ""
    contract: Word = ""
    phone: Secret = ""


CANDIDATES_IMPORT = ImportSpec(
    key="admissions.candidates",
    title=_("Candidates"),
    columns=(
        Column(
            "number",
            _("Candidate number"),
            required=True,
            aliases=aliases_of("candidates", "number"),
            example="26500001",
        ),
        Column("name", _("Full name"), required=True, aliases=aliases_of("candidates", "name")),
        Column(
            "identity_number",
            _("Identity number"),
            required=True,
            aliases=aliases_of("candidates", "identity_number"),
            help=_("18 characters, as text. The number is kept sealed and shown masked."),
            is_secret=True,
        ),
        Column(
            "exam_type",
            _("Exam type"),
            required=True,
            aliases=aliases_of("candidates", "exam_type"),
            choices=types_offered,
        ),
        Column(
            "category",
            _("Category of majors"),
            required=True,
            aliases=aliases_of("candidates", "category"),
            choices=categories_offered,
        ),
        Column(
            "school",
            _("School of origin"),
            aliases=aliases_of("candidates", "school"),
            help=_("The full name; whoever comes from no school waits for a judgement."),
        ),
        Column("region", _("District"), aliases=aliases_of("candidates", "region")),
        Column(
            "contract",
            _("Pathway contract"),
            aliases=aliases_of("candidates", "contract"),
            help=_(
                "Of those at the end of a pathway: the pathway, or where the school has several contracts of it the identifier from the Excel file of pathways."
            ),
        ),
        Column("phone", _("Telephone"), aliases=aliases_of("candidates", "phone"), is_secret=True),
    ),
    row_model=CandidateRow,
    may=can_run_season,
    check=candidate_problems,
    doubts=no_doubts,
    commit=record_candidates,
    options_form=SeasonForm,
    next_step=_("Their schools issue the codes for signing in."),
    is_personal=True,
)
