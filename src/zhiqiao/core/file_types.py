"""Accepted kinds of files, recognised by their first bytes and not by their name alone."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import InputError, define

FILE_KIND_UNKNOWN = define(
    "core.file_kind_unknown",
    message=_("Files of the kind %(suffix)s are not accepted."),
    remedy=_("Accepted are %(accepted)s."),
)
FILE_KIND_DIFFERS = define(
    "core.file_kind_differs",
    message=_("%(name)s is named %(suffix)s, but its content is something else."),
    remedy=_("Open the file in its program and save it again as %(suffix)s."),
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its first bytes, and what an archive of the kind has to hold."""

    media_type: str
    beginnings: tuple[bytes, ...]
    holds: str = ""


_ZIP = (b"PK\x03\x04",)
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    ".xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", _ZIP, "xl/"),
    ".docx": FileKind(f"{_OFFICE}.wordprocessingml.document", _ZIP, "word/"),
    ".ods": FileKind("application/vnd.oasis.opendocument.spreadsheet", _ZIP, "content.xml"),
    ".xls": FileKind("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    ".pdf": FileKind("application/pdf", (b"%PDF-",)),
    ".png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    ".ofd": FileKind("application/ofd", _ZIP, "OFD.xml"),
    ".csv": FileKind("text/csv", ()),
    ".tsv": FileKind("text/tab-separated-values", ()),
    ".txt": FileKind("text/plain", ()),
    ".json": FileKind("application/json", ()),
}


def media_type_of(name: str, beginning: bytes) -> str:
    """Tell the media type that name and content agree on, or raise InputError."""
    suffix = PurePath(name).suffix.lower()
    kind = KINDS.get(suffix)
    if kind is None:
        accepted = ", ".join(KINDS)
        raise InputError(FILE_KIND_UNKNOWN, suffix=suffix or name, accepted=accepted)
    fits = beginning.startswith(kind.beginnings) if kind.beginnings else _is_text(beginning)
    if not fits:
        raise InputError(FILE_KIND_DIFFERS, name=name, suffix=suffix)
    return kind.media_type


def refuse_disguised(name: str, content: IO[bytes]) -> None:
    """Raise InputError where an archive does not hold what its kind has to; ``content`` stays open."""
    suffix = PurePath(name).suffix.lower()
    wanted = KINDS[suffix].holds
    if not wanted:
        return
    try:
        with ZipFile(content) as archive:
            fits = any(one.startswith(wanted) for one in archive.namelist())
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        fits = False
    if not fits:
        raise InputError(FILE_KIND_DIFFERS, name=name, suffix=suffix)


def _is_text(beginning: bytes) -> bool:
    # UTF-16, which Excel writes as "Unicode text", is full of zero bytes.
    return beginning.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in beginning
