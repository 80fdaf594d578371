"""The scalar types of pack files: how the text of a value becomes a number, a day or a flag.

Each reader accepts exactly one spelling, so that a file means the same to every reader of it.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_number(text: object) -> object:
    """Return the Decimal of `text`, written like 90 or 0.05."""
    if not isinstance(text, str):
        return text
    if not _NUMBER.fullmatch(text):
        message = "write a plain number such as 90 or 0.05"
        raise ValueError(message)
    return Decimal(text)


def read_whole(text: object) -> object:
    """Return the integer of `text`, written like 15."""
    if not isinstance(text, str):
        return text
    if not _NUMBER.fullmatch(text) or "." in text:
        message = "write a whole number such as 15"
        raise ValueError(message)
    return int(text)


def read_day(text: object) -> object:
    """Return the date of `text`, written like 2025-12-31."""
    if not isinstance(text, str):
        return text
    if not _DAY.fullmatch(text):
        message = "write a day as 2025-12-31"
        raise ValueError(message)
    return date.fromisoformat(text)


def read_flag(text: object) -> object:
    """Return the truth of `text`, written true or false."""
    if not isinstance(text, str):
        return text
    if text not in {"true", "false"}:
        message = "write true or false"
        raise ValueError(message)
    return text == "true"


SHAPES: dict[str, str] = {}
"""What a text of each pattern looks like, for messages."""


def _shape(pattern: str, like: str, *, longest: int = 64) -> StringConstraints:
    SHAPES[pattern] = like
    return StringConstraints(pattern=pattern, max_length=longest)


Number: TypeAlias = Annotated[
    Decimal, BeforeValidator(read_number), WithJsonSchema({"type": "number"})
]
Whole: TypeAlias = Annotated[int, BeforeValidator(read_whole), WithJsonSchema({"type": "integer"})]
Day: TypeAlias = Annotated[
    date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})
]
Flag: TypeAlias = Annotated[bool, BeforeValidator(read_flag), WithJsonSchema({"type": "boolean"})]
Share: TypeAlias = Annotated[Number, Field(gt=0, lt=1)]
Tally: TypeAlias = Annotated[Whole, Field(ge=0, le=10**12)]
Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Address: TypeAlias = Annotated[
    str, _shape(r"^https?://[^\s]+$", "https://example.org/page", longest=2000)
]
Proof: TypeAlias = Annotated[
    str,
    _shape(
        r"^([a-z0-9_]+/)*test_[a-z0-9_]+\.py::test_[a-z0-9_]+$",
        "path/to/test_file.py::test_name",
        longest=300,
    ),
]
Slug: TypeAlias = Annotated[str, _shape(r"^[a-z0-9][a-z0-9-]*$", "vr-base")]
Name: TypeAlias = Annotated[str, _shape(r"^[a-z][a-z0-9_]*$", "vr_base_count")]
UnitName: TypeAlias = Annotated[
    str, _shape(r"^(%|1|[a-z][a-z0-9-]*([*/][a-z][a-z0-9-]*)*)$", "%, courses or m2/student")
]
ArticleId: TypeAlias = Annotated[str, _shape(r"^A[0-9]{2}$", "A01")]
TargetId: TypeAlias = Annotated[str, _shape(r"^T[0-9]{2,3}$", "T01")]
DutyId: TypeAlias = Annotated[str, _shape(r"^F[0-9]{1,2}$", "F1")]
MechanismId: TypeAlias = Annotated[str, _shape(r"^[0-9]{2,3}$", '"01" or "114"')]
TaskId: TypeAlias = Annotated[str, _shape(r"^K[0-9]{2,3}$", "K01")]
YearNumber: TypeAlias = Annotated[str, _shape(r"^20[0-9]{2}$", '"2026"')]
AreaCode: TypeAlias = Annotated[str, _shape(r"^[1-9][0-9]{5}$", "990000, six digits")]
VersionNumber: TypeAlias = Annotated[
    str, _shape(r"^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$", "1.0.0")
]
