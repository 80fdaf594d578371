"""Django's PostgreSQL backend with a pool that outlives the server's absence and a fork."""

import os
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import sql
from psycopg_pool import ConnectionPool

Pool = ConnectionPool[psycopg.Connection[Any]]


class PooledWrapper(base.DatabaseWrapper):
    connection_class: type[psycopg.Connection[Any]] = psycopg.Connection
    _connection_pools: dict[str, Any] = {}

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            # Of two threads that make one at once, the second uses the pool of the first.
            self._connection_pools.setdefault(self.alias, self._make_pool(options))
        pool: Pool = self._connection_pools[self.alias]
        return pool

    def get_connection_params(self) -> dict[str, Any]:
        """Name the role too: the worker opens connections of its own with these words."""
        parameters: dict[str, Any] = super().get_connection_params()
        role = self.settings_dict["OPTIONS"].get("assume_role")
        if role:
            given = parameters.get("options", "")
            parameters["options"] = f"{given} -c role={role}".strip()
        return parameters

    def _configure_role(self, connection: psycopg.Connection[Any]) -> bool:
        """Take on the role with the connection at hand: Django would ask the pool for another."""
        role = self.settings_dict["OPTIONS"].get("assume_role")
        if not role:
            return False
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        return not connection.autocommit

    def _make_pool(self, options: dict[str, Any]) -> Pool:
        def check(connection: psycopg.Connection[Any]) -> None:
            try:
                ConnectionPool.check_connection(connection)
            except psycopg.Error:
                # One dead connection: the server was away, so the idle ones are dead as well.
                # Tried one after the other, with the pool's pauses, they would cost too long.
                pool.drain()
                raise

        pool: Pool = ConnectionPool(
            kwargs={**self.get_connection_params(), "autocommit": True},
            connection_class=self.connection_class,
            open=False,
            configure=self._configure_connection,  # type: ignore[attr-defined]  # not in the stubs
            check=check,
            **options,
        )
        return pool


_of_parent: list[object] = []


def _start_afresh_in_child() -> None:
    """Neither use nor close the connections here: they are still the parent's."""
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, PooledWrapper):
            _of_parent.append((dict(connection._connection_pools), connection.connection))  # noqa: SLF001  our own class
            connection._connection_pools.clear()  # noqa: SLF001  our own class
            connection.connection = None


os.register_at_fork(after_in_child=_start_afresh_in_child)
