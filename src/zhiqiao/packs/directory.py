"""The files of a pack's directory: which are allowed, and the digest of their bytes."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from zhiqiao.packs.problems import PackError, Problem

HEADER = "pack.yaml"
SECTIONS: Mapping[str, str] = {
    "articles.yaml": "articles",
    "targets.yaml": "targets",
    "duties.yaml": "duties",
    "mechanisms.yaml": "mechanisms",
    "kinds.yaml": "kinds",
    "judgements.yaml": "judgements",
    "measures.yaml": "measures",
    "formulas.yaml": "formulas",
    "parameters.yaml": "parameters",
    "units.yaml": "units",
    "vocabularies.yaml": "vocabularies",
    "sources.yaml": "sources",
}
TESTS = "tests"


def read_files(directory: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a pack by its path inside `directory`.

    Raises
    ------
    PackError
        When the directory or ``pack.yaml`` is missing, a file is not one of the known files, or
        something in the directory is a link.
    """
    if not directory.is_dir():
        raise PackError(
            [_problem(directory.name, "no-directory", f"There is no directory {directory}.",
                      "Give the directory of a pack.")]
        )  # fmt: skip
    paths = [path for path in _paths(directory) if path.name != "README.md"]
    problems = [problem for path in paths for problem in _refused(path, directory)]
    names = [path.relative_to(directory).as_posix() for path in paths if path.is_file()]
    if HEADER not in names:
        problems.append(
            _problem(HEADER, "missing-file", "The pack has no pack.yaml.",
                     "Write pack.yaml with id, version, title, area and dates.")
        )  # fmt: skip
    if problems:
        raise PackError(problems)
    return {name: (directory / name).read_bytes() for name in names}


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over names and bytes of `files`."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()


def _paths(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        yield path
        if path.name == TESTS and path.is_dir() and not path.is_symlink():
            yield from sorted(path.iterdir())


def _refused(path: Path, directory: Path) -> list[Problem]:
    name = path.relative_to(directory).as_posix()
    if path.is_symlink():
        return [
            _problem(name, "link", f"“{name}” is a link; a pack holds its files itself.",
                     "Put a copy of the file in the pack.")
        ]  # fmt: skip
    if path.parent.name == TESTS and path.parent != directory:
        known = path.suffix == ".yaml" and path.is_file()
    else:
        known = name == TESTS if path.is_dir() else name == HEADER or name in SECTIONS
    if known:
        return []
    return [
        _problem(name, "unknown-file", f"“{name}” is not a file of a pack.",
                 f"Rename or remove it; known are {HEADER}, {', '.join(SECTIONS)}, tests/*.yaml.")
    ]  # fmt: skip


def _problem(file: str, code: str, message: str, remedy: str) -> Problem:
    return Problem(file, 0, code, message, remedy)
