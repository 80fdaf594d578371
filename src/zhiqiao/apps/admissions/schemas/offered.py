"""What the tables of admission share: the question for the season, and the words that are offered.

Which season a table is for is known only once it was opened, so the columns offer the words of every
scheme of the pack; the check holds them against the scheme of the season.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pydantic import StringConstraints

from zhiqiao.apps.admissions import queries
from zhiqiao.apps.admissions.models import Season
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports import Choice, Doubt
from zhiqiao.core.imports.cells import Code, Text
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import AdmissionScheme
from zhiqiao.packs import Text as PackText

Number = Annotated[Code, StringConstraints(max_length=20)]
Word = Annotated[Text, StringConstraints(max_length=200)]
Short = Annotated[Text, StringConstraints(max_length=100)]
Entries = Iterable[tuple[str, PackText]]


def _in_present_language(title: PackText) -> str:
    return title.in_language(get_language() or "zh-hans")


lazy_title = lazy(_in_present_language, str)


if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    SeasonChoice = forms.ModelChoiceField[Season]
else:
    SeasonChoice = forms.ModelChoiceField


class SeasonField(SeasonChoice):
    """The season that a table is for; demonstration seasons say that they are."""

    def __init__(self, help_text: "StrOrPromise" = "") -> None:
        rows = queries.all_seasons()
        super().__init__(queryset=rows, label=_("Season"), help_text=help_text)

    def label_from_instance(self, obj: Season) -> str:
        if obj.provenance != Provenance.DEMONSTRATION:
            return obj.title
        return str(_("%(season)s (demonstration)")) % {"season": obj.title}


class SeasonForm(forms.Form):
    season = SeasonField()


@cache
def _aliases() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    path = Path(__file__).parents[1] / "column_aliases.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            key = row["table"], row["column"]
            found[key] = (*found.get(key, ()), row["alias"])
    return found


def aliases_of(table: str, column: str) -> tuple[str, ...]:
    """Return the further headings under which official tables print a column."""
    return _aliases().get((table, column), ())


def _offered(entries_of: Callable[[AdmissionScheme], Entries]) -> Iterator[Choice]:
    """Offer the words of every scheme, each once."""
    seen: set[tuple[str, str, str]] = set()
    for scheme in current_pack().schemes.values():
        for name, title in entries_of(scheme):
            if (name, title.zh, title.en) not in seen:
                seen.add((name, title.zh, title.en))
                yield Choice(name, lazy_title(title))


def batches_offered() -> Iterator[Choice]:
    return _offered(lambda scheme: ((batch.id, batch.title) for batch in scheme.batches))


def types_offered() -> Iterator[Choice]:
    return _offered(lambda scheme: ((k, one.title) for k, one in scheme.exam_types.items()))


def categories_offered() -> Iterator[Choice]:
    return _offered(lambda scheme: ((k, one.title) for k, one in scheme.categories.items()))


def pathways_offered() -> Iterator[Choice]:
    return _offered(lambda scheme: ((k, one.title) for k, one in scheme.pathways.items()))


def no_doubts(_batch: ImportBatch) -> Iterable[Doubt]:
    """Give none: a name that is not the registry's is a problem here, never a guess."""
    return ()
