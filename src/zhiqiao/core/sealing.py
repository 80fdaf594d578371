"""Short secrets at rest: sealed with a key that is derived from the installation's own.

The first key seals; the keys of ``SECRET_KEY_FALLBACKS`` still open, so that the secret key can be
replaced without losing what was sealed.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealError(ValueError):
    """What was sealed cannot be opened: it was altered, or its key is gone."""


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    try:
        return _keys().decrypt(sealed.encode("ascii")).decode()
    except (InvalidToken, UnicodeEncodeError) as error:
        message = "A sealed value cannot be opened. Is its key among SECRET_KEY_FALLBACKS?"
        raise SealError(message) from error


def _keys() -> MultiFernet:
    return _derived((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _derived(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key_of(secret)) for secret in secrets])


def _key_of(secret: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhiqiao sealing")
    return base64.urlsafe_b64encode(derive.derive(secret.encode()))
