"""Lines of a register, built without a template because a page shows many of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiqiao.apps.projects.choices import Level, RecognitionState, shown_name
from zhiqiao.web.components.status import status_badge

register = template.Library()
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all lines of a page share: their words, escaped once, and the shape of addresses."""

    words: Mapping[str, str]
    levels: Mapping[str, str]
    item: str
    holder: str


@register.simple_tag
def register_lines(rows: list[dict[str, Any]]) -> SafeString:
    """Return the table rows for values of `queries.LISTED_FIELDS`."""
    frame = _frame()
    return SafeString("".join(_line(row, frame) for row in rows))


def _frame() -> Frame:
    words = {
        "holder": _("Holder"),
        "level": _("Level"),
        "announced": _("Announced"),
        "area": _("Area"),
        "unstated": _("Not stated"),
        "unnamed": _("Name to be filed"),
        "unheld": _("To be filed"),
    }
    return Frame(
        words={name: escape(word) for name, word in words.items()},
        levels={value: escape(str(label)) for value, label in Level.choices},
        item=reverse("projects:recognition", args=[NOBODY]),
        holder=reverse("registry:organisation", args=[NOBODY]),
    )


def _line(row: Mapping[str, Any], frame: Frame) -> str:
    """Return one line; every value that a person typed is escaped here."""
    words = frame.words
    unnamed = "" if row["name_filed"] else f"<em>{words['unnamed']}</em> "
    ended = "" if row["state"] == RecognitionState.RECOGNISED else status_badge(row["state"])
    batch = escape(row["batch"])
    note = f'<span class="data-table__note">{batch}</span>' if batch else ""
    return (
        f'<tr><th scope="row"><a href="{_address(frame.item, row["uid"])}">'
        f"{unnamed}{escape(shown_name(row['name']))}</a>{ended}{note}</th>"
        f'<td data-label="{words["holder"]}">{_holder(row, frame)}</td>'
        f'<td data-label="{words["level"]}">'
        f"{frame.levels.get(row['level'], words['unstated'])}</td>"
        f'<td data-label="{words["announced"]}" class="nowrap">'
        f"{escape(row['announced']) or words['unstated']}</td>"
        f'<td data-label="{words["area"]}">{escape(row["area__name"])}</td></tr>'
    )


def _holder(row: Mapping[str, Any], frame: Frame) -> str:
    name = escape(row["holder_text"])
    if row["holder__uid"]:
        return f'<a href="{_address(frame.holder, row["holder__uid"])}">{name}</a>'
    return name or f"<em>{frame.words['unheld']}</em>"


def _address(shape: str, uid: UUID) -> str:
    return shape.replace(str(NOBODY), str(uid))
