"""Load a pack's directory into one frozen :class:`Pack`."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from zhiqiao.packs import directory as pack_directory
from zhiqiao.packs import reader, sections
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import PackError


def load(directory: Path) -> Pack:
    """Read the pack in `directory`.

    Raises
    ------
    PackError
        With every problem found.
    """
    files = pack_directory.read_files(directory)
    problems = []
    documents = {}
    for name, raw in files.items():
        try:
            documents[name] = reader.read(name, raw)
            problems += documents[name].problems
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    header, problems = sections.read_header(documents[pack_directory.HEADER])
    found: dict[str, Any] = {name: {} for name in sections.SECTIONS}
    for name, document in documents.items():
        if name == pack_directory.HEADER:
            continue
        section = pack_directory.SECTIONS.get(name, "tests")
        entries, faults = sections.read_entries(section, document)
        found[section].update(entries)
        problems += faults
    if problems or header is None:
        raise PackError(problems)
    inherited = [load(directory.parent / line.split("@")[0]) for line in header.extends]
    merged: dict[str, Any] = {}
    for section in sections.SECTIONS:
        rows: dict[str, Any] = {}
        for base in inherited:
            rows.update(getattr(base, section))
        rows.update(found[section])
        merged[section] = MappingProxyType(rows)
    kinds = merged["kinds"]
    merged["mechanisms"] = MappingProxyType(
        {
            key: row.model_copy(
                update={"kinds": tuple(k for k, kind in kinds.items() if kind.mechanism == key)}
            )
            for key, row in merged["mechanisms"].items()
        }
    )
    return Pack(
        id=header.id,
        version=header.version,
        title=header.title,
        document_number=header.document_number,
        issued=header.issued,
        area=header.area,
        horizon=header.horizon,
        digest=pack_directory.digest_of(files, tuple(base.digest for base in inherited)),
        extends=tuple(f"{base.id}@{base.version}" for base in inherited),
        expected=header.expected,
        **merged,
    )
