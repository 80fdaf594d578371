from typing import Annotated

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel

from zhiqiao.apps.admissions.actions.importing import (
    control_line_changes,
    control_line_problems,
    record_control_lines,
)
from zhiqiao.apps.admissions.rules import can_run_season
from zhiqiao.apps.admissions.schemas.offered import (
    SeasonField,
    Word,
    aliases_of,
    batches_offered,
    categories_offered,
    no_doubts,
    types_offered,
)
from zhiqiao.apps.admissions.schemas.scores import with_two_decimals
from zhiqiao.core.imports import Column, ImportSpec
from zhiqiao.core.imports.cells import Number


class LinesForm(forms.Form):
    season = SeasonField(_("All lines drawn before are replaced by those of the table."))


class ControlLineRow(BaseModel):
    """The least that a type and category must have in one score, for a batch."""

    batch: Word
    exam_type: Word
    category: Word
    score: Word
    least: Annotated[Number, AfterValidator(with_two_decimals)]


CONTROL_LINES_IMPORT = ImportSpec(
    key="admissions.control_lines",
    title=_("Control lines"),
    columns=(
        Column(
            "batch",
            _("Batch"),
            required=True,
            aliases=aliases_of("control_lines", "batch"),
            choices=batches_offered,
        ),
        Column(
            "exam_type",
            _("Exam type"),
            required=True,
            aliases=aliases_of("control_lines", "exam_type"),
            choices=types_offered,
        ),
        Column(
            "category",
            _("Category of majors"),
            required=True,
            aliases=aliases_of("control_lines", "category"),
            choices=categories_offered,
        ),
        Column(
            "score",
            _("Score"),
            required=True,
            aliases=aliases_of("control_lines", "score"),
            help=_("A sum on which the scheme lets a line be drawn, by its title or name."),
            example="culture",
        ),
        Column(
            "least",
            _("Control line"),
            required=True,
            aliases=aliases_of("control_lines", "least"),
            example="180",
        ),
    ),
    row_model=ControlLineRow,
    may=can_run_season,
    check=control_line_problems,
    doubts=no_doubts,
    commit=record_control_lines,
    options_form=LinesForm,
    preview=control_line_changes,
    next_step=_("Every run from now on works with these lines."),
)
