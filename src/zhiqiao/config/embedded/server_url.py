"""DATABASE_URL, read by the same parser as every other client of PostgreSQL."""

import re
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

SCHEMES = frozenset({"postgresql", "postgres"})
EXAMPLE = "Write it as postgresql://user:password@host:5432/zhiqiao?sslmode=require."


class DatabaseUrlError(ValueError):
    def __init__(self, shown_url: str, rule: str, remedy: str = EXAMPLE) -> None:
        self.shown_url = shown_url
        self.rule = rule
        self.remedy = remedy
        super().__init__(f"DATABASE_URL={shown_url!r}: {rule} {remedy}")


@dataclass(frozen=True, slots=True)
class ServerUrl:
    name: str
    user: str
    password: str
    host: str
    port: str
    options: dict[str, str]


def parse_database_url(url: str) -> ServerUrl:
    shown = without_password(url)
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in SCHEMES:
        kind = f"{scheme}:// is not PostgreSQL" if separator else "It is not an address"
        rule = f"{kind}, and Zhiqiao runs on PostgreSQL only."
        remedy = f"{EXAMPLE} Leave it unset to use the database that comes with Zhiqiao."
        raise DatabaseUrlError(shown, rule, remedy)
    parts = _read_parts(url, shown)
    if not parts.get("dbname") and not parts.get("service"):
        raise DatabaseUrlError(shown, "It names no database (the word after the last slash).")
    return ServerUrl(
        name=parts.pop("dbname", ""),
        user=parts.pop("user", ""),
        password=parts.pop("password", ""),
        host=parts.pop("host", ""),
        port=parts.pop("port", ""),
        options=parts,
    )


def without_password(url: str) -> str:
    # Up to the last "@", because people forget to write "@" in a password as %40.
    shown = re.sub(r"^([^/]*//[^:/@]*):.*@", r"\1:…@", url)
    # A password in the place of the port is a password all the same.
    shown = re.sub(r"(//[^/?]*:)(?![0-9]+(?:[/?,]|$))[^/?,…@]+(?=[/?,]|$)", r"\1…", shown)
    return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1…", shown)


def _read_parts(url: str, shown: str) -> dict[str, str]:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        reason = str(error).strip()
        # Other complaints of the parser may quote the password.
        safe = reason if reason.startswith("invalid URI query parameter") else ""
        rule = "It cannot be read" + (f": {safe}." if safe else ".")
        remedy = f"{EXAMPLE} In names and passwords write @ as %40, / as %2F and % as %25."
        raise DatabaseUrlError(shown, rule, remedy) from None
    parts = {name: str(value) for name, value in given.items() if value is not None}
    for port in filter(None, parts.get("port", "").split(",")):
        if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise DatabaseUrlError(shown, "A port is a number from 1 to 65535.")
    return parts
