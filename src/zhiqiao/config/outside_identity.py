"""The one system whose accounts may be used to sign in here, if the installation names one."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from zhiqiao.config.bad_values import BadValue, is_address
from zhiqiao.core.sign_in_policy import OutsideIdentity

NAMES = ("URL", "NAME", "CLIENT_ID", "CLIENT_SECRET")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LONGEST_NAME = 40


def read_outside_identity(
    environ: Mapping[str, str], problems: list[BadValue]
) -> OutsideIdentity | None:
    """Read all four variables or none of them."""
    given = {name: environ.get(f"ZHIQIAO_IDENTITY_{name}", "").strip() for name in NAMES}
    if not any(given.values()):
        return None
    bad = [
        *(_missing(name) for name, value in given.items() if not value),
        *_bad_address(given["URL"]),
        *_bad_name(given["NAME"]),
    ]
    problems.extend(bad)
    if bad:
        return None
    return OutsideIdentity(
        url=given["URL"].rstrip("/"),
        name=given["NAME"],
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
    )


def _missing(name: str) -> BadValue:
    others = ", ".join(f"ZHIQIAO_IDENTITY_{one}" for one in NAMES)
    rule = "Signing in with an account of another system needs four values, and this one is empty."
    return BadValue(f"ZHIQIAO_IDENTITY_{name}", "", rule, f"Set all of {others}, or none.")


def _bad_address(url: str) -> list[BadValue]:
    """Refuse what could be read or changed on its way: only loopback may do without TLS."""
    if not url:
        return []
    is_near = is_address(url, ("http",)) and urlsplit(url).hostname in LOOPBACK
    if (is_near or is_address(url, ("https",))) and not set(url) & set("@?#"):
        return []
    rule = "The issuer is an address that begins with https:// and a host, without @, ? and #."
    return [BadValue("ZHIQIAO_IDENTITY_URL", "…", rule, "Copy it from the manual of that system.")]


def _bad_name(name: str) -> list[BadValue]:
    if len(name) <= LONGEST_NAME:
        return []
    rule = f"The name has at most {LONGEST_NAME} characters, because it stands on a button."
    return [BadValue("ZHIQIAO_IDENTITY_NAME", name, rule, "Shorten it.")]
