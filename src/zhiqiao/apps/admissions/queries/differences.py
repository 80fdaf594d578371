"""Where the two entries of scores differ, or only one of them was made."""

from collections.abc import Iterator, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.models import ScoreSheet, Season
from zhiqiao.core.exports import ExportColumn
from zhiqiao.packs import ExamType

DIFFERENCES = (
    ExportColumn(_("Candidate number"), 18),
    ExportColumn(_("Item"), 36),
    ExportColumn(_("First entry"), 14),
    ExportColumn(_("Second entry"), 14),
)


def score_differences(season: Season) -> list[tuple[object, ...]]:
    """Return number, item, first and second of every mark in which the entries are not the same.

    A missing mark stands empty. An entry without any mark, beside one that was not made, is told in
    the place of the item.
    """
    sheets = ScoreSheet.objects.filter(candidate__season=season, marks__isnull=True)
    rows = sheets.order_by("candidate__number").values_list(
        "candidate__number", "candidate__exam_type", "first", "second"
    )
    types, language = season.rules.exam_types, get_language() or "zh-hans"
    found: list[tuple[object, ...]] = []
    for number, exam_type, first, second in rows.iterator():
        items = list(_items(types[exam_type], first or {}, second or {}, language))
        found += [(number, *item) for item in items or [(str(_("One entry is missing")), "", "")]]
    return found


def _items(
    kind: ExamType, first: Mapping[str, str], second: Mapping[str, str], language: str
) -> Iterator[tuple[str, str, str]]:
    for name, item in kind.items.items():
        if first.get(name) != second.get(name):
            title = item.title.in_language(language)
            yield title, first.get(name, ""), second.get(name, "")
