"""The policy pack that this installation runs."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from zhiqiao import packs


def current_pack() -> packs.Pack:
    return _pack_in(Path(settings.ZHIQIAO_PACK))


@lru_cache(maxsize=4)
def _pack_in(directory: Path) -> packs.Pack:
    return packs.load(directory)
