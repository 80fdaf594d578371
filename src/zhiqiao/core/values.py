"""Value types that know their own rules: dates known in part, school years, credits, codes."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import total_ordering
from typing import Self

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import InputError, define
from zhiqiao.core.identifiers import (
    IdentityNumber,
    check_identity_number,
    check_uscc,
    mask_identity_number,
)

__all__ = [
    "Credits",
    "IdentityNumber",
    "PartialDate",
    "RegionCode",
    "SchoolYear",
    "check_identity_number",
    "check_region_code",
    "check_uscc",
    "mask_identity_number",
]

PARTIAL_DATE_UNREADABLE = define(
    "core.partial_date_unreadable",
    message=_("%(given)s is not a year, a month or a day."),
    remedy=_("Write it as 2023, 2023-05 or 2023-05-16."),
)
SCHOOL_YEAR_UNREADABLE = define(
    "core.school_year_unreadable",
    message=_("%(given)s is not a school year of two years in a row."),
    remedy=_("Write it as 2025-2026."),
)
CREDITS_UNREADABLE = define(
    "core.credits_unreadable",
    message=_("%(given)s is not a number of credits with at most two decimals."),
    remedy=_("Write it as 3, 2.5 or 0.25."),
)
REGION_CODE_UNREADABLE = define(
    "core.region_code_unreadable",
    message=_("%(given)s is not a code of an administrative division."),
    remedy=_("Give the six digits of the national code, for example 500103."),
)

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-–—/~]\s*(\d{4})", re.ASCII)
_CREDITS = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,2}0*)?")
_REGION_CODE = re.compile(r"[1-9]\d{5}", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which only the year, or the year and the month, may be known."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        matched = _PARTIAL_DATE.fullmatch(text.strip())
        if not matched:
            raise InputError(PARTIAL_DATE_UNREADABLE, given=text)
        parsed = cls(*(int(part) if part else None for part in matched.groups()))  # type: ignore[arg-type]
        try:
            date(parsed.year, parsed.month or 1, parsed.day or 1)
        except ValueError as error:
            raise InputError(PARTIAL_DATE_UNREADABLE, given=text) from error
        return parsed

    @property
    def earliest(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def is_exact(self) -> bool:
        return self.day is not None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def __lt__(self, other: "PartialDate") -> bool:
        return (self.earliest, self.latest) < (other.earliest, other.latest)


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """From the first of September of ``start`` to the last of August of the next year."""

    start: int

    @classmethod
    def parse(cls, text: str) -> "SchoolYear":
        matched = _SCHOOL_YEAR.fullmatch(text.strip())
        if not matched or int(matched[2]) != int(matched[1]) + 1:
            raise InputError(SCHOOL_YEAR_UNREADABLE, given=text)
        return cls(int(matched[1]))

    @classmethod
    def of(cls, day: date) -> "SchoolYear":
        return cls(day.year if day.month >= 9 else day.year - 1)

    @property
    def first_day(self) -> date:
        return date(self.start, 9, 1)

    @property
    def last_day(self) -> date:
        return date(self.start + 1, 8, 31)

    def __str__(self) -> str:
        return f"{self.start}\N{EN DASH}{self.start + 1}"


@dataclass(frozen=True, slots=True, order=True)
class Credits:
    """Study credits as integer hundredths: sums are exact and comparisons are safe."""

    hundredths: int

    @classmethod
    def parse(cls, text: str) -> "Credits":
        found = _CREDITS.fullmatch(text.strip())
        if not found:
            raise InputError(CREDITS_UNREADABLE, given=text)
        return cls(int(Decimal(found.group()) * 100))

    def __add__(self, other: "Credits") -> "Credits":
        return Credits(self.hundredths + other.hundredths)

    def __sub__(self, other: "Credits") -> "Credits":
        return Credits(self.hundredths - other.hundredths)

    def __str__(self) -> str:
        return f"{Decimal(self.hundredths) / 100:f}"


class RegionCode(str):
    """The six digits of an administrative division, read level by level."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        check_region_code(text)
        return super().__new__(cls, text)

    @property
    def province(self) -> "RegionCode":
        return RegionCode(self[:2] + "0000")

    @property
    def prefecture(self) -> "RegionCode":
        return RegionCode(self[:4] + "00")

    @property
    def level(self) -> str:
        if self.endswith("0000"):
            return "province"
        return "prefecture" if self.endswith("00") else "county"


def check_region_code(text: str) -> str:
    if not _REGION_CODE.fullmatch(text):
        raise InputError(REGION_CODE_UNREADABLE, given=text)
    return text


def rounded_down(value: Decimal, places: int = 2) -> Decimal:
    """Shorten a number for reading, toward zero: 9.995 is shown as 9.99 and never as 10.

    A figure that falls short of its number must not look as if it reached it.
    """
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
