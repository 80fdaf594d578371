"""The table of one entry of scores: a column for every item that some scheme of the pack marks.

The columns follow the pack, so the import is made when it is asked for and kept as long as the pack
names the same items.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, create_model
from pydantic_core import PydanticCustomError

from zhiqiao.apps.admissions.actions.importing import MARK, record_scores, score_problems
from zhiqiao.apps.admissions.actions.scores import FIRST, SECOND
from zhiqiao.apps.admissions.rules import can_run_season
from zhiqiao.apps.admissions.schemas.offered import (
    Number,
    SeasonForm,
    aliases_of,
    lazy_title,
    no_doubts,
)
from zhiqiao.core.imports import Column, ImportSpec
from zhiqiao.core.imports.cells import Number as Figure
from zhiqiao.core.imports.headings import heading_key
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import ExamType, ReportedResult, ScoreItem
from zhiqiao.packs import Text as PackText

SCORES_KEY = "admissions.scores"
MOST_DECIMALS = 2
# Items with the titles (Chinese, English) that exam types give them, the first of them first.
Titled = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def with_two_decimals(mark: Decimal) -> Decimal:
    exponent = mark.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > MOST_DECIMALS:
        raise PydanticCustomError("admissions.mark-decimals", "")
    return mark


Mark = Annotated[Figure, AfterValidator(with_two_decimals)]


class EntryForm(SeasonForm):
    entry = forms.ChoiceField(
        label=_("Which entry"),
        choices=[(FIRST, _("First entry")), (SECOND, _("Second entry"))],
        help_text=_(
            "Scores are entered twice, by two persons. A row replaces all marks that this entry had for the candidate; an empty cell is a missing mark, not zero."
        ),
    )


def titled(entries_of: Callable[[ExamType], Mapping[str, ScoreItem | ReportedResult]]) -> Titled:
    """Return items or results of all schemes with the spellings that exam types give them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for scheme in current_pack().schemes.values():
        for kind in scheme.exam_types.values():
            for name, entry in entries_of(kind).items():
                spelled = (entry.title.zh, entry.title.en)
                titles = found.setdefault(name, [])
                if spelled not in titles:
                    titles.append(spelled)
    return tuple((name, tuple(titles)) for name, titles in found.items())


def scores_import() -> ImportSpec:
    return _made(titled(lambda kind: kind.items))


@lru_cache(maxsize=4)
def _made(items: Titled) -> ImportSpec:
    number = Column(
        "number", _("Candidate number"), required=True, aliases=aliases_of("scores", "number")
    )
    fields: dict[str, Any] = {f"{MARK}{name}": (Mark | None, None) for name, _titles in items}
    row_model: type[BaseModel] = create_model("ScoreRow", number=(Number, ...), **fields)
    return ImportSpec(
        key=SCORES_KEY,
        title=_("Scores"),
        columns=(number, *columns_of(items, MARK)),
        row_model=row_model,
        may=can_run_season,
        check=score_problems,
        doubts=no_doubts,
        commit=record_scores,
        options_form=EntryForm,
        next_step=_("When both entries agree, seal the scores on the page of the season."),
        is_personal=True,
    )


def columns_of(items: Titled, prefix: str) -> Iterator[Column]:
    """Head each item with its first title; a spelling of two items is no heading of either."""
    owners: dict[str, set[str]] = {}
    for name, titles in items:
        for spelling in (name, *(text for title in titles for text in title)):
            owners.setdefault(heading_key(spelling), set()).add(name)
    for name, titles in items:
        spellings = dict.fromkeys((name, *(text for title in titles for text in title)))
        zh, en = titles[0]
        plain = all(len(owners[heading_key(text)]) == 1 for text in (zh, en))
        yield Column(
            f"{prefix}{name}",
            lazy_title(PackText(zh=zh, en=en)) if plain else name,
            aliases=tuple(s for s in spellings if len(owners[heading_key(s)]) == 1),
        )
