"""The environment of the installation: one typed object, and every bad value told at once.

``EnvironmentValuesError`` carries one ``BadValue`` for each variable that breaks its rule.
"""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from zhiqiao.config.bad_values import BadValue, EnvironmentValuesError, is_address
from zhiqiao.config.embedded.server_url import DatabaseUrlError, parse_database_url
from zhiqiao.config.outside_identity import read_outside_identity
from zhiqiao.core.sign_in_policy import PROFILES, OutsideIdentity, SignInProfile

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_PACK = "cq-2023-22"
DEFAULT_PORT = 8000
SECRET_KEY_FILE = "secret-key"  # noqa: S105  the name of the file, not the secret
SHORTEST_SECRET_KEY = 32

_host_pattern = re.compile(r"\*|\.?[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Environment:
    home: Path
    pack: Path
    database_url: str | None = field(repr=False)
    database_role: str  # what web server and worker may do; empty for the owner of the tables
    secret_key: str = field(repr=False)
    allowed_hosts: tuple[str, ...]
    debug: bool
    secure: bool  # behind a proxy that speaks HTTPS: cookies and redirects insist on it
    port: int
    site_url: str  # how the site is reached, for links in mails
    mail_url: str = field(repr=False)  # smtp://user:password@host:port, or smtps://
    mail_from: str
    hook_url: str  # takes messages for text messages or a messaging app
    hook_key: str = field(repr=False)
    sms_url: str  # takes codes for candidates, with the telephone
    sms_key: str = field(repr=False)
    metrics_key: str = field(repr=False)  # who may read /metrics; empty for nobody
    scanner: str  # where clamd listens; empty for no virus check
    trusted_proxies: int  # how many of ours stand before the web server
    sign_in: SignInProfile
    identity: OutsideIdentity | None  # whose accounts sign in here too
    old_secret_keys: tuple[str, ...] = field(repr=False)


def read_environment(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read and check all of it; without ``ZHIQIAO_SECRET_KEY`` a key is made and kept."""
    problems: list[BadValue] = []
    home = _read_home(environ, problems)
    pack = _read_pack(environ, problems)
    database_url = _read_database_url(environ, problems)
    database_role = _read_database_role(environ, problems)
    given_key = _read_secret_key(environ, problems)
    allowed_hosts = _read_allowed_hosts(environ, problems)
    debug = _read_switch(environ, "ZHIQIAO_DEBUG", problems)
    secure = _read_switch(environ, "ZHIQIAO_SECURE", problems)
    port = _read_port(environ, problems)
    site_url = _read_url(environ, "ZHIQIAO_SITE_URL", ("https", "http"), problems)
    mail_url = _read_url(environ, "ZHIQIAO_MAIL_URL", ("smtps", "smtp"), problems)
    hook_url = _read_url(environ, "ZHIQIAO_HOOK_URL", ("https", "http"), problems)
    hook_key = _read_hook_key(environ, "ZHIQIAO_HOOK_KEY", hook_url, problems)
    sms_url = _read_url(environ, "ZHIQIAO_SMS_URL", ("https", "http"), problems)
    sms_key = _read_hook_key(environ, "ZHIQIAO_SMS_KEY", sms_url, problems)
    metrics_key = _read_metrics_key(environ, problems)
    scanner = _read_scanner(environ, problems)
    trusted_proxies = _read_trusted_proxies(environ, problems)
    sign_in = _read_sign_in_profile(environ, problems)
    identity = read_outside_identity(environ, problems)
    secret_key = given_key or ("" if problems else _kept_secret_key(home, problems))
    if problems:
        raise EnvironmentValuesError(tuple(problems))
    return Environment(
        home=home,
        pack=pack,
        database_url=database_url,
        database_role=database_role,
        secret_key=secret_key,
        allowed_hosts=allowed_hosts,
        debug=debug,
        secure=secure,
        port=port,
        site_url=site_url.rstrip("/"),
        mail_url=mail_url,
        mail_from=environ.get("ZHIQIAO_MAIL_FROM", "").strip() or "zhiqiao@localhost",
        hook_url=hook_url,
        hook_key=hook_key,
        sms_url=sms_url,
        sms_key=sms_key,
        metrics_key=metrics_key,
        scanner=scanner,
        trusted_proxies=trusted_proxies,
        sign_in=sign_in,
        identity=identity,
        old_secret_keys=tuple(environ.get("ZHIQIAO_OLD_SECRET_KEYS", "").split()),
    )


def _read_sign_in_profile(environ: Mapping[str, str], problems: list[BadValue]) -> SignInProfile:
    given = environ.get("ZHIQIAO_SIGN_IN_PROFILE", "").strip() or "modern"
    if given not in PROFILES:
        rule = f"The profile is one of: {', '.join(PROFILES)}."
        remedy = "Take modern, or mlps3 where the installation is graded."
        problems.append(BadValue("ZHIQIAO_SIGN_IN_PROFILE", given, rule, remedy))
    return PROFILES.get(given, PROFILES["modern"])


def _read_url(
    environ: Mapping[str, str],
    name: str,
    schemes: tuple[str, ...],
    problems: list[BadValue],
) -> str:
    given = environ.get(name, "").strip()
    if given and not is_address(given, schemes):
        named = " or ".join(f"{one}://" for one in schemes)
        rule = f"The address begins with {named} and a host; a port is a number up to 65535."
        # What cannot be read may hold a password anywhere.
        scheme = next((one for one in schemes if given.startswith(f"{one}://")), "")
        shown = f"{scheme}://…" if scheme else "…"
        problems.append(BadValue(name, shown, rule, "Correct it, or leave it unset."))
        return ""
    return given


def _read_hook_key(
    environ: Mapping[str, str], name: str, hook_url: str, problems: list[BadValue]
) -> str:
    key = environ.get(name, "").strip()
    if hook_url and len(key) < SHORTEST_SECRET_KEY:
        rule = f"A hook needs a shared key of at least {SHORTEST_SECRET_KEY} characters."
        problems.append(BadValue(name, "…" if key else "", rule, "Set it on both sides."))
    return key


def _read_scanner(environ: Mapping[str, str], problems: list[BadValue]) -> str:
    given = environ.get("ZHIQIAO_SCANNER", "").strip()
    is_socket = given.startswith("unix:/") and not given.startswith("unix://")
    if given and not is_socket and not is_address(given, ("tcp",)):
        rule = (
            "Clamd is reached by unix: and the path of its socket, or by tcp:// with host and port."
        )
        remedy = "Write unix:/run/clamav/clamd.ctl, or leave it unset: then files stay unchecked."
        problems.append(BadValue("ZHIQIAO_SCANNER", given, rule, remedy))
        return ""
    return given


def _read_metrics_key(environ: Mapping[str, str], problems: list[BadValue]) -> str:
    key = environ.get("ZHIQIAO_METRICS_KEY", "").strip()
    if key and (len(key) < SHORTEST_SECRET_KEY or not key.isascii()):
        rule = f"The key has at least {SHORTEST_SECRET_KEY} plain letters and digits."
        remedy = "Make it longer, or leave it unset: then nobody may read /metrics."
        problems.append(BadValue("ZHIQIAO_METRICS_KEY", "…", rule, remedy))
    return key


def _read_home(environ: Mapping[str, str], problems: list[BadValue]) -> Path:
    given = environ.get("ZHIQIAO_HOME", "").strip()
    home = Path(given).expanduser().absolute() if given else _user_data_directory(environ)
    if home.exists() and not home.is_dir():
        rule = "The data folder must be a folder, and this is a file."
        problems.append(BadValue("ZHIQIAO_HOME", str(home), rule, "Name another path."))
    return home


def _user_data_directory(environ: Mapping[str, str]) -> Path:
    xdg = environ.get("XDG_DATA_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    base = Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".local" / "share"
    return base / "zhiqiao"


def _read_pack(environ: Mapping[str, str], problems: list[BadValue]) -> Path:
    given = environ.get("ZHIQIAO_PACK", "").strip()
    if not given:
        return _default_pack()
    pack = Path(given).expanduser().absolute()
    if not pack.is_dir():
        rule = "There is no such folder."
        remedy = f"Name the folder of a policy pack, or leave it unset for {_default_pack()}."
        problems.append(BadValue("ZHIQIAO_PACK", given, rule, remedy))
    return pack


def _default_pack() -> Path:
    return shipped_folder(f"packs/{DEFAULT_PACK}")


def shipped_folder(name: str) -> Path:
    """Give a folder that comes along: that of the repository, or of the installed package."""
    repository = Path(__file__).resolve().parents[3] / name
    installed = Path(__file__).resolve().parents[1] / "shipped" / name
    return installed if installed.is_dir() and not repository.is_dir() else repository


def _read_database_url(environ: Mapping[str, str], problems: list[BadValue]) -> str | None:
    given = environ.get("DATABASE_URL", "").strip()
    if not given:
        return None
    try:
        parse_database_url(given)
    except DatabaseUrlError as error:
        problems.append(BadValue("DATABASE_URL", error.shown_url, error.rule, error.remedy))
    return given


def _read_database_role(environ: Mapping[str, str], problems: list[BadValue]) -> str:
    given = environ.get("ZHIQIAO_DATABASE_ROLE", "").strip()
    if given and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", given):
        problems.append(
            BadValue(
                "ZHIQIAO_DATABASE_ROLE",
                given,
                "it must be a plain lower-case name of a role",
                "Use zhiqiao_app, or unset it to run as the owner of the tables.",
            )
        )
        return ""
    return given


def _read_secret_key(environ: Mapping[str, str], problems: list[BadValue]) -> str:
    given = environ.get("ZHIQIAO_SECRET_KEY", "").strip()
    if given and len(given) < SHORTEST_SECRET_KEY:
        rule = f"It has {len(given)} characters and must have at least {SHORTEST_SECRET_KEY}."
        remedy = "Leave it unset to have one made and kept in the data folder."
        problems.append(BadValue("ZHIQIAO_SECRET_KEY", "…", rule, remedy))
    return given


def _read_allowed_hosts(environ: Mapping[str, str], problems: list[BadValue]) -> tuple[str, ...]:
    given = environ.get("ZHIQIAO_ALLOWED_HOSTS", "")
    hosts = tuple(host for part in given.split(",") if (host := part.strip()))
    if bad := [host for host in hosts if not _host_pattern.fullmatch(host)]:
        rule = f"These are not host names: {', '.join(bad)}."
        remedy = "Write names or addresses without scheme, port and path, divided by commas."
        problems.append(BadValue("ZHIQIAO_ALLOWED_HOSTS", given, rule, remedy))
    return hosts or LOCAL_HOSTS


def _read_switch(environ: Mapping[str, str], name: str, problems: list[BadValue]) -> bool:
    given = environ.get(name, "")
    word = given.strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        problems.append(BadValue(name, given, "It must be yes or no.", "Write 1 or 0."))
    return word in TRUE_WORDS


def _read_port(environ: Mapping[str, str], problems: list[BadValue]) -> int:
    given = environ.get("ZHIQIAO_PORT", "").strip()
    if not given:
        return DEFAULT_PORT
    if re.fullmatch(r"[0-9]{1,5}", given) and 1 <= int(given) <= 65535:
        return int(given)
    rule = "A port is a whole number from 1 to 65535."
    remedy = f"Leave it unset for {DEFAULT_PORT}."
    problems.append(BadValue("ZHIQIAO_PORT", given, rule, remedy))
    return DEFAULT_PORT


def _read_trusted_proxies(environ: Mapping[str, str], problems: list[BadValue]) -> int:
    given = environ.get("ZHIQIAO_TRUSTED_PROXIES", "").strip() or "0"
    if re.fullmatch(r"[0-9]", given):
        return int(given)
    rule = "It is the number of proxies before the web server, from 0 to 9."
    problems.append(BadValue("ZHIQIAO_TRUSTED_PROXIES", given, rule, "Write 1 behind one nginx."))
    return 0


def _kept_secret_key(home: Path, problems: list[BadValue]) -> str:
    path = home / SECRET_KEY_FILE
    try:
        return _read_kept_key(path) or _keep_new_key(path)
    except OSError as error:
        rule = f"No key is given, and none can be kept in {path} ({error.strerror})."
        remedy = "Make the data folder writable, name another in ZHIQIAO_HOME, or give the key."
        problems.append(BadValue("ZHIQIAO_SECRET_KEY", "", rule, remedy))
        return ""


def _read_kept_key(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _keep_new_key(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            if os.name == "posix" and os.geteuid() == 0:
                folder = path.parent.stat()
                os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
        # Of two processes that start at once one links its key, and both read that one.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return _read_kept_key(path)


def mail_settings(mail_url: str) -> dict[str, object]:
    """Turn the address of a mail server into Django's settings; without one nothing is sent."""
    parts = urlsplit(mail_url)
    return {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
    }
