from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field, StringConstraints

from zhiqiao.apps.admissions.actions.importing import place_problems, record_places
from zhiqiao.apps.admissions.rules import can_see_requests
from zhiqiao.apps.admissions.schemas.offered import (
    Number,
    SeasonForm,
    Short,
    Word,
    aliases_of,
    batches_offered,
    categories_offered,
    no_doubts,
    pathways_offered,
    types_offered,
)
from zhiqiao.core.imports import Column, ImportSpec
from zhiqiao.core.imports.cells import Code, Text, Whole


class PlaceRow(BaseModel):
    """A request for places in one programme."""

    code: Number
    school: Word
    major: Short
    major_code: Annotated[Code, StringConstraints(max_length=10)] = ""
    batch: Word
    exam_type: Word
    category: Word
    pathway: Word = "direct"
    contract: Word = ""
    region: Word = ""
    requested: Annotated[Whole, Field(ge=1, le=100_000)]
    minimum: Annotated[Whole, Field(ge=1, le=10_000)] | None = None
    note: Annotated[Text, StringConstraints(max_length=2_000)] = ""


PLACES_IMPORT = ImportSpec(
    key="admissions.places",
    title=_("Requests for places"),
    columns=(
        Column(
            "code",
            _("Programme code"),
            required=True,
            aliases=aliases_of("places", "code"),
            help=_("Each programme of a season has a code of its own."),
            example="A101",
        ),
        Column(
            "school",
            _("School"),
            required=True,
            aliases=aliases_of("places", "school"),
            help=_("The full name as the registry has it."),
        ),
        Column("major", _("Major"), required=True, aliases=aliases_of("places", "major")),
        Column("major_code", _("Code of the major"), aliases=aliases_of("places", "major_code")),
        Column(
            "batch",
            _("Batch"),
            required=True,
            aliases=aliases_of("places", "batch"),
            choices=batches_offered,
        ),
        Column(
            "exam_type",
            _("Exam type"),
            required=True,
            aliases=aliases_of("places", "exam_type"),
            choices=types_offered,
        ),
        Column(
            "category",
            _("Category of majors"),
            required=True,
            aliases=aliases_of("places", "category"),
            choices=categories_offered,
        ),
        Column(
            "pathway",
            _("Pathway"),
            aliases=aliases_of("places", "pathway"),
            choices=pathways_offered,
            help=_("Leave empty where the programme is no part of a pathway."),
        ),
        Column(
            "contract",
            _("Only for the pathway"),
            aliases=aliases_of("places", "contract"),
            help=_(
                "Where only candidates of a pathway contract may enter: the pathway, or where the school receives under several contracts of it the identifier from the Excel file of pathways."
            ),
        ),
        Column(
            "region",
            _("Only for candidates of"),
            aliases=aliases_of("places", "region"),
            help=_("A region by name or code; empty for everybody."),
        ),
        Column(
            "requested",
            _("Places asked for"),
            required=True,
            aliases=aliases_of("places", "requested"),
            example="40",
        ),
        Column("minimum", _("Smallest class"), aliases=aliases_of("places", "minimum")),
        Column("note", _("Note"), aliases=aliases_of("places", "note")),
    ),
    row_model=PlaceRow,
    may=can_see_requests,
    check=place_problems,
    doubts=no_doubts,
    commit=record_places,
    options_form=SeasonForm,
    next_step=_("The requests wait for the bureau's review on the page of the season."),
)
