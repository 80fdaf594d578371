"""Which published pages may be linked."""

import csv
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

HOSTS = Path(__file__).parent.parent / "trusted_hosts.csv"
SCHEMES = ("http", "https")


def is_trusted(address: str) -> bool:
    """Say whether the page lies on a host of `trusted_hosts.csv` or of a part of it.

    Everything else is shown as text: many reposts live on hosts that imitate others. Names before
    an @, unusual ports and unreadable addresses are never trusted.
    """
    try:
        parts = urlsplit(address)
        plain = parts.port in (None, 80, 443) and "@" not in parts.netloc
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    if not plain or parts.scheme not in SCHEMES or "\\" in address:
        return False
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in trusted_suffixes())


@cache
def trusted_suffixes() -> frozenset[str]:
    with HOSTS.open(encoding="utf-8", newline="") as rows:
        return frozenset(row["suffix"] for row in csv.DictReader(rows))
