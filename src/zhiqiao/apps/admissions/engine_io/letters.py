"""The letter of admission as a PDF, with its fonts and its QR code inside."""

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
import typst

from zhiqiao.apps.admissions.queries import LetterWords
from zhiqiao.core.errors import RuleError

TEMPLATE = Path(__file__).with_name("letter.typ")
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


def letter_pdf(words: LetterWords, *, issued_at: datetime) -> bytes:
    """Typeset the letter for the archive (PDF/A-2b).

    Raises
    ------
    RuleError
        ``admissions.no-letter-font`` where the server has no font with Chinese characters; a letter
        of empty boxes is never given out.
    """
    fonts = fonts_here()
    if not fonts:
        raise RuleError("admissions.no-letter-font")
    told = asdict(words) | {"fonts": fonts, "qr": qr_drawing(words.address)}
    return bytes(
        typst.compile(
            TEMPLATE.read_bytes(),
            format="pdf",
            sys_inputs={"letter": json.dumps(told, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=issued_at.replace(microsecond=0),
        )
    )


@cache
def fonts_here() -> tuple[str, ...]:
    known = set(typst.Fonts().families())
    return tuple(font for font in FONTS if font in known)


def qr_drawing(address: str) -> str:
    """Draw the address as an SVG file."""
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", border=2, light="#fff")
    return drawing.getvalue().decode()


def qr_on_page(address: str) -> str:
    """Draw the address as a part of a page, without an inline style."""
    code = segno.make(address, error="m")
    return code.svg_inline(scale=4, border=2, svgclass="letter__code", lineclass=None, light="#fff")
