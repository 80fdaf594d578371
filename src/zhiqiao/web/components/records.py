"""Where a record comes from: its provenance and the page or file that proves it."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiqiao.web.components.figures import day
from zhiqiao.web.components.icons import icon

TRUSTED_SCHEMES = ("https://", "http://")


def provenance(record: object) -> SafeString:
    """Return a small mark that says who vouches for the record."""
    origin = str(getattr(record, "provenance", record) or "")
    words = {
        "public-source": ("link", _("Public source")),
        "reported": ("people", _("Reported value")),
        "demonstration": ("flask", _("Demonstration data")),
    }
    if origin not in words:
        return format_html("{}", origin)
    name, word = words[origin]
    return format_html(
        '<span class="provenance provenance--{}">{}{}</span>', origin, icon(name), word
    )


def ribbon(record: object) -> SafeString:
    """Return the wide ribbons of a demonstration and of a rehearsal, otherwise nothing."""
    told = []
    if str(getattr(record, "provenance", record) or "") == "demonstration":
        words = _("This page shows an invented example, not a real record.")
        told.append((_("Demonstration data"), words))
    if getattr(record, "is_rehearsal", False):
        told.append((_("Rehearsal"), _("Nothing on this page holds; it is counted nowhere.")))
    return format_html_join(
        "",
        '<aside class="ribbon" aria-label="{}">{}<strong>{}</strong> {}</aside>',
        ((title, icon("flask"), title, words) for title, words in told),
    )


def citation(source: object) -> SafeString | str:
    """Return the title of a published page, linked only when its address is trusted."""
    if source is None:
        return ""
    title = str(getattr(source, "title", "")) or _("Untitled page")
    return format_html(
        '<span class="citation"><cite class="citation__title">{}</cite>{}</span>',
        _linked(title, source),
        _notes(source),
    )


def _linked(title: str, source: object) -> SafeString | str:
    address = str(getattr(source, "url", "") or "")
    trusted = bool(getattr(source, "url_trusted", False))
    if not (trusted and address.startswith(TRUSTED_SCHEMES)):
        return title
    return format_html('<a href="{}" rel="external noopener noreferrer">{}</a>', address, title)


def _notes(source: object) -> SafeString | str:
    notes = [str(getattr(source, "document", "") or ""), _read_on(source), _confidence(source)]
    said = [note for note in notes if note]
    if not said:
        return ""
    return format_html(' <span class="citation__notes">{}</span>', " \N{MIDDLE DOT} ".join(said))


def _read_on(source: object) -> str:
    read_on = getattr(source, "read_on", None)
    return _("read on %(day)s") % {"day": day(read_on)} if read_on else ""


def _confidence(source: object) -> str:
    words = {"single": _("one source"), "multiple": _("several sources agree")}
    return words.get(str(getattr(source, "confidence", "") or ""), "")
