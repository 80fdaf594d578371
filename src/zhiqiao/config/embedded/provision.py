"""The role and the database of Zhiqiao on the embedded server.

The owner is an ordinary role, as on a server that somebody else runs; it may make test databases.
Web server and worker take on a lesser role, which may not change what is only ever added to.
"""

from typing import LiteralString

import psycopg
from psycopg import sql

from zhiqiao.config.embedded.folder import Folder
from zhiqiao.config.embedded.postmaster import SUPERUSER

ROLE = "zhiqiao"
RUNNING_ROLE = "zhiqiao_app"
DATABASE = "zhiqiao"
CONNECT_SECONDS = 30


def ensure_database(folder: Folder) -> None:
    with psycopg.connect(
        host=str(folder.socket_directory),
        user=SUPERUSER,
        dbname="postgres",
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
    ) as connection:
        if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", ROLE):
            statement = sql.SQL("CREATE ROLE {} LOGIN CREATEDB")
            connection.execute(statement.format(sql.Identifier(ROLE)))
        if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", RUNNING_ROLE):
            names = {"owner": sql.Identifier(ROLE), "running": sql.Identifier(RUNNING_ROLE)}
            connection.execute(sql.SQL("CREATE ROLE {running} NOLOGIN").format(**names))
            connection.execute(sql.SQL("GRANT {running} TO {owner}").format(**names))
        if not _exists(connection, "SELECT FROM pg_database WHERE datname = %s", DATABASE):
            statement = sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'"
            )
            connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))


def _exists(connection: psycopg.Connection, query: LiteralString, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
