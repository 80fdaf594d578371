"""Files as they were given: kept on disk under their SHA-256, checked when they are read."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BufferedReader
from pathlib import Path, PurePath
from typing import IO

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.access import Actor
from zhiqiao.core.errors import (
    InputError,
    MissingError,
    TooLargeError,
    UnavailableError,
    define,
)
from zhiqiao.core.file_types import media_type_of, refuse_disguised
from zhiqiao.core.models import StoredFile

FILE_TOO_LARGE = define(
    "core.file_too_large",
    message=_("The file %(name)s is larger than %(limit)d MB."),
    remedy=_("Split the file, or leave out pictures and unused sheets."),
)
FILE_EMPTY = define(
    "core.file_empty",
    message=_("The file %(name)s is empty."),
    remedy=_("Save the file again and choose it once more."),
)
FILE_FORGOTTEN = define(
    "core.file_forgotten",
    message=_("The file %(name)s held personal data and was deleted once it was no longer needed."),
    remedy=_("Its SHA-256 %(sha256)s stands in the records; who gave it may have it still."),
    status=410,
)
FILE_DAMAGED = define(
    "core.file_damaged",
    message=_("The stored file %(name)s is missing or was changed on the disk."),
    remedy=_("Ask the operator to restore it from the backup; its SHA-256 is %(sha256)s."),
)

CHUNK = 1 << 16
LARGEST = 50 * 1024 * 1024

Content = bytes | Iterable[bytes]


def store(name: str, content: Content, *, actor: Actor) -> StoredFile:
    """Keep a file; the bytes are safe on disk before its row exists."""
    clean_name = _clean(name)
    with _temporary_file() as temporary:
        sha256, size, beginning = _copied(clean_name, content, temporary)
        if size == 0:
            raise InputError(FILE_EMPTY, name=clean_name)
        media_type = media_type_of(clean_name, beginning)
        refuse_disguised(clean_name, temporary)
        with transaction.atomic():
            _hold(sha256)
            _settle(temporary, sha256)
            return StoredFile.objects.create(
                name=clean_name,
                sha256=sha256,
                size=size,
                media_type=media_type,
                stored_at=timezone.now(),
                stored_by_id=actor.pk if isinstance(actor, AbstractBaseUser) else None,
            )


def forget(stored: StoredFile) -> None:
    """Delete the content for good, once the transaction commits; name and SHA-256 stay.

    Content that another file shares stays for that one.
    """
    StoredFile.objects.filter(pk=stored.pk, forgotten_at=None).update(forgotten_at=timezone.now())
    transaction.on_commit(partial(_delete_unshared, stored.sha256))


def _delete_unshared(sha256: str) -> None:
    with transaction.atomic():
        _hold(sha256)
        if not StoredFile.objects.filter(sha256=sha256, forgotten_at=None).exists():
            _place(sha256).unlink(missing_ok=True)


def _hold(sha256: str) -> None:
    """Let nobody store or delete the same content until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('core.files', hashtext(%s)))", [sha256]
        )


def path_of(stored: StoredFile) -> Path:
    return _place(stored.sha256)


def open_file(stored: StoredFile) -> BufferedReader:
    """Open the content after its hash was checked."""
    if stored.forgotten_at is not None:
        raise MissingError(FILE_FORGOTTEN, name=stored.name, sha256=stored.sha256)
    content = _opened(stored)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    if digest != stored.sha256:
        content.close()
        raise UnavailableError(FILE_DAMAGED, name=stored.name, sha256=stored.sha256)
    content.seek(0)
    return content


def _opened(stored: StoredFile) -> BufferedReader:
    try:
        return path_of(stored).open("rb")
    except FileNotFoundError as error:
        raise UnavailableError(FILE_DAMAGED, name=stored.name, sha256=stored.sha256) from error


def _place(sha256: str) -> Path:
    return Path(default_storage.path(f"{sha256[:2]}/{sha256[2:4]}/{sha256}"))


def _clean(name: str) -> str:
    last = PurePath(name.replace("\\", "/")).name
    printable = "".join(character for character in last if character.isprintable()).strip()
    suffix = PurePath(printable).suffix[:20]
    stem = printable[: len(printable) - len(suffix)]
    return (stem[: 200 - len(suffix)] + suffix) or "file"


@contextmanager
def _temporary_file() -> Iterator[IO[bytes]]:
    folder = Path(default_storage.path("incoming"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as temporary:
        try:
            yield temporary
        finally:
            Path(temporary.name).unlink(missing_ok=True)


def _copied(name: str, content: Content, target: IO[bytes]) -> tuple[str, int, bytes]:
    limit: int = getattr(settings, "ZHIQIAO_LARGEST_FILE", LARGEST)
    digest, size, beginning = hashlib.sha256(), 0, b""
    for chunk in [content] if isinstance(content, bytes) else content:
        size += len(chunk)
        if size > limit:
            raise TooLargeError(FILE_TOO_LARGE, name=name, limit=limit // 1024**2)
        digest.update(chunk)
        target.write(chunk)
        if len(beginning) < CHUNK:
            beginning += chunk[: CHUNK - len(beginning)]
    return digest.hexdigest(), size, beginning


def _settle(temporary: IO[bytes], sha256: str) -> None:
    temporary.flush()
    os.fsync(temporary.fileno())
    place = _place(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    Path(temporary.name).replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
