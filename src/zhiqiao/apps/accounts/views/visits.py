"""How a session is told to its owner: the device in words, the address masked."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from zhiqiao.core.sessions import BETWEEN

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
class Place:
    device: str
    address: str
    last: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A session with every place that it was used from, the latest first."""

    pk: int
    places: tuple[Place, ...]
    since: datetime
    is_here: bool


def places_of(session: UserSession) -> tuple[Place, ...]:
    """Tell the places that were noted; a session that was never noted has the one of its sign-in."""
    noted = dict(session.data) or {
        f"{session.ip} {session.user_agent}": session.last_seen_at.isoformat()
    }
    places = [
        Place(device_of(program), masked_address(address), datetime.fromisoformat(moment))
        for place, moment in noted.items()
        for address, _between, program in [place.partition(BETWEEN)]
    ]
    return tuple(sorted(places, key=lambda place: place.last, reverse=True))


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
