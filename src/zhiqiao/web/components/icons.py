"""Icons from the one sprite; always beside a word, therefore hidden from screen readers."""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


@lru_cache(maxsize=256)
def icon(name: str, extra: str = "") -> SafeString:
    """Return an inline drawing of the sprite; ``extra`` are further classes."""
    return format_html(
        '<svg class="icon{}" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("web/icons.svg"),
        name,
    )
