"""``zhiqiao manage dbshell``: the wheel's own psql on the server of the data folder."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import client

from zhiqiao.config.embedded.binaries import find_binaries
from zhiqiao.config.embedded.server import join_server


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        where = join_server(Path(settings_dict["HOME"])).connection_parameters()
        settings = {**settings_dict, "HOST": where["host"], "USER": where["user"]}
        words, environment = super().settings_to_cmd_args_env(settings, list(parameters))
        return [str(find_binaries().psql), *words[1:]], environment
