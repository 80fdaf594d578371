"""Django's PostgreSQL backend with a pool that outlives the server's absence and a fork."""

import os
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from zhiqiao.core.reach import Reach, depth_of, reach_at

Pool = ConnectionPool[psycopg.Connection[Any]]


_TELL = (
    "SELECT set_config('zhiqiao.everything', %s, false), set_config('zhiqiao.person', %s, false),"
    " set_config('zhiqiao.bodies', %s, false), set_config('zhiqiao.roles', %s, false)"
)


def _tell(connection: Any, reach: Reach) -> None:
    connection.execute(_TELL, reach.told())
    connection.told_reach = reach


class PooledWrapper(base.DatabaseWrapper):
    connection_class: type[psycopg.Connection[Any]] = psycopg.Connection
    _connection_pools: dict[str, Any] = {}

    def _cursor(self, name: str | None = None) -> Any:
        """Tell PostgreSQL for whom it is asked, whenever that differs from what it was told."""
        self.ensure_connection()
        self._tell_reach()
        return super()._cursor(name)  # type: ignore[misc]  # not in the stubs

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        """Tell it before a transaction begins, whose first words may have to be its own."""
        if not autocommit:
            self._tell_reach(deeper=1)
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # not in the stubs

    def _tell_reach(self, *, deeper: int = 0) -> None:
        raw: Any = self.connection
        reach = reach_at(depth_of(self) + deeper)
        if getattr(raw, "told_reach", None) == reach:
            return
        # A failed transaction takes no words but its end; what it was told is forgotten then.
        if raw.info.transaction_status != TransactionStatus.INERROR:
            with self.wrap_database_errors:
                _tell(raw, reach)

    def _forget_reach(self) -> None:
        """Whatever was told inside a transaction is taken back with it."""
        if self.connection is not None:
            self.connection.told_reach = None

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]  # not in the stubs
        self._forget_reach()

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # not in the stubs
        self._forget_reach()

    def _close(self) -> None:
        self._forget_reach()
        super()._close()  # type: ignore[misc]  # not in the stubs

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
                # Whether it is alive shows when it is told for whom it is asked next.
                connection.autocommit = True
                _tell(connection, reach_at(0))
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
