"""The backend of the server of a data folder, which it starts on first use.

``HOME`` in the settings of the database names the folder.
"""

from functools import cache
from pathlib import Path
from typing import Any, Self

import psycopg
from django.db import OperationalError

from zhiqiao.config.embedded.backend.client import DatabaseClient
from zhiqiao.config.embedded.errors import EmbeddedServerError
from zhiqiao.config.embedded.pooled import PooledWrapper
from zhiqiao.config.embedded.server import Server, join_server

DEATH_SECONDS = 1.0


class DatabaseWrapper(PooledWrapper):
    client_class = DatabaseClient
    _connection_pools = {}

    @property
    def connection_class(self) -> type[psycopg.Connection[Any]]:  # type: ignore[override]
        return joining_connection(Path(self.settings_dict["HOME"]))

    def get_connection_params(self) -> dict[str, Any]:
        server = self._join()
        parameters = super().get_connection_params()
        return {**server.connection_parameters(), **parameters}

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        self._join()
        connection: psycopg.Connection[Any] = super().get_new_connection(conn_params)
        return connection

    def _join(self) -> Server:
        try:
            return join_server(Path(self.settings_dict["HOME"]))
        except EmbeddedServerError as error:
            raise OperationalError(str(error)) from error


@cache
def joining_connection(home: Path) -> type[psycopg.Connection[Any]]:
    """Make the class of the pool's connections, which the pool opens in threads of its own."""

    class JoiningConnection(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, *words: Any, **parameters: Any) -> Self:
            server = join_server(home)
            try:
                return super().connect(*words, **parameters)
            except psycopg.OperationalError:
                # When the first process is killed the others need a moment to end.
                if not server.ends_within(DEATH_SECONDS):
                    raise
            join_server(home)
            return super().connect(*words, **parameters)

    return JoiningConnection
