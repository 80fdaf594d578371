"""What can go wrong with the database that comes with Zhiqiao.

::

    EmbeddedServerError
    ├── PlatformError        no PostgreSQL for this machine, or the wheel is missing
    ├── FolderError          the data folder cannot be used
    │   ├── FolderOwnerError     it belongs to another user of the machine
    │   └── DiskFullError        nothing more can be written
    ├── StartError           PostgreSQL was started and gave up
    └── BusyError            another process holds the folder for too long
"""

ANOTHER_SERVER = (
    "To use a PostgreSQL server instead, set DATABASE_URL, for example "
    "DATABASE_URL=postgresql://user:password@host:5432/zhiqiao."
)


class EmbeddedServerError(Exception):
    def __init__(self, message: str, *, remedy: str = "") -> None:
        self.message = message
        self.remedy = f"{remedy} {ANOTHER_SERVER}".strip()
        super().__init__(f"{message} {self.remedy}")


class PlatformError(EmbeddedServerError):
    pass


class FolderError(EmbeddedServerError):
    pass


class FolderOwnerError(FolderError):
    pass


class DiskFullError(FolderError):
    pass


class StartError(EmbeddedServerError):
    pass


class BusyError(EmbeddedServerError):
    pass
