"""Numbers, dates and texts as people read them."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.core.dates import format_date, local
from zhiqiao.core.values import rounded_down

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def article_number(article: object) -> str:
    """Return the number of an article of the pack as the reader's language writes it."""
    number_in = getattr(article, "number_in", str)
    return str(number_in(get_language() or "zh-hans"))


def text(pack_text: object) -> str:
    """Return a text of the pack in the active language; nothing stays nothing."""
    if pack_text is None:
        return ""
    in_language = getattr(pack_text, "in_language", None)
    return str(in_language(get_language() or "zh-hans")) if in_language else str(pack_text)


def grouped(number: object) -> str:
    """Return digits in groups of three: 12 345.6; what is not a number stays as it is."""
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        return "" if number is None else str(number)
    digits = f"{number.normalize():,f}" if isinstance(number, Decimal) else f"{number:,}"
    return digits.replace(",", NARROW_SPACE)


def figure(value: object, unit: object = "", bound: object = "exact") -> SafeString:
    """Return a value with its unit; a missing value says so and is never zero."""
    if value is None:
        return format_html('<span class="figure figure--missing">{}</span>', _("No data"))
    at_least = str(bound) == "at-least"
    prefix = (
        format_html(
            '<span class="figure__bound" aria-hidden="true">\N{GREATER-THAN OR EQUAL TO}</span>'
            '<span class="hidden">{} </span>',
            _("at least"),
        )
        if at_least
        else ""
    )
    return format_html(
        '<span class="figure">{}<span class="figure__value">{}</span>{}</span>',
        prefix,
        grouped(rounded_down(value) if isinstance(value, Decimal) else value),
        _unit(text(unit)),
    )


def _unit(unit: str) -> SafeString | str:
    if not unit:
        return ""
    return format_html('<span class="figure__unit">{}</span>', unit)


def day(value: object) -> str:
    """Return 23 Nov 2026 in English and the full Chinese date in Chinese."""
    if isinstance(value, date):
        return format_date(value)
    return "" if value is None else str(value)


def instant(value: object) -> str:
    """Return day and time in the region's zone."""
    if not isinstance(value, datetime):
        return day(value)
    return _("%(day)s, %(time)s") % {
        "day": format_date(value),
        "time": f"{local(value):%H:%M}",
    }
