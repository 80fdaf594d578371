"""Asking clamd whether a file carries a virus; without a scanner the file stays unchecked.

The protocol is INSTREAM: the length of each piece in four bytes, then the piece; four zero bytes end
it, and one line answers. A scanner that is away, slow or refuses the size says nothing about a file.
"""

import logging
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

from zhiqiao.apps.projects.choices import FileState
from zhiqiao.core import files
from zhiqiao.core.models import StoredFile

logger = logging.getLogger(__name__)
PIECE = 1 << 16
SECONDS = 20.0
LONGEST_ANSWER = 4_096
CLAMD_PORT = 3310
ANSWERS = {b" OK": FileState.CLEAN, b" FOUND": FileState.INFECTED}


def scan_of(stored: StoredFile) -> FileState:
    """Return what the scanner of the installation says of a stored file."""
    address: str = settings.ZHIQIAO_SCANNER
    if not address:
        return FileState.UNCHECKED
    try:
        with closing(_connected(address)) as scanner, files.open_file(stored) as content:
            answer = _asked(scanner, content)
    except OSError:
        logger.warning("projects.scanner_away", extra={"file": str(stored.uid)})
        return FileState.UNCHECKED
    found = next((state for end, state in ANSWERS.items() if answer.endswith(end)), None)
    if found is not FileState.CLEAN:
        event = "projects.virus_found" if found else "projects.scanner_refused"
        logger.warning(event, extra={"file": str(stored.uid)})
    return found or FileState.UNCHECKED


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        place = (parts.hostname or "", parts.port or CLAMD_PORT)
        return socket.create_connection(place, timeout=SECONDS)
    scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    scanner.settimeout(SECONDS)
    try:
        scanner.connect(parts.path)
    except OSError:
        scanner.close()
        raise
    return scanner


def _asked(scanner: socket.socket, content: IO[bytes]) -> bytes:
    scanner.sendall(b"zINSTREAM\0")
    for piece in _pieces(content):
        scanner.sendall(len(piece).to_bytes(4, "big") + piece)
    scanner.sendall(bytes(4))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        read = scanner.recv(LONGEST_ANSWER)
        if not read:
            break
        answer += read
    return answer.rstrip(b"\0").strip()


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(PIECE):
        yield piece
