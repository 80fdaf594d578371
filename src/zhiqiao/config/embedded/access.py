"""Lets one user of the machine pass through folders that are closed to all others.

PostgreSQL refuses to run as root. When root starts it, an unprivileged user runs it, who must
reach the data folder and the programs although, for example, ``/root`` is closed. That one user
receives the right to pass (not to list, read or write) by an access control list; nobody else
gains anything, and the permission bits for others stay as they are.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from zhiqiao.config.embedded.errors import FolderError

ATTRIBUTE = "system.posix_acl_access"
OWNER, USER, GROUP, NAMED_GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
PASS = 0o1
VERSION = 2
NO_ID = 0xFFFFFFFF

# Tag and id of an entry, and its permission bits.
Entries = dict[tuple[int, int], int]


def open_way(path: Path, *, uid: int) -> None:
    for folder in reversed([path, *path.parents]):
        status = folder.stat()
        if status.st_uid != uid and not status.st_mode & PASS:
            _let_pass(folder, uid=uid)


def _let_pass(folder: Path, *, uid: int) -> None:
    try:
        entries = _read_entries(folder)
        mask = entries.get((MASK, NO_ID), entries[GROUP, NO_ID])
        # The mask counts as well: chmod 700 leaves the entry and takes its effect away.
        if entries.get((USER, uid), 0) & mask & PASS:
            return
        entries[USER, uid] = entries.get((USER, uid), 0) | PASS
        entries[MASK, NO_ID] = mask | PASS
        os.setxattr(folder, ATTRIBUTE, _pack(entries))
    except (OSError, AttributeError) as error:
        msg = f"The user who runs the database (number {uid}) cannot pass through {folder}."
        remedy = f"Run chmod o+x {folder}, or name another folder in ZHIQIAO_HOME."
        raise FolderError(msg, remedy=remedy) from error


def _read_entries(folder: Path) -> Entries:
    try:
        raw = os.getxattr(folder, ATTRIBUTE)
    except OSError:
        mode = folder.stat().st_mode
        return {
            (OWNER, NO_ID): mode >> 6 & 7,
            (GROUP, NO_ID): mode >> 3 & 7,
            (OTHERS, NO_ID): mode & 7,
        }
    return {(tag, number): bits for tag, bits, number in _unpack(raw)}


def _unpack(raw: bytes) -> Iterator[tuple[int, int, int]]:
    yield from struct.iter_unpack("<HHI", raw[4:])


def _pack(entries: Entries) -> bytes:
    rows = [
        struct.pack("<HHI", tag, bits, number) for (tag, number), bits in sorted(entries.items())
    ]
    return struct.pack("<I", VERSION) + b"".join(rows)
