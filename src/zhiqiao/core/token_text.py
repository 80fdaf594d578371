"""How a token of the API is written: a mark, 256 random bits, and a check on typing errors.

The mark lets scanners of code and mails find a token that leaked; the check tells one that was cut
short or mistyped from one that never existed. Only the SHA-256 is kept: over 256 random bits nothing
slower is needed, and a look-up by hash tells nothing by its time.
"""

import hashlib
import secrets
import string
import zlib

PREFIX = "zq_"
HINT = len(PREFIX) + 4
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BODY, _CHECK = 43, 6
LENGTH = len(PREFIX) + _BODY + _CHECK


def fresh_token() -> str:
    body = _in_letters(secrets.randbits(256), _BODY)
    return f"{PREFIX}{body}{_check_of(body)}"


def is_well_typed(token: str) -> bool:
    text = token.removeprefix(PREFIX)
    if not token.startswith(PREFIX) or len(text) != _BODY + _CHECK or not text.isascii():
        return False
    return _check_of(text[:_BODY]) == text[_BODY:]


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def hint_of(token: str) -> str:
    """Give the first letters, by which its owner knows it again; the rest stays beyond guessing."""
    return token[:HINT]


def _check_of(body: str) -> str:
    return _in_letters(zlib.crc32(body.encode()), _CHECK)


def _in_letters(number: int, length: int) -> str:
    found = ""
    while number:
        number, place = divmod(number, len(_ALPHABET))
        found = _ALPHABET[place] + found
    return found.rjust(length, _ALPHABET[0])
