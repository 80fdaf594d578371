"""The files of a pack's directory: which are allowed, and the digest of their bytes."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from zhiqiao.packs.problems import PackError, Problem

HEADER = "pack.yaml"
MAX_BYTES = 2_000_000
SECTIONS: Mapping[str, str] = {
    "articles.yaml": "articles",
    "targets.yaml": "targets",
    "duties.yaml": "duties",
    "mechanisms.yaml": "mechanisms",
    "bodies.yaml": "bodies",
    "tasks.yaml": "tasks",
    "calendars.yaml": "calendars",
    "schemes.yaml": "schemes",
    "flows.yaml": "flows",
    "lifecycles.yaml": "lifecycles",
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
        When the directory or ``pack.yaml`` is missing, a file is too large or not one of the
        known files, or something in the directory is a link.
    """
    if not directory.is_dir():
        raise PackError(
            [_problem(".", "no-directory", f"There is no directory {directory}.",
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
    if not _is_known(path, name):
        return [
            _problem(name, "unknown-file", f"“{name}” is not a file of a pack.",
                     "Rename or remove it; known are "
                     f"{HEADER}, {', '.join(SECTIONS)} and {TESTS}/*.yaml.")
        ]  # fmt: skip
    size = path.stat().st_size
    if path.is_file() and size > MAX_BYTES:
        return [
            _problem(name, "file-too-large",
                     f"The file has {size} bytes; a pack file may have {MAX_BYTES}.",
                     "Split the pack or take out what is not policy.")
        ]  # fmt: skip
    return []


def _is_known(path: Path, name: str) -> bool:
    if path.is_dir():
        return name == TESTS
    in_tests = name.startswith(f"{TESTS}/") and path.suffix == ".yaml"
    return path.is_file() and (name == HEADER or name in SECTIONS or in_tests)


def _problem(file: str, code: str, message: str, remedy: str) -> Problem:
    return Problem(file, 0, code, message, remedy)
