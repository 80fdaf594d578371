"""How a session is told to its owner: the device in words, the address masked."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("HarmonyOS|OpenHarmony", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    pk: int
    device: str
    address: str
    since: datetime
    last: datetime
    is_here: bool


def device_of(user_agent: str) -> str:
    """Name browser and system; what says neither is a program."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("an unknown program")


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, text)), "")


def masked_address(address: str) -> str:
    """Keep the network of an address: enough to know one's own, not enough to find a person."""
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return ".".join([*str(found).split(".")[:2], "*", "*"])
    return ":".join([*found.exploded.split(":")[:3], "*"])


def masked_email(address: str) -> str:
    """Keep the first letter and the domain."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if domain else ""
