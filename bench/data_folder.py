"""A throw-away data folder with the public records, for benchmarks of the running platform."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def prepared_folder() -> Iterator[Path]:
    """Make the folder with the settings of production, and stop its database at the end."""
    with tempfile.TemporaryDirectory(prefix="zhiqiao-bench-") as name:
        home = Path(name)
        os.environ |= {"ZHIQIAO_HOME": name, "DJANGO_SETTINGS_MODULE": "zhiqiao.config.settings"}
        os.environ.pop("ZHIQIAO_DEBUG", None)
        _prepare()
        try:
            yield home
        finally:
            _stop(home)


def _prepare() -> None:
    import django  # noqa: PLC0415  # the environment is set first

    django.setup()
    from rich.console import Console  # noqa: PLC0415  # needs loaded apps

    from zhiqiao.config import demonstration, processes  # noqa: PLC0415  # needs loaded apps

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        demonstration.prepare(Console(file=nowhere))
    processes.collect_static_files()


def _stop(home: Path) -> None:
    from django.db import connection  # noqa: PLC0415  # needs settings

    from zhiqiao.config.embedded.server import stop_server  # noqa: PLC0415  # needs settings

    connection.close()
    stop_server(home)
