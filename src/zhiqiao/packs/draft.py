"""One pack directory, read and typed, before anything inherited is added."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel

from zhiqiao.packs import directory as pack_directory
from zhiqiao.packs import reader, sections
from zhiqiao.packs.problems import PackError, Problem
from zhiqiao.packs.reader import Document
from zhiqiao.packs.schemas import Header

Entries: TypeAlias = dict[str, dict[str, BaseModel]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A pack's own files.

    Attributes
    ----------
    entries
        Typed entries by section and key.
    origins
        File of each test by its id; every other section has one file.
    """

    directory: Path
    digest: str
    header: Header
    documents: Mapping[str, Document]
    entries: Entries
    origins: Mapping[str, str] = field(default_factory=dict)

    def problem(
        self, place: tuple[str | int, ...], code: str, *, message: str, remedy: str
    ) -> Problem:
        """Return the problem of a place: section, key, field and so on; ("pack", field) is pack.yaml.

        A place of an inherited entry is shown at the top of pack.yaml, which brings it in.
        """
        section, *path = place
        document = self.documents[self._file(str(section), path)]
        where = f"{' '.join(str(step) for step in path)}: " if path else ""
        return Problem(document.name, document.line(tuple(path)), code, f"{where}{message}", remedy)

    def digest_with(self, inherited: tuple[str, ...]) -> str:
        """Return the digest over this draft and the digests of the packs that it extends."""
        return hashlib.sha256("\n".join((self.digest, *inherited)).encode()).hexdigest()

    def _file(self, section: str, path: list[str | int]) -> str:
        if section == "pack":
            return pack_directory.HEADER
        key = str(path[0])
        if key not in self.entries[section]:
            return pack_directory.HEADER
        return self.origins[key] if section == pack_directory.TESTS else f"{section}.yaml"


def read_draft(directory: Path) -> Draft:
    """Read and type the files of one directory; equal bytes are read once.

    Raises
    ------
    PackError
        With every problem of the files.
    """
    directory = directory.resolve()
    files = pack_directory.read_files(directory)
    key = (directory, pack_directory.digest_of(files))
    draft = _DRAFTS.get(key) or _typed(directory, key[1], _documents(files))
    if len(_DRAFTS) >= _KEPT:
        _DRAFTS.clear()
    return _DRAFTS.setdefault(key, draft)


_KEPT = 16
_DRAFTS: dict[tuple[Path, str], Draft] = {}


def _documents(files: Mapping[str, bytes]) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for name, raw in files.items():
        try:
            documents[name] = reader.read(name, raw)
        except PackError as error:
            problems += error.problems
        else:
            problems += documents[name].problems
    if problems:
        raise PackError(problems)
    return documents


def _typed(directory: Path, digest: str, documents: Mapping[str, Document]) -> Draft:
    header, problems = sections.read_header(documents[pack_directory.HEADER])
    entries: Entries = {name: {} for name in sections.SECTIONS}
    origins: dict[str, str] = {}
    for name, document in documents.items():
        if name == pack_directory.HEADER:
            continue
        section = pack_directory.SECTIONS.get(name, pack_directory.TESTS)
        found, faults = sections.read_entries(section, document)
        problems += faults
        if section == pack_directory.TESTS:
            problems += _repeated_tests(found, origins, document)
            origins |= dict.fromkeys(found, name)
        entries[section] |= found
    if header is None or problems:
        raise PackError(problems)
    draft = Draft(directory, digest, header, documents, entries, origins)
    if header.id != directory.name:
        raise PackError([_misnamed(draft)])
    return draft


def _repeated_tests(
    found: Mapping[str, BaseModel], origins: Mapping[str, str], document: Document
) -> list[Problem]:
    return [
        Problem(
            document.name, document.line((key,)), "duplicate-test",
            f"{key}: this test is already in {origins[key]}.", "Give one of the two another id.",
        )
        for key in found if key in origins
    ]  # fmt: skip


def _misnamed(draft: Draft) -> Problem:
    return draft.problem(
        ("pack", "id"), "pack-name",
        message=f"the pack says “{draft.header.id}”, its directory is “{draft.directory.name}”.",
        remedy="Rename one of the two.",
    )  # fmt: skip
