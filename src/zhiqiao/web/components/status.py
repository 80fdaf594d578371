"""Status badges: an icon, a word and a colour, never the colour alone."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.web.components.icons import icon


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a status looks; tones are good, calm, warn, bad and mute."""

    icon: str
    tone: str
    word: Promise


APPEARANCES: dict[str, Appearance] = {
    "met": Appearance("check", "good", _("Met")),
    "not-met": Appearance("cross", "bad", _("Not met")),
    "on-course": Appearance("arrow", "calm", _("On course")),
    "behind": Appearance("clock", "warn", _("Behind")),
    "cannot-tell": Appearance("question", "mute", _("Cannot tell")),
    "not-loaded": Appearance("dashes", "mute", _("List not loaded")),
    "no-data": Appearance("minus", "mute", _("No data")),
    "pending": Appearance("clock", "warn", _("Waits for a decision")),
    "complete": Appearance("check", "good", _("Complete list")),
    "partial": Appearance("half", "warn", _("Partial list")),
    "recognised": Appearance("check", "good", _("Recognised")),
    "revoked": Appearance("cross", "bad", _("Revoked")),
    "withdrawn": Appearance("minus", "mute", _("Withdrawn")),
    "working": Appearance("check", "good", _("Working")),
    "generic": Appearance("half", "calm", _("Standard form only")),
    "planned": Appearance("dashes", "mute", _("Planned")),
    "queued": Appearance("clock", "mute", _("In the queue")),
    "running": Appearance("arrow", "calm", _("Running")),
    "succeeded": Appearance("check", "good", _("Finished")),
    "failed": Appearance("cross", "bad", _("Failed")),
    "cancelled": Appearance("minus", "mute", _("Cancelled")),
    "uploaded": Appearance("upload", "mute", _("Uploaded")),
    "mapped": Appearance("list", "mute", _("Columns matched")),
    "checking": Appearance("arrow", "calm", _("Being checked")),
    "checked": Appearance("check", "calm", _("Checked")),
    "committing": Appearance("arrow", "calm", _("Being entered")),
    "committed": Appearance("check", "good", _("Entered")),
    "refused": Appearance("cross", "bad", _("Refused")),
    "unchecked": Appearance("question", "warn", _("Unchecked")),
}


def define_status(code: str, *, icon_name: str, tone: str, word: Promise) -> None:
    """Give a further status its look; an app calls this when it starts."""
    APPEARANCES[code] = Appearance(icon_name, tone, word)


def status_badge(status: object, word: str = "") -> SafeString:
    """Return the badge of a status code; ``word`` replaces the usual word."""
    return _badge(str(status), str(word), get_language() or "")


@lru_cache(maxsize=512)
def _badge(code: str, word: str, _language: str) -> SafeString:
    appearance = APPEARANCES.get(code)
    if appearance is None:
        return format_html('<span class="status status--mute">{}</span>', word or code)
    return format_html(
        '<span class="status status--{}">{}{}</span>',
        appearance.tone,
        icon(appearance.icon),
        word or appearance.word,
    )
