"""Load a pack's directory, with everything it inherits, into one frozen :class:`Pack`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zhiqiao.packs.draft import Draft, read_draft
from zhiqiao.packs.formulas import find_formula_problems
from zhiqiao.packs.inheritance import (
    Merged,
    find_inheriting_problems,
    merge,
    read_request,
    satisfies,
)
from zhiqiao.packs.meaning import find_meaning_problems
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import PackError, Problem
from zhiqiao.packs.references import Scope, find_reference_problems
from zhiqiao.packs.schemas import Mechanism

_KEPT = 16
_PACKS: dict[tuple[str, ...], Pack] = {}


def load(directory: Path) -> Pack:
    """Read the pack in `directory`; the same bytes give the same object again.

    Parameters
    ----------
    directory
        A directory whose name is the pack's id, beside the packs that it extends.

    Returns
    -------
    Pack
        The pack with every inherited entry.

    Raises
    ------
    PackError
        With every problem found. Files are read first, then their schema, then what the entries
        say of each other: problems of a later stage are found once the earlier ones are solved.
    """
    return _load(directory, ())


def _load(directory: Path, below: tuple[str, ...]) -> Pack:
    draft = read_draft(directory)
    inherited = _inherited(draft, (*below, draft.header.id))
    key = (str(draft.directory), draft.digest, *(base.digest for base in inherited))
    pack = _PACKS.get(key)
    if pack is None:
        pack = _checked(draft, inherited)
        if len(_PACKS) >= _KEPT:
            _PACKS.clear()
        pack = _PACKS.setdefault(key, pack)
    return pack


def _checked(draft: Draft, inherited: tuple[Pack, ...]) -> Pack:
    scope = Scope(draft, merge(draft, inherited))
    problems = [
        *find_inheriting_problems(draft, inherited),
        *find_reference_problems(scope),
        *find_meaning_problems(scope),
    ]
    pack = _assemble(draft, scope.merged, inherited)
    problems = problems or list(find_formula_problems(scope, pack))
    if problems:
        raise PackError(problems)
    return pack


def _inherited(draft: Draft, line: tuple[str, ...]) -> tuple[Pack, ...]:
    found: list[Pack] = []
    problems: list[Problem] = []
    for position, text in enumerate(draft.header.extends):
        place = ("pack", "extends", position)
        fault = _fault_of_request(draft, place, text, line)
        if fault:
            problems.append(fault)
            continue
        name, version = read_request(text) or ("", "")
        base = _base(draft.directory.parent / name, line)
        if satisfies(base.version, version):
            found.append(base)
        else:
            problems.append(
                draft.problem(
                    place, "extends-version",
                    message=f"{text} is asked for, {name} has version {base.version}.",
                    remedy="Take the version that is asked for, or adapt this pack and its extends.",
                )
            )  # fmt: skip
    if problems:
        raise PackError(problems)
    return tuple(found)


def _fault_of_request(
    draft: Draft, place: tuple[str | int, ...], text: str, line: tuple[str, ...]
) -> Problem | None:
    request = read_request(text)
    if request is None:
        return draft.problem(
            place, "extends-form", message=f"“{text}” does not name a pack and a version.",
            remedy="Write it like cn-core@^1 or cn-core@1.2.0.",
        )  # fmt: skip
    if request[0] in line:
        return draft.problem(
            place, "extends-cycle",
            message=f"the packs extend each other: {' → '.join([*line, request[0]])}.",
            remedy="Remove one of these lines.",
        )  # fmt: skip
    if not (draft.directory.parent / request[0]).is_dir():
        return draft.problem(
            place, "extends-missing",
            message=f"there is no pack “{request[0]}” in {draft.directory.parent.name}/.",
            remedy="Put the pack beside this one, or correct its name.",
        )  # fmt: skip
    return None


def _base(directory: Path, line: tuple[str, ...]) -> Pack:
    try:
        return _load(directory, line)
    except PackError as error:
        raise PackError(
            replace(problem, file=_outside(directory.name, problem.file))
            for problem in error.problems
        ) from error


def _outside(name: str, file: str) -> str:
    return file if file.startswith("../") else f"../{name}/{file}"


def _assemble(draft: Draft, merged: Merged, inherited: tuple[Pack, ...]) -> Pack:
    header = draft.header
    sections: dict[str, Any] = {**merged, "mechanisms": MappingProxyType(dict(_mechanisms(merged)))}
    return Pack(
        id=header.id,
        version=header.version,
        title=header.title,
        document_number=header.document_number,
        issued=header.issued,
        area=header.area,
        horizon=header.horizon,
        digest=draft.digest_with(tuple(base.digest for base in inherited)),
        extends=tuple(f"{base.id}@{base.version}" for base in inherited),
        expected=header.expected,
        **sections,
    )


def _mechanisms(merged: Merged) -> Iterator[tuple[str, Mechanism]]:
    kinds: dict[str | None, list[str]] = {}
    for key, kind in merged["kinds"].items():
        kinds.setdefault(getattr(kind, "mechanism", None), []).append(key)
    for key, entry in merged["mechanisms"].items():
        yield key, Mechanism.model_construct(**{**dict(entry), "kinds": tuple(kinds.get(key, ()))})
