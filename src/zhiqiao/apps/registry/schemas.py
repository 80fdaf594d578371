"""The table by which lists of organisations come in."""

import csv
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from zhiqiao.apps.registry.actions import (
    organisation_changes,
    organisation_doubts,
    organisation_problems,
    record_organisations,
)
from zhiqiao.apps.registry.choices import OrganisationKind
from zhiqiao.apps.registry.rules import can_write_registry
from zhiqiao.core.choices import Confidence
from zhiqiao.core.imports import Choice, Column, ImportSpec
from zhiqiao.core.imports.cells import Code, Day, Text, YesNo

Name = Annotated[Text, StringConstraints(max_length=200)]
Short = Annotated[Text, StringConstraints(max_length=100)]
NationalCode = Annotated[Code, StringConstraints(max_length=20)]
CreditCode = Annotated[Code, StringConstraints(max_length=18, to_upper=True)]


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


def _aliases(column: str) -> tuple[str, ...]:
    return tuple(row["alias"] for row in _table("column_aliases.csv") if row["column"] == column)


def _words(column: str) -> Callable[[object], str]:
    """Return the reader of a column whose words official lists print in Chinese."""
    known = {row["given"]: row["value"] for row in _table("import_words.csv")}
    values = {row["value"] for row in _table("import_words.csv") if row["column"] == column}

    def read(value: object) -> str:
        text = known.get(str(value), str(value))
        if text not in values:
            raise PydanticCustomError("registry.import_word_unknown", "")
        return text

    return read


class OrganisationRow(BaseModel):
    """One row of a list; an empty cell means that the list does not say."""

    name: Name
    kind: Text = ""
    national_code: NationalCode = ""
    credit_code: CreditCode = ""
    authority: Short = ""
    location: Short = ""
    province: Short = ""
    level: Annotated[str, BeforeValidator(_words("level"))] = ""
    vocational: YesNo | None = None
    remark: Annotated[str, BeforeValidator(_words("remark"))] = ""
    source_title: Annotated[Text, StringConstraints(max_length=300)] = ""
    source_read_on: Day | None = None
    confidence: Text = ""


def _kinds() -> Iterator[Choice]:
    for kind in OrganisationKind:
        yield Choice(kind.value, kind.label)


def _confidences() -> Iterator[Choice]:
    for confidence in Confidence:
        yield Choice(confidence.value, confidence.label)


COLUMNS = (
    Column(
        "name",
        _("Official name"),
        required=True,
        aliases=_aliases("name"),
        help=_("The full name as on the seal."),
    ),
    Column(
        "kind",
        _("Kind"),
        aliases=_aliases("kind"),
        choices=_kinds,
        help=_("Leave empty for a list of colleges: level and vocational then say the kind."),
    ),
    Column(
        "national_code",
        _("National school code"),
        aliases=_aliases("national_code"),
        help=_("The ten digits of the education ministry, as text."),
        example="4150012215",
    ),
    Column(
        "credit_code",
        _("Unified credit code"),
        aliases=_aliases("credit_code"),
        help=_("18 characters; the last one is checked."),
    ),
    Column("authority", _("Authority in charge"), aliases=_aliases("authority")),
    Column(
        "location",
        _("Place"),
        aliases=_aliases("location"),
        help=_("The city, district or county, by name or six-digit code."),
    ),
    Column("province", _("Province"), aliases=_aliases("province")),
    Column(
        "level",
        _("Level of a college"),
        aliases=_aliases("level"),
        help=_("As the ministry prints it: bachelor or associate."),
    ),
    Column(
        "vocational",
        _("Vocational college"),
        aliases=_aliases("vocational"),
        help=_("Yes or no; it tells a vocational university from another one."),
    ),
    Column(
        "remark",
        _("Ownership remark"),
        aliases=_aliases("remark"),
        help=_(
            "Filled in for private colleges; a list with levels leaves it empty for public ones."
        ),
    ),
    Column(
        "source_title",
        _("Published source"),
        aliases=_aliases("source_title"),
        help=_("The title of the published list. Without it the row counts as reported by you."),
    ),
    Column(
        "source_read_on",
        _("Source read on"),
        aliases=_aliases("source_read_on"),
        example="2026-11-23",
    ),
    Column(
        "confidence",
        _("Seen in"),
        aliases=_aliases("confidence"),
        choices=_confidences,
        help=_("One source, or several that agree."),
    ),
)

ORGANISATIONS_IMPORT = ImportSpec(
    key="registry.organisations",
    title=_("Organisations"),
    columns=COLUMNS,
    row_model=OrganisationRow,
    may=can_write_registry,
    check=organisation_problems,
    doubts=organisation_doubts,
    commit=record_organisations,
    preview=organisation_changes,
    next_step=_("Look the organisations up, and record which of them followed others."),
)
