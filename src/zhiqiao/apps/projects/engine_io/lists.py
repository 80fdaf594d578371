"""Lists on paper: a PDF/A with the same columns as the workbook."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.core.dates import format_date, local
from zhiqiao.core.errors import RuleError
from zhiqiao.core.typesetting import fonts_here, typeset

TEMPLATE = Path(__file__).with_name("list.typ")


def list_pdf(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    is_sample: bool,
    made_at: datetime,
) -> bytes:
    """Typeset a list for the archive (PDF/A-2b).

    Raises
    ------
    RuleError
        ``projects.no-list-font`` where the server has no font with Chinese characters; a list of
        empty boxes is never given out.
    """
    fonts = fonts_here()
    if not fonts:
        raise RuleError("projects.no-list-font")
    told = {
        "fonts": fonts,
        "language": "zh" if (get_language() or "zh").startswith("zh") else "en",
        "title": title,
        "made": _("Made on %(day)s") % {"day": format_date(made_at)},
        "warning": _("Demonstration data") if is_sample else "",
        "columns": [str(column) for column in columns],
        "rows": [[_written(value) for value in row] for row in rows],
    }
    return typeset(TEMPLATE, told, name="list", made_at=made_at)


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{local(value):%Y-%m-%d %H:%M}"
        case date():
            return f"{value:%Y-%m-%d}"
        case _:
            return str(value)
