"""Boxes that speak to the reader: notices and empty states."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhiqiao.web.components.icons import icon

TONES = {
    "info": "info",
    "debug": "info",
    "success": "check",
    "warning": "warning",
    "error": "warning",
}


def notice(message: object, tone: str = "info") -> SafeString:
    """Return a short notice; the tones are those of Django's messages."""
    known = tone if tone in TONES else "info"
    return format_html(
        '<div class="notice notice--{}">{}<p>{}</p></div>', known, icon(TONES[known]), message
    )


def empty_state(
    title: str, explanation: str = "", *, action_url: str = "", action: str = ""
) -> SafeString:
    """Return what a list says when it has no row, with the next step when there is one."""
    return format_html(
        '<div class="empty"><p class="empty__title">{}</p>{}{}</div>',
        title,
        format_html("<p>{}</p>", explanation) if explanation else "",
        format_html('<p><a class="button" href="{}">{}</a></p>', action_url, action)
        if action_url
        else "",
    )
