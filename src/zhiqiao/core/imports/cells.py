"""Types of cells for row models: they forgive how people type, never what they mean."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from zhiqiao.core.imports import problems

_HALF_WIDTH = {ord("\u3000"): " ", ord("\u00a0"): " "} | {
    full: full - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for full in range(first, last + 1)
}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_TABLE = _HALF_WIDTH | _INVISIBLE
#: A line break between two Chinese characters only wrapped the text in its cell.
_WRAPPED = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])[\r\n]+(?=[\u2e80-\u9fff\uff00-\uffef])")
_SPACES = re.compile(r"\s+")
_FLOATED = re.compile(r"(-?\d+)\.0+$")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_./-]*$", re.IGNORECASE)
_DAY = re.compile(
    r"(\d{4})(?:(?:[-/.]|\u5e74)(\d{1,2})(?:(?:[-/.]|\u6708)(\d{1,2}))?)?[\u5e74\u6708\u65e5]?"
    r"(?:[ T]00:00:00)?$"
)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_WHOLE = re.compile(r"-?\d{1,18}$")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?$")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_YES = {"yes", "y", "true", "1", "\u662f", "\u6709"}
_NO = {"no", "n", "false", "0", "\u5426", "\u65e0"}


def tidy(text: str) -> str:
    """Remove what a person cannot see: full-width digits, odd spaces, wrapped lines, edges.

    Chinese punctuation stays: full-width brackets are part of names.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _WRAPPED.sub("", text.translate(_TABLE))
    return _SPACES.sub(" ", text).strip()


def _fault(code: str) -> PydanticCustomError:
    return PydanticCustomError(code, "")


def _plain(value: object) -> str:
    """Codes, numbers and days have no full-width signs at all."""
    return unicodedata.normalize("NFKC", str(value)).strip()


def read_code(value: object) -> str:
    text = _FLOATED.sub(r"\1", _plain(value).replace(" ", ""))
    if not _CODE.match(text):
        raise _fault(problems.NOT_CODE)
    return text


def _ungrouped(value: object) -> str:
    text = _plain(value)
    return text.replace(",", "") if _THOUSANDS.match(text) else text


def read_whole(value: object) -> int:
    text = _FLOATED.sub(r"\1", _ungrouped(value))
    if not _WHOLE.match(text):
        raise _fault(problems.NOT_WHOLE)
    return int(text)


def read_number(value: object) -> Decimal:
    """Read digits as people write them; powers of ten come from workbooks alone."""
    text = _ungrouped(f"{Decimal(repr(value)):f}" if isinstance(value, float) else value)
    if not _NUMBER.match(text):
        raise _fault(problems.NOT_NUMBER)
    return Decimal(text)


def _day_parts(value: object) -> list[int]:
    text = _FLOATED.sub(r"\1", _plain(value))
    found = _DAY.match(text) or _COMPACT_DAY.match(text)
    return [int(part) for part in found.groups() if part] if found else []


def read_partial_day(value: object) -> str:
    """``2023``, ``2023-05`` or ``2023-05-16``, as exact as it was given."""
    parts = _day_parts(value)
    year, month, day = (*parts, 1, 1)[:3] if parts else (0, 0, 0)
    try:
        dt.date(year, month, day)
    except ValueError as error:
        raise _fault(problems.NOT_PARTIAL_DAY) from error
    return "-".join([f"{year:04d}", *(f"{part:02d}" for part in parts[1:])])


def read_day(value: object) -> dt.date:
    parts = _day_parts(value)
    if len(parts) != 3:
        raise _fault(problems.NOT_DAY)
    try:
        return dt.date(*parts)
    except ValueError as error:
        raise _fault(problems.NOT_DAY) from error


def read_address(value: object) -> str:
    text = str(value).strip()
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise _fault(problems.NOT_ADDRESS) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in text:
        raise _fault(problems.NOT_ADDRESS)
    return text


def read_yes_no(value: object) -> bool:
    text = _plain(value).casefold()
    if text not in _YES | _NO:
        raise _fault(problems.NOT_YES_NO)
    return text in _YES


# An empty cell never reaches these: the default of the field speaks then.
Text = Annotated[str, BeforeValidator(str)]
Code = Annotated[str, BeforeValidator(read_code)]
Whole = Annotated[int, BeforeValidator(read_whole)]
Number = Annotated[Decimal, BeforeValidator(read_number)]
Day = Annotated[dt.date, BeforeValidator(read_day)]
PartialDay = Annotated[str, BeforeValidator(read_partial_day)]
Address = Annotated[str, BeforeValidator(read_address)]
YesNo = Annotated[bool, BeforeValidator(read_yes_no)]
