"""Who published a bundle: its signature by Ed25519 (RFC 8032)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from zhiqiao.engines.matching.bundle import canonical

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "Ed25519"
SIGNATURE = "signature"


def sign_bundle(bundle: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the bundle with its signature, in the place of one that it may have.

    ``signature`` has ``algorithm``, ``public_key`` and ``value``, both as hexadecimal numbers. Signed
    are the bytes of `canonical` of the bundle without that member, so how a file is laid out does
    not matter. The same bundle and key give the same signature.
    """
    told = {
        "algorithm": ALGORITHM,
        "public_key": public_key_of(key),
        "value": key.sign(signed_part(bundle)).hex(),
    }
    return {**bundle, SIGNATURE: told}


def public_key_of(key: Ed25519PrivateKey) -> str:
    """Return the public key as it is told to those who check: 64 hexadecimal digits."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def signed_part(bundle: dict[str, Any]) -> bytes:
    """Return the bytes that a signature of the bundle stands for."""
    return canonical({name: part for name, part in bundle.items() if name != SIGNATURE})


def is_signed(bundle: dict[str, Any]) -> bool:
    """Say whether the bundle has a signature that fits the key named in it.

    Whose key that is, only somebody knows who has it from elsewhere.
    """
    told = bundle.get(SIGNATURE)
    try:
        if told["algorithm"] != ALGORITHM:  # type: ignore[index] # what is none raises TypeError
            return False
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(told["public_key"]))  # type: ignore[index]
        key.verify(bytes.fromhex(told["value"]), signed_part(bundle))  # type: ignore[index]
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True
