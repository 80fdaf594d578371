"""Which user of the machine runs PostgreSQL, and how a program is run as that user."""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from zhiqiao.config.embedded.errors import PlatformError

SERVER_ACCOUNT = "zhiqiao-db"
ATTEMPTS = 20


class RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int

    @property
    def is_caller(self) -> bool:
        return self.uid == os.geteuid()

    def run_as(self) -> RunAs:
        if self.is_caller:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def caller() -> Account:
    return Account(os.geteuid(), os.getegid())


def owner_of(path: Path) -> Account:
    status = path.stat()
    return Account(status.st_uid, status.st_gid)


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"


def server_account() -> Account:
    """Root alone calls this; the account is made on first use, without a home or a shell."""
    complaint = ""
    # Accounts are added under a lock of the machine, which two folders may want at once.
    for _ in range(ATTEMPTS):
        if account := _find_account():
            return account
        complaint = _add_account()
        if account := _find_account():
            return account
        time.sleep(0.2)
    msg = f"The user {SERVER_ACCOUNT}, who is to run the database for root, cannot be added"
    remedy = "Add that user yourself, or start Zhiqiao as a user other than root."
    raise PlatformError(f"{msg} ({complaint}).", remedy=remedy)


def _find_account() -> Account | None:
    try:
        entry = pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _add_account() -> str:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        msg = f"PostgreSQL does not run as root, and useradd, which would add {SERVER_ACCOUNT},"
        remedy = "Add that user yourself, or start Zhiqiao as a user other than root."
        raise PlatformError(f"{msg} is missing.", remedy=remedy)
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command = [useradd, *options, "--shell", "/usr/sbin/nologin", SERVER_ACCOUNT]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  fixed words
    return result.stderr.strip()
