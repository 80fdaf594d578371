"""The table by which lists of recognised items come in."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, StringConstraints, model_validator

from zhiqiao.apps.projects.actions import (
    import_changes,
    import_doubts,
    import_problems,
    record_recognitions,
)
from zhiqiao.apps.projects.actions.lists import read_complete_lists
from zhiqiao.apps.projects.choices import UNNAMED_MARK, Level
from zhiqiao.apps.projects.rules import can_keep_register, natural_key
from zhiqiao.core.choices import Confidence
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports import Choice, Column, ImportSpec
from zhiqiao.core.imports.cells import Address, PartialDay, Text
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import Text as PackText

SEPARATORS = str.maketrans({"\N{FULLWIDTH SEMICOLON}": ";", "\n": ";"})


def split_names(value: object) -> list[str]:
    names = value if isinstance(value, list) else str(value).translate(SEPARATORS).split(";")
    return [str(name).strip() for name in names if str(name).strip()]


Short = Annotated[Text, StringConstraints(max_length=200)]
Long = Annotated[Text, StringConstraints(max_length=300)]
Names = Annotated[list[Long], BeforeValidator(split_names)]


class RecognitionRow(BaseModel):
    """One row of a list; an empty cell means that the source does not say."""

    kind: Text
    name: Long
    holder: Long = ""
    partners: Names = []
    level: Text = ""
    batch_or_year: Short = ""
    document: Long = ""
    announced: PartialDay = ""
    area: Text
    source_url: Annotated[Address, StringConstraints(max_length=1000)] = ""
    source_title: Long = ""
    confidence: Text = ""
    natural_key: str = ""

    @model_validator(mode="after")
    def identify(self) -> "RecognitionRow":
        self.natural_key = natural_key(
            (self.kind, self.name, self.holder, self.batch_or_year, self.document)
        )
        return self


def _in_present_language(title: PackText) -> str:
    return title.in_language(get_language() or "zh-hans")


_lazy_title = lazy(_in_present_language, str)


def kinds_offered() -> Iterator[Choice]:
    for name, kind in current_pack().kinds.items():
        yield Choice(name, _lazy_title(kind.title))


def levels_offered() -> Iterator[Choice]:
    for level in Level:
        yield Choice(level.value, level.label)


def confidences_offered() -> Iterator[Choice]:
    for confidence in Confidence:
        yield Choice(confidence.value, confidence.label)


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    """Read the further headings under which notices print the columns."""
    found: dict[str, tuple[str, ...]] = {}
    with (Path(__file__).parents[1] / "column_aliases.csv").open(
        encoding="utf-8", newline=""
    ) as rows:
        for row in csv.DictReader(rows):
            found[row["column"]] = (*found.get(row["column"], ()), row["alias"])
    return found


def _help_with_mark() -> str:
    words = _("As printed. When the source does not print it, describe the item after %(mark)s.")
    return str(words) % {"mark": UNNAMED_MARK}


_name_help = lazy(_help_with_mark, str)()

COLUMNS = (
    Column(
        "kind",
        _("Kind of item"),
        required=True,
        aliases=_aliases()["kind"],
        choices=kinds_offered,
        help=_("The register to which the item belongs. Choose from the list."),
        example="vr-base",
    ),
    Column(
        "name",
        _("Name of the item"),
        required=True,
        aliases=_aliases()["name"],
        help=_name_help,
    ),
    Column(
        "holder",
        _("Holder"),
        aliases=_aliases()["holder"],
        help=_("The body that holds or leads the item, as printed. Leave empty when not stated."),
    ),
    Column(
        "partners",
        _("Partners"),
        aliases=_aliases()["partners"],
        help=_("Further bodies, with semicolons between them."),
    ),
    Column(
        "level",
        _("Level"),
        aliases=_aliases()["level"],
        choices=levels_offered,
        help=_("Who recognised the item. Leave empty when the source does not say."),
        example="national",
    ),
    Column(
        "batch_or_year",
        _("Batch or year"),
        aliases=_aliases()["batch_or_year"],
    ),
    Column(
        "document",
        _("Document"),
        aliases=_aliases()["document"],
        help=_("Number or title of the notice."),
    ),
    Column(
        "announced",
        _("Announced"),
        aliases=_aliases()["announced"],
        help=_("A year, a month or a day, as exact as the source says."),
        example="2023-05-16",
    ),
    Column(
        "area",
        _("Area"),
        required=True,
        aliases=_aliases()["area"],
        help=_("The region of the lead body: full official name or six-digit code."),
        example="500000",
    ),
    Column(
        "source_url",
        _("Address of the source"),
        aliases=_aliases()["source_url"],
        help=_("The web page. It becomes a link only when its host is trusted."),
    ),
    Column(
        "source_title",
        _("Title of the source"),
        aliases=_aliases()["source_title"],
        help=_("Heading of the page or paper in which the item stands."),
    ),
    Column(
        "confidence",
        _("Number of sources"),
        aliases=_aliases()["confidence"],
        choices=confidences_offered,
        help=_("Whether one page or several separate pages name the item."),
        example="single",
    ),
)


class ListOptionsForm(forms.Form):
    """What a person says about a whole list before it is checked."""

    provenance = forms.ChoiceField(
        label=_("Where the list comes from"),
        choices=[
            (Provenance.PUBLIC_SOURCE, _("A published notice or page")),
            (Provenance.REPORTED, _("Reported by a school or office, not published")),
        ],
        initial=Provenance.PUBLIC_SOURCE,
    )
    read_on = forms.DateField(
        label=_("Read on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=today,
    )
    as_of = forms.DateField(
        label=_("The list is known up to"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=today,
    )
    basis = forms.CharField(
        label=_("By whose word"),
        max_length=2_000,
        help_text=_("The notice, the office or the publication that this rests on."),
    )
    complete_lists = forms.CharField(
        label=_("Complete lists"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Every list is taken as partial. For a complete one write a line: kind, area,"
            " published total (or nothing), by whose word."
        ),
    )

    notice = forms.FileField(
        label=_("The notice"),
        required=False,
        help_text=_(
            "The attachment that the list was taken from; it becomes evidence of each row."
        ),
    )

    def clean_complete_lists(self) -> str:
        given = self.cleaned_data["complete_lists"]
        try:
            read_complete_lists(given)
        except InputError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy}") from error
        return str(given)


RECOGNITIONS_IMPORT = ImportSpec(
    key="projects.recognitions",
    title=_("Recognised items"),
    columns=COLUMNS,
    row_model=RecognitionRow,
    may=can_keep_register,
    check=import_problems,
    doubts=import_doubts,
    commit=record_recognitions,
    options_form=ListOptionsForm,
    preview=import_changes,
    next_step=_("Some items may now wait for a decision; look at the queue."),
)
