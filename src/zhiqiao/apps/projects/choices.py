"""The words of the register of recognised items."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """Who recognised the item; an empty value means that the source does not say."""

    NATIONAL = "national", _("National")
    MUNICIPAL = "municipal", _("Province or municipality")
    DISTRICT = "district", _("District or county")
    SCHOOL = "school", _("School level")


class RecognitionState(TextChoices):
    RECOGNISED = "recognised", _("Recognised")
    REVOKED = "revoked", _("Revoked")
    WITHDRAWN = "withdrawn", _("Entered by mistake")


class DeclaredState(TextChoices):
    COMPLETE = "complete", _("Complete list")
    PARTIAL = "partial", _("Partial list")


class HolderState(TextChoices):
    """How a holder stands in the register; used as a filter."""

    MATCHED = "matched", _("Matched to an organisation")
    TEXT = "text", _("Name only, not matched")
    MISSING = "missing", _("To be filed")


LEVEL_PROPERTY = "level"
"""The property of a pending decision that asks for a level instead of a judgement."""

UNNAMED_MARK = "\u3014\u540d\u79f0\u672a\u89c1\u3015"
"""How a list says that the source states an item but does not print its name."""


def shown_name(name: str) -> str:
    return name.removeprefix(UNNAMED_MARK).strip() or name
