"""``{% load ui %}``: the one tag library of every page."""

from collections.abc import Mapping
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from zhiqiao.web import navigation
from zhiqiao.web.components import figures, forms, icons, keys, messages, records, status, tables

STYLESHEETS = (
    "tokens",
    "base",
    "layout",
    "navigation",
    "button",
    "card",
    "board",
    "data-table",
    "status",
    "facts",
    "timeline",
    "trace",
    "form",
    "notice",
    "tabs",
    "choices",
    "pagination",
    "meter",
    "home",
    "letter",
    "writing",
    "error",
    "print",
)

HTML_LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}
PRINT = SafeString(' media="print"')
CURRENT = SafeString(' aria-current="true"')

register = template.Library()

register.simple_tag(icons.icon)
register.simple_tag(status.status_badge)
register.simple_tag(figures.figure)
register.simple_tag(figures.text)
register.simple_tag(figures.article_number)
register.filter(figures.grouped)
register.filter(figures.day)
register.filter(figures.instant)
register.simple_tag(records.provenance)
register.simple_tag(records.ribbon)
register.simple_tag(records.citation)
register.simple_tag(tables.query_string, takes_context=True)
register.simple_tag(tables.sort_header, takes_context=True)
register.simple_tag(tables.pagination, takes_context=True)
register.simple_tag(forms.field)
register.simple_tag(forms.error_summary)
register.simple_tag(keys.key_scripts)
register.simple_tag(messages.notice)
register.simple_tag(messages.empty_state)


@register.simple_tag
def html_language() -> str:
    """Return the language tag of the page, also where no request is known."""
    language = get_language() or ""
    return HTML_LANGUAGES.get(language, language)


@register.simple_tag
def stylesheets() -> SafeString:
    return _stylesheet_links()


@cache
def _stylesheet_links() -> SafeString:
    return format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}"{}>',
        ((static(f"web/{name}.css"), PRINT if name == "print" else "") for name in STYLESHEETS),
    )


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a static file, remembered for the life of the process."""
    return _address(path)


@cache
def _address(path: str) -> str:
    return static(path)


@register.simple_tag
def fixed_part(name: str) -> SafeString:
    """Include a part that depends on nothing but the language; it is drawn once per process."""
    return _fixed_part(name, get_language(), settings.ROOT_URLCONF)


@lru_cache(maxsize=64)
def _fixed_part(name: str, _language: str, _addresses: str) -> SafeString:
    return render_to_string(name)


@register.simple_tag(takes_context=True)
def main_navigation(context: Mapping[str, object]) -> SafeString:
    """Return the links of the main navigation with the current one marked."""
    request = context.get("request")
    path = request.path if isinstance(request, HttpRequest) else ""
    current = tuple(path.startswith(entry.prefixes) for entry in navigation.entries())
    return _navigation(current, get_language(), settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _navigation(current: tuple[bool, ...], _language: str, _addresses: str) -> SafeString:
    return format_html_join(
        "",
        '<li><a class="navigation__link" href="{}"{}>{}</a></li>',
        (
            (address, CURRENT if marked else "", entry.label)
            for entry, marked in zip(navigation.entries(), current, strict=True)
            if (address := entry.address())
        ),
    )
