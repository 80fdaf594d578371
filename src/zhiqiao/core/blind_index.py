"""Finding a sealed number again without keeping it readable: a keyed digest of it.

The key is derived from the installation's own, apart from the one that seals. Digests under former
keys are offered too, so that a number stays findable after the secret key was replaced.
"""

import hmac
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def index_of(text: str) -> str:
    """Return the digest under the present key."""
    return _digest(settings.SECRET_KEY, text)


def indexes_of(text: str) -> tuple[str, ...]:
    """Return the digests under the present and all former keys."""
    return tuple(
        _digest(secret, text) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _digest(secret: str, text: str) -> str:
    return hmac.new(_key_of(secret), text.encode(), sha256).hexdigest()


@lru_cache(maxsize=8)
def _key_of(secret: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhiqiao blind index")
    return derive.derive(secret.encode())
