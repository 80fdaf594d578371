"""``settings.DATABASES``: the server given by DATABASE_URL, otherwise the one that comes along."""

from typing import TYPE_CHECKING, TypedDict

from zhiqiao.config.embedded.binaries import check_platform
from zhiqiao.config.embedded.server_url import parse_database_url

if TYPE_CHECKING:
    from zhiqiao.config.env import Environment

EMBEDDED_ENGINE = "zhiqiao.config.embedded.backend"
SERVER_ENGINE = "zhiqiao.config.embedded.server_backend"
NAME = "zhiqiao"
LARGEST_POOL = 12


class PoolOptions(TypedDict):
    min_size: int
    max_size: int
    timeout: float
    reconnect_timeout: float


# Each process has a pool of its own, and most of them (commands) need one connection. A request
# waits at most ``timeout`` for one. After ``reconnect_timeout`` the pool gives up an attempt, so
# that a request that comes after an outage begins a new one instead of waiting for a late retry.
POOL: PoolOptions = {
    "min_size": 1,
    "max_size": LARGEST_POOL,
    "timeout": 5.0,
    "reconnect_timeout": 2.0,
}


class DatabaseSettings(TypedDict, total=False):
    ENGINE: str
    NAME: str
    USER: str
    PASSWORD: str
    HOST: str
    PORT: str
    HOME: str
    OPTIONS: dict[str, object]
    CONN_MAX_AGE: int
    CONN_HEALTH_CHECKS: bool


def database_settings(environment: "Environment") -> DatabaseSettings:
    """Neither starts nor asks a server: the embedded one starts with the first connection."""
    shared: DatabaseSettings = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
    options: dict[str, object] = {"pool": dict(POOL)}
    if environment.database_role:
        options["assume_role"] = environment.database_role
    if environment.database_url is None:
        check_platform()
        return {
            **shared,
            "ENGINE": EMBEDDED_ENGINE,
            "NAME": NAME,
            "HOME": str(environment.home),
            "OPTIONS": options,
        }
    url = parse_database_url(environment.database_url)
    return {
        **shared,
        "ENGINE": SERVER_ENGINE,
        "NAME": url.name,
        "USER": url.user,
        "PASSWORD": url.password,
        "HOST": url.host,
        "PORT": url.port,
        "OPTIONS": {**url.options, **options},
    }
