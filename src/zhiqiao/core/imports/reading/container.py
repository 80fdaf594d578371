"""Is the file what its name says, and is it safe to open? Answered before any parser sees it."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from zhiqiao.core.errors import InputError, TooLargeError
from zhiqiao.core.imports import choices, problems

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
CHUNK = 1 << 20
TEXT_SUFFIXES = (".csv", ".tsv", ".txt")


def kind_of(path: Path, name: str) -> str:
    """``"xlsx"`` or ``"text"``, when name and content agree and the file is not too large."""
    _check_size(path)
    suffix = Path(name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(8)
    if head == OLE:
        raise InputError(_ole_code(path), name=name)
    if suffix in {".xls", ".xlsm", ".xlsb", ".xltm"}:
        macros = suffix != ".xls" and head.startswith(ZIP)
        raise InputError(problems.MACROS if macros else problems.NOT_ITS_NAME, name=name)
    if suffix == ".xlsx" and head.startswith(ZIP):
        return "xlsx"
    if suffix in TEXT_SUFFIXES and not head.startswith((ZIP, b"%PDF", b"\x89PNG")):
        return "text"
    known = suffix == ".xlsx" or suffix in TEXT_SUFFIXES
    raise InputError(problems.NOT_ITS_NAME if known else problems.UNKNOWN_KIND, name=name)


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size == 0:
        raise InputError(problems.EMPTY_FILE)
    check_size(size)


def check_size(size: int) -> None:
    if size > choices.MAX_BYTES:
        raise TooLargeError(
            problems.FILE_TOO_LARGE,
            size=f"{size / 1024 / 1024:.1f}",
            limit=choices.MAX_BYTES // 1024 // 1024,
        )


def _ole_code(path: Path) -> str:
    encrypted = ENCRYPTED_STREAM in path.read_bytes()
    return problems.ENCRYPTED if encrypted else problems.OLD_EXCEL


class Package:
    """The parts of an xlsx, inflated by ourselves so that no header can lie about their size."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        try:
            with ZipFile(path) as archive:
                self.parts = {part.filename: part for part in archive.infolist()}
                self._check(archive.infolist())
        except (BadZipFile, ValueError, struct.error) as error:
            raise InputError(problems.DAMAGED, name=name) from error

    def _check(self, parts: list[ZipInfo]) -> None:
        if any(part.flag_bits & 1 for part in parts):
            raise InputError(problems.ENCRYPTED, name=self.name)
        lower = {part.filename.lower() for part in parts}
        if len(lower) != len(parts) or "xl/workbook.xml" not in lower:
            raise InputError(problems.DAMAGED, name=self.name)
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lower):
            raise InputError(problems.MACROS, name=self.name)
        self._check_sizes(parts)
        for part in parts:
            for _chunk in self.chunks(part.filename):
                pass

    def _check_sizes(self, parts: list[ZipInfo]) -> None:
        unpacked = sum(part.file_size for part in parts)
        ratio = unpacked / max(1, self.path.stat().st_size)
        swollen = (
            len(parts) > choices.MAX_PARTS
            or unpacked > choices.MAX_UNPACKED_BYTES
            or (ratio > choices.MAX_RATIO and unpacked > choices.MAX_BYTES)
        )
        if swollen:
            raise InputError(problems.SWOLLEN, name=self.name)

    def read(self, part: str) -> bytes:
        return b"".join(self.chunks(part))

    def chunks(self, part: str) -> Iterator[bytes]:
        """Inflate a part; refuse it as soon as it is longer than the directory says."""
        info = self.parts[part]
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise InputError(problems.DAMAGED, name=self.name)
        left = info.file_size
        for chunk in self._inflated(info):
            left -= len(chunk)
            if left < 0:
                raise InputError(problems.SWOLLEN, name=self.name)
            yield chunk
        if left:
            raise InputError(problems.DAMAGED, name=self.name)

    def _inflated(self, info: ZipInfo) -> Iterator[bytes]:
        if info.compress_type == ZIP_STORED:
            yield from self._raw(info)
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for raw in self._raw(info):
                pending = raw
                while pending:
                    yield inflate.decompress(pending, CHUNK)
                    pending = inflate.unconsumed_tail
            yield inflate.flush()
        except zlib.error as error:
            raise InputError(problems.DAMAGED, name=self.name) from error

    def _raw(self, info: ZipInfo) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(info.header_offset)
            header = file.read(30)
            if len(header) < 30 or not header.startswith(ZIP):
                raise InputError(problems.DAMAGED, name=self.name)
            name_length, extra_length = struct.unpack("<HH", header[26:30])
            file.seek(name_length + extra_length, 1)
            left = info.compress_size
            while left > 0 and (chunk := file.read(min(left, 1 << 16))):
                left -= len(chunk)
                yield chunk
