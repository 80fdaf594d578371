"""The private key that signs bundles: made once, kept as PEM, readable by its owner alone."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from zhiqiao.engines.matching import Fault, TableError


def write_new_key(path: Path) -> Ed25519PrivateKey:
    """Make a key and write it into a new file of mode 600."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(pem)
    return key


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read a key; whatever else stands in the file is refused without showing it."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise TableError([Fault(str(path), 0, "", NO_KEY)]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise TableError([Fault(str(path), 0, "", NO_KEY)])
    return key


NO_KEY = (
    "is no unencrypted Ed25519 private key in PEM; make one with `zhiqiao allocate key --out FILE`."
)
