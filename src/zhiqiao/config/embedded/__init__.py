"""The PostgreSQL server that comes with Zhiqiao, for machines without a database server.

Settings import this façade, so it is light and loads on every platform. Who starts, stops or asks
the server imports ``zhiqiao.config.embedded.server``.
"""

from zhiqiao.config.embedded.databases import database_settings
from zhiqiao.config.embedded.errors import (
    BusyError,
    DiskFullError,
    EmbeddedServerError,
    FolderError,
    FolderOwnerError,
    PlatformError,
    StartError,
)

__all__ = [
    "BusyError",
    "DiskFullError",
    "EmbeddedServerError",
    "FolderError",
    "FolderOwnerError",
    "PlatformError",
    "StartError",
    "database_settings",
]
