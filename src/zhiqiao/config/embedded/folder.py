"""The data folder: what is where in it, whose it is, and where its socket lives."""

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from zhiqiao.config.embedded import accounts
from zhiqiao.config.embedded.access import open_way
from zhiqiao.config.embedded.errors import DiskFullError, FolderError, FolderOwnerError

# A socket's path may have about 100 bytes, so it cannot live in the folder itself. The place must
# be the same for every process, so neither TMPDIR nor XDG_RUNTIME_DIR is asked.
SOCKETS = Path("/tmp")  # noqa: S108  the directory made there is private and its owner is checked


@dataclass(frozen=True, slots=True)
class Folder:
    home: Path
    account: accounts.Account

    @property
    def database(self) -> Path:
        return self.home / "database"

    @property
    def cluster(self) -> Path:
        return self.database / "cluster"

    @property
    def members(self) -> Path:
        return self.database / "members"

    @property
    def log(self) -> Path:
        return self.database / "server.log"

    @property
    def gate(self) -> Path:
        """Held while the server is started, joined, left or stopped."""
        return self.database / "gate.lock"

    @property
    def running(self) -> Path:
        """Held by every process of PostgreSQL, hence free when the last of them has ended."""
        return self.database / "running.lock"

    @property
    def watched(self) -> Path:
        """Held by the keeper, the process that stops a server whose users were all killed."""
        return self.database / "keeper.lock"

    @property
    def socket_directory(self) -> Path:
        # The identity stays with the folder when it is moved, and a copy has another one.
        status = self.database.stat()
        identity = hashlib.sha256(f"{status.st_dev}:{status.st_ino}".encode()).hexdigest()
        return SOCKETS / f"zhiqiao-{identity[:16]}"


def prepare_folder(home: Path) -> Folder:
    home = home.expanduser().absolute()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = home.resolve()
        folder = Folder(home, _choose_account(home))
        _make_rooms(folder)
    except OSError as error:
        raise explain_os_error(error, home) from error
    if not folder.account.is_caller:
        open_way(folder.database, uid=folder.account.uid)
    return folder


def existing_folder(home: Path) -> Folder | None:
    home = home.expanduser().absolute()
    try:
        home = home.resolve()
        if not (home / "database").is_dir():
            return None
        folder = Folder(home, _choose_account(home))
        return folder if folder.cluster.is_dir() else None
    except OSError as error:
        raise explain_os_error(error, home) from error


def make_socket_directory(folder: Folder) -> Path:
    path = folder.socket_directory
    try:
        path.mkdir(mode=0o700)
        folder.account.own(path)
    except FileExistsError:
        _check_socket_directory(path, folder.account)
    return path


def explain_os_error(error: OSError, home: Path) -> FolderError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return disk_full(home)
    reason = error.strerror or str(error)
    msg = f"The data folder {home} cannot be used: {error.filename or home}: {reason}."
    return FolderError(msg, remedy="Make it writable, or name another one in ZHIQIAO_HOME.")


def disk_full(home: Path) -> DiskFullError:
    msg = f"The disk of the data folder {home} is full."
    return DiskFullError(msg, remedy="Free some space, or name another folder in ZHIQIAO_HOME.")


def _choose_account(home: Path) -> accounts.Account:
    """Take the owner of the data; for a new folder of root's, the account kept for it."""
    database = home / "database"
    if os.geteuid() == 0:
        cluster = database / "cluster"
        owner = accounts.owner_of(cluster if cluster.is_dir() else home)
        return accounts.server_account() if owner.uid == 0 else owner
    if database.is_dir() and not (owner := accounts.owner_of(database)).is_caller:
        msg = (
            f"The data folder {home} belongs to the user {accounts.name_of(owner.uid)}, "
            f"and this process runs as {accounts.name_of(os.geteuid())}."
        )
        raise FolderOwnerError(msg, remedy="Name a folder of your own in ZHIQIAO_HOME.")
    return accounts.caller()


def _make_rooms(folder: Folder) -> None:
    keeper = accounts.owner_of(folder.home)
    for path in (folder.database, folder.members):
        if not path.is_dir():
            path.mkdir(mode=0o700, exist_ok=True)
            keeper.own(path)


def _check_socket_directory(path: Path, account: accounts.Account) -> None:
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid:
        owner = accounts.name_of(status.st_uid)
        msg = f"{path}, where the database's socket must be, belongs to the user {owner}."
        raise FolderOwnerError(msg, remedy=f"Remove {path}.")
    path.chmod(0o700)
