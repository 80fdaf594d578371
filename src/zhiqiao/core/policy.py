"""The policy pack that this installation runs."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from zhiqiao import packs


def current_pack() -> packs.Pack:
    return _pack_in(str(settings.ZHIQIAO_PACK))


# Asked for many times in a request, so its key is the plain text of the setting.
@lru_cache(maxsize=4)
def _pack_in(directory: str) -> packs.Pack:
    return packs.load(Path(directory))


def spoken(text: packs.Text) -> str:
    """Return a text of a pack in the language of the reader."""
    return text.in_language(get_language() or "zh-hans")
