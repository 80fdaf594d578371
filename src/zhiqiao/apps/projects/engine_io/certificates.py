"""The certificate of recognition as a PDF, with its fonts and its QR code inside."""

from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path

import segno

from zhiqiao.apps.projects.queries.certificates import CertificateWords
from zhiqiao.core.errors import RuleError
from zhiqiao.core.typesetting import fonts_here, typeset

TEMPLATE = Path(__file__).with_name("certificate.typ")


def certificate_pdf(words: CertificateWords, *, issued_at: datetime) -> bytes:
    """Typeset the certificate for the archive (PDF/A-2b).

    Raises
    ------
    RuleError
        ``projects.no-certificate-font`` where the server has no font with Chinese characters; a
        certificate of empty boxes is never given out.
    """
    fonts = fonts_here()
    if not fonts:
        raise RuleError("projects.no-certificate-font")
    told = asdict(words) | {"fonts": fonts, "qr": qr_drawing(words.address)}
    return typeset(TEMPLATE, told, name="certificate", made_at=issued_at)


def qr_drawing(address: str) -> str:
    """Draw the address as an SVG file."""
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", border=2, light="#fff")
    return drawing.getvalue().decode()
