"""Django's PostgreSQL backend on the server of a data folder, which it starts on first use.

``HOME`` in the settings of the database names the folder.
"""

import os
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql import base

from zhiqiao.config.embedded.backend.client import DatabaseClient
from zhiqiao.config.embedded.errors import EmbeddedServerError
from zhiqiao.config.embedded.server import Server, join_server


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient
    _connection_pools: dict[str, Any] = {}

    def get_connection_params(self) -> dict[str, Any]:
        server = self._join()
        parameters = super().get_connection_params()
        return {**server.connection_parameters(), **parameters}

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        server = self._join()
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            if server.is_running():
                raise
        # It was killed between the two lines above.
        self._join()
        return super().get_new_connection(conn_params)

    def _join(self) -> Server:
        try:
            return join_server(Path(self.settings_dict["HOME"]))
        except EmbeddedServerError as error:
            raise psycopg.OperationalError(str(error)) from error


_of_parent: list[object] = []


def _start_afresh_in_child() -> None:
    """Neither use nor close the connections here: they are still the parent's."""
    _of_parent.append(DatabaseWrapper._connection_pools)  # noqa: SLF001  our own class
    DatabaseWrapper._connection_pools = {}  # noqa: SLF001  our own class
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper):
            _of_parent.append(connection.connection)
            connection.connection = None


os.register_at_fork(after_in_child=_start_afresh_in_child)
