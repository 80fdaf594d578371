"""National identifiers with check digits: organisations (GB 32100) and persons (GB 11643)."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import InputError, define

USCC_FORM = define(
    "core.uscc_form",
    message=_("%(given)s is not a unified social credit code of 18 digits and capital letters."),
    remedy=_("Copy the code from the certificate; the letters I, O, S, V and Z never occur."),
)
USCC_CHECK = define(
    "core.uscc_check",
    message=_("The last character of %(given)s does not fit the other 17: a slip of the pen."),
    remedy=_("Compare the code with the certificate, character by character."),
)
IDENTITY_FORM = define(
    "core.identity_form",
    message=_("An identity number has 17 digits and a last digit or X."),
    remedy=_("Copy the number from the card; old numbers of 15 digits are not accepted."),
)
IDENTITY_DATE = define(
    "core.identity_date",
    message=_("Digits 7 to 14 of the identity number are not a past date of birth."),
    remedy=_("Compare the date of birth with the card."),
)
IDENTITY_CHECK = define(
    "core.identity_check",
    message=_("The last character of the identity number does not fit the other 17."),
    remedy=_("Compare the number with the card, digit by digit."),
)
IDENTITY_REGION = define(
    "core.identity_region",
    message=_("The first six digits of the identity number are no division known here."),
    remedy=_("This is only a hint: old divisions keep their numbers for life."),
)

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}\d{{6}}[{_USCC_ALPHABET}]{{10}}", re.ASCII)
_IDENTITY_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_IDENTITY = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)


def check_uscc(text: str) -> str:
    """Give the code back in capitals, or raise InputError."""
    code = text.strip().upper()
    if not _USCC.fullmatch(code):
        raise InputError(USCC_FORM, given=text)
    total = sum(
        weight * _USCC_ALPHABET.index(character)
        for weight, character in zip(_USCC_WEIGHTS, code, strict=False)
    )
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise InputError(USCC_CHECK, given=text)
    return code


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    number: str
    born_on: date
    region_code: str

    @property
    def masked(self) -> str:
        return mask_identity_number(self.number)

    def __repr__(self) -> str:
        # Keeps the number out of logs and tracebacks.
        return f"IdentityNumber({self.masked})"

    def region_warning(self, known_codes: "frozenset[str] | set[str]") -> str:
        """Give a code of doubt, or "": divisions are re-coded, persons keep their numbers."""
        return "" if self.region_code in known_codes else IDENTITY_REGION


def check_identity_number(text: str, *, today: date) -> IdentityNumber:
    """Check form, date of birth and check digit; the message never repeats the number."""
    number = text.strip().upper()
    if not _IDENTITY.fullmatch(number):
        raise InputError(IDENTITY_FORM)
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise InputError(IDENTITY_DATE) from error
    if not date(1850, 1, 1) <= born_on <= today:
        raise InputError(IDENTITY_DATE)
    total = sum(
        weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, number, strict=False)
    )
    if "10X98765432"[total % 11] != number[17]:
        raise InputError(IDENTITY_CHECK)
    return IdentityNumber(number, born_on, number[:6])


def mask_identity_number(number: str) -> str:
    """500***********123X: the province and the last four remain."""
    hidden = len(number) - 7
    return number[:3] + "*" * hidden + number[-4:] if hidden > 0 else "*" * len(number)


def mask_phone(number: str) -> str:
    return number[:3] + "****" + number[-4:] if len(number) >= 11 else "*" * len(number)


def mask_name(name: str) -> str:
    return name[:1] + "*" * (len(name) - 1)
