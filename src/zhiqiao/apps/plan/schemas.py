"""The row of an import of figures that others published."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field, model_validator

from zhiqiao.apps.plan.actions import record_reported_figures
from zhiqiao.apps.plan.rules import can_record_reported_figures
from zhiqiao.core import imports
from zhiqiao.core.imports import Choice, Column, Doubt, ImportSpec, Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.policy import current_pack


class ReportedFigureRow(BaseModel):
    code: str = Field(pattern=r"^[a-z0-9-]+$", max_length=60)
    title_zh: str = Field(min_length=1, max_length=200)
    title_en: str = Field(min_length=1, max_length=200)
    value: Decimal | None = Field(default=None, max_digits=16, decimal_places=4)
    words: str = Field(default="", max_length=200)
    unit_zh: str = Field(default="", max_length=40)
    unit_en: str = Field(default="", max_length=40)
    as_of: str = Field(default="", max_length=40)
    scope: Literal["area", "organisation"]
    organisation: str = Field(default="", max_length=200)
    target: str = Field(default="", max_length=10)
    aim: Literal["yes", "no"] = "no"
    source_title: str = Field(min_length=1, max_length=500)
    source_url: str = Field(default="", max_length=500)
    confidence: Literal["single", "multiple", ""] = ""

    @model_validator(mode="after")
    def value_or_words(self) -> "ReportedFigureRow":
        if self.value is None and not self.words:
            raise ValueError("a published figure has a value or words")
        return self


def _targets() -> Iterable[Choice]:
    return (Choice(target.id, target.title.zh) for target in current_pack().targets.values())


def _scopes() -> Iterable[Choice]:
    return (Choice("area", _("The whole area")), Choice("organisation", _("One organisation")))


def _check(batch: ImportBatch) -> Iterable[Problem]:
    yield from staging.duplicates(batch, ("code",))
    yield from staging.unknown_values(batch, "target", ("", *current_pack().targets))


def _no_doubts(_batch: ImportBatch) -> Iterable[Doubt]:
    return ()


REPORTED_FIGURES_IMPORT = ImportSpec(
    key="plan.reported_figures",
    title=_("Published figures of others"),
    columns=(
        Column("code", _("Code"), required=True, example="vet-groups-2023"),
        Column("title_zh", _("Title in Chinese"), required=True),
        Column("title_en", _("Title in English"), required=True),
        Column(
            "value", _("Value"), help=_("A number; leave empty when the source gives only words.")
        ),
        Column("words", _("Value in words")),
        Column("unit_zh", _("Unit in Chinese")),
        Column("unit_en", _("Unit in English")),
        Column("as_of", _("As of"), example="2025-04-27"),
        Column("scope", _("Scope"), required=True, choices=_scopes),
        Column("organisation", _("Organisation")),
        Column("target", _("Target"), choices=_targets),
        Column("aim", _("An aim (yes or no)")),
        Column("source_title", _("Title of the source"), required=True),
        Column("source_url", _("Address of the source")),
        Column("confidence", _("Confidence (single or multiple)")),
    ),
    row_model=ReportedFigureRow,
    may=can_record_reported_figures,
    check=_check,
    doubts=_no_doubts,
    commit=record_reported_figures,
    next_step=_("Open the published figures and compare them with the counted ones on the board."),
)

imports.register(REPORTED_FIGURES_IMPORT)
