"""Papers as PDF/A, typeset on the server with a font that has Chinese characters."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

# Free fonts with the characters of Chinese names, the better one on paper first. None comes along
# (a complete one has some 20 MB), so the server has to have one.
FONTS = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
)


@cache
def fonts_here() -> tuple[str, ...]:
    known = set(typst.Fonts().families())
    return tuple(font for font in FONTS if font in known)


def typeset(template: Path, values: Mapping[str, Any], *, name: str, made_at: datetime) -> bytes:
    """Typeset a template for the archive (PDF/A-2b); it reads its values as JSON under ``name``.

    Every word comes from outside as a value, so that nothing that a person typed is read as markup.
    """
    return bytes(
        typst.compile(
            template.read_bytes(),
            format="pdf",
            sys_inputs={name: json.dumps(values, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=made_at.replace(microsecond=0),
        )
    )
