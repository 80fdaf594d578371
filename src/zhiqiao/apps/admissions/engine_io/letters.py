"""The letter of admission as a PDF, with its fonts and its QR code inside."""

from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path

import segno

from zhiqiao.apps.admissions.queries import LetterWords
from zhiqiao.core.errors import RuleError
from zhiqiao.core.typesetting import fonts_here, typeset

TEMPLATE = Path(__file__).with_name("letter.typ")


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
    return typeset(TEMPLATE, told, name="letter", made_at=issued_at)


def qr_drawing(address: str) -> str:
    """Draw the address as an SVG file."""
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", border=2, light="#fff")
    return drawing.getvalue().decode()


def qr_on_page(address: str) -> str:
    """Draw the address as a part of a page, without an inline style."""
    code = segno.make(address, error="m")
    return code.svg_inline(scale=4, border=2, svgclass="letter__code", lineclass=None, light="#fff")
