"""Copies of attachments for blind review: properties removed, names masked where that is safe.

What cannot be made safe gives no copy, and the file is kept back until a person has made one: a PDF or
a scan may show a name as a picture, and a document may hold another one inside. The original is never
touched.
"""

import re
import zipfile
from collections.abc import Callable, Collection, Mapping
from html import escape, unescape
from io import BytesIO
from pathlib import PurePath

from zhiqiao.apps.projects.rules.blinding import MASK, SHORTEST, masked

LARGEST_UNPACKED = 200 * 1024 * 1024
TEXT = re.compile(r"(<(?:w:t|t|a:t)(?: [^>]*)?>)([^<]*)(</(?:w:t|t|a:t)>)")
PARAGRAPH = re.compile(r"<(w:p|si|is|a:p)[ >].*?</\1>", re.DOTALL)
AUTHOR = re.compile(r'((?:w\d*:|)(?:author|initials|displayName|userId|lastModifiedBy))="[^"]*"')
ROOT = re.compile(r"\A(.*?)(<([\w:]+)[^>]*>).*(</\3>)\s*\Z", re.DOTALL)
EMPTIED = re.compile(
    r"(docProps/.*\.xml|.*/(comments|people|person)[^/]*\.xml|.*threadedComment.*\.xml)\Z"
)
INSIDE = re.compile(r".*(embeddings/|vbaProject|activeX|oleObject|printerSettings)")
# Segments of a JPEG that hold no picture; 0xEE says how colours are written and stays.
JPEG_NOTES = frozenset({*range(0xE1, 0xF0), 0xFE} - {0xEE})
JPEG_SCAN = 0xDA
PNG_BEGINNING = b"\x89PNG\r\n\x1a\n"
PNG_NOTES = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})


def blind_copy_of(name: str, content: bytes, names: Collection[str]) -> bytes | None:
    """Return a copy without names, or nothing where only a person can make one."""
    maker = MAKERS.get(PurePath(name).suffix.lower())
    return maker(content, [name for name in names if len(name) >= SHORTEST]) if maker else None


def _office(content: bytes, names: Collection[str]) -> bytes | None:
    target = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
            if sum(part.file_size for part in source.infolist()) > LARGEST_UNPACKED:
                return None
            for part in source.infolist():
                cleaned = _part(part.filename, source.read(part), names)
                if cleaned is None:
                    return None
                # Neither the day nor the machine of the original.
                copy.writestr(zipfile.ZipInfo(part.filename), cleaned, zipfile.ZIP_DEFLATED)
    except (zipfile.BadZipFile, UnicodeDecodeError):
        return None
    return target.getvalue()


def _part(name: str, content: bytes, names: Collection[str]) -> bytes | None:
    if INSIDE.match(name):
        return None
    suffix = PurePath(name).suffix.lower()
    if suffix in {".xml", ".rels"} or name == "[Content_Types].xml":
        return _xml(name, content.decode("utf-8-sig"), names)
    maker = PICTURES.get(suffix)
    return maker(content, names) if maker else None


def _xml(name: str, text: str, names: Collection[str]) -> bytes | None:
    if EMPTIED.match(name):
        return ROOT.sub(r"\1\2\4", text).encode()
    text = AUTHOR.sub(rf'\1="{MASK}"', text)
    text = PARAGRAPH.sub(lambda found: _masked_runs(found[0], names), text)
    # A name that lies across more than one paragraph, or in an attribute, is left over.
    shown = "".join(found[2] for found in TEXT.finditer(text))
    left = unescape(shown) + unescape(text)
    return None if any(one in left for one in names) else text.encode()


def _masked_runs(paragraph: str, names: Collection[str]) -> str:
    """Mask what a paragraph says as a whole: programs cut one name into several runs."""
    whole = unescape("".join(found[2] for found in TEXT.finditer(paragraph)))
    cleaned = masked(whole, names)
    if cleaned == whole:
        return paragraph
    left = [escape(cleaned, quote=False)]
    return TEXT.sub(lambda found: found[1] + (left.pop() if left else "") + found[3], paragraph)


def _plain(content: bytes, names: Collection[str]) -> bytes | None:
    try:
        return masked(content.decode("utf-8-sig"), names).encode()
    except UnicodeDecodeError:
        return None


def _jpeg(content: bytes, _names: Collection[str]) -> bytes | None:
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        kind, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if kind == JPEG_SCAN:
            rest = content[at:]
            return None if b"Exif" in rest else b"".join([*kept, rest])
        if kind not in JPEG_NOTES:
            kept.append(content[at : at + 2 + size])
        at += 2 + size
    return None


def _png(content: bytes, _names: Collection[str]) -> bytes | None:
    if not content.startswith(PNG_BEGINNING):
        return None
    kept, at = [PNG_BEGINNING], len(PNG_BEGINNING)
    while at + 12 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if kind not in PNG_NOTES:
            kept.append(content[at : at + 12 + size])
        at += 12 + size
        if kind == b"IEND":
            return b"".join(kept)
    return None


Maker = Callable[[bytes, Collection[str]], bytes | None]
PICTURES: Mapping[str, Maker] = {".jpg": _jpeg, ".jpeg": _jpeg, ".png": _png}
MAKERS: Mapping[str, Maker] = {
    ".docx": _office,
    ".xlsx": _office,
    ".txt": _plain,
    ".csv": _plain,
    **PICTURES,
}
