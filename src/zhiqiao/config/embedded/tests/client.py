"""A program that uses the server of a folder: client.py HOME [SQL …]; it leaves when told to.

It answers one line of JSON. With ``--stay`` it waits until its standard input is closed.
"""

import json
import sys
from pathlib import Path

import psycopg

from zhiqiao.config.embedded.errors import EmbeddedServerError
from zhiqiao.config.embedded.server import join_server, server_status


def main() -> None:
    stay = "--stay" in sys.argv
    home, *statements = [word for word in sys.argv[1:] if word != "--stay"]
    try:
        answer = use(Path(home), statements)
    except (EmbeddedServerError, psycopg.Error) as error:
        answer = {"error": type(error).__name__, "text": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    if stay:
        sys.stdin.read()


def use(home: Path, statements: list[str]) -> dict[str, object]:
    parameters = join_server(home).connection_parameters()
    rows = []
    with psycopg.connect(**parameters) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
            rows.append(cursor.fetchall() if cursor.description else [])
    status = server_status(home)
    return {
        "host": parameters["host"],
        "pid": status.pid,
        "members": [member.pid for member in status.members],
        "rows": rows,
    }


if __name__ == "__main__":
    main()
