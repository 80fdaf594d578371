"""The installation's signature on what it publishes: Ed25519 with a key derived from its own.

The public key stands beside every signature and on a public page, so that anybody can check a file
long after it was downloaded. A new secret key means a new signing key; what was signed stays valid
under the key that was published with it.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def sign(content: bytes) -> str:
    """Return the signature in hexadecimal digits."""
    return _key_of(settings.SECRET_KEY).sign(content).hex()


def public_key() -> str:
    """Return the public key in hexadecimal digits."""
    return _key_of(settings.SECRET_KEY).public_key().public_bytes_raw().hex()


def key_that_signed(content: bytes, signature: str) -> str | None:
    """Return the public key under which a signature is that of the content.

    The keys of ``SECRET_KEY_FALLBACKS`` count as well; nothing when it is none of ours.
    """
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = _key_of(secret).public_key()
        try:
            key.verify(bytes.fromhex(signature), content)
        except (InvalidSignature, ValueError):
            continue
        return key.public_bytes_raw().hex()
    return None


@lru_cache(maxsize=4)
def _key_of(secret: str) -> Ed25519PrivateKey:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhiqiao signing")
    return Ed25519PrivateKey.from_private_bytes(derive.derive(secret.encode()))
