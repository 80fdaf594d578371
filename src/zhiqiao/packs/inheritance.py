"""What a pack takes from the packs that it extends, and what it may write again.

A pack names others like ``cn-core@^1``; they lie beside it. It inherits every entry and adds its
own. It cannot write an inherited entry again, with one exception: a parameter that says
``overrides: cn-core`` replaces the values of the parameter of that name and keeps its unit, kind
and vocabularies.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pydantic import BaseModel

from zhiqiao.packs.draft import Draft
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.schemas import ParameterDefinition
from zhiqiao.packs.sections import SECTIONS

_REQUEST = re.compile(r"([a-z0-9][a-z0-9-]*)@(\^?)([0-9]{1,6}(?:\.[0-9]{1,6}){0,2})")
Merged = Mapping[str, Mapping[str, BaseModel]]


def read_request(text: str) -> tuple[str, str] | None:
    """Split ``cn-core@^1`` into the pack's id and the version asked for; None when malformed."""
    match = _REQUEST.fullmatch(text)
    return (match[1], match[2] + match[3]) if match else None


def satisfies(version: str, request: str) -> bool:
    """Say whether `version` is what `request` asks for.

    ``^1.2`` takes every version from 1.2.0 on below 2.0.0, ``^0.1`` those below 0.2.0; without
    ``^`` the parts that are given must be equal.

    Examples
    --------
    >>> satisfies("1.4.0", "^1"), satisfies("2.0.0", "^1"), satisfies("0.2.0", "^0.1")
    (True, False, False)
    """
    asked = [int(part) for part in request.removeprefix("^").split(".")]
    has = [int(part) for part in version.split(".")]
    if not request.startswith("^"):
        return has[: len(asked)] == asked
    fixed = next((place for place, part in enumerate(asked) if part), len(asked) - 1) + 1
    return has[:fixed] == asked[:fixed] and has >= asked


def merge(draft: Draft, inherited: tuple[Pack, ...]) -> Merged:
    """Return every section with the inherited entries first."""
    merged: dict[str, Mapping[str, BaseModel]] = {}
    for section in SECTIONS:
        rows: dict[str, BaseModel] = {}
        for base in inherited:
            rows |= getattr(base, section)
        merged[section] = MappingProxyType(rows | draft.entries[section])
    return merged


def find_inheriting_problems(draft: Draft, inherited: tuple[Pack, ...]) -> Iterator[Problem]:
    """Yield every entry that is written again or overridden against the rules."""
    yield from _clashes(draft, inherited)
    for section, entries in draft.entries.items():
        for key, entry in entries.items():
            owners = [base for base in inherited if key in getattr(base, section)]
            if isinstance(entry, ParameterDefinition) and entry.overrides:
                yield from _faults_of_override(draft, entry, inherited)
            elif owners:
                yield draft.problem(
                    (section, key), "redefined",
                    message=f"the entry is already in {owners[0].id}.",
                    remedy="Choose another id, or override it if it is a parameter.",
                )  # fmt: skip


def _clashes(draft: Draft, inherited: tuple[Pack, ...]) -> Iterator[Problem]:
    for section in SECTIONS:
        rows: dict[str, tuple[str, BaseModel]] = {}
        for position, base in enumerate(inherited):
            for key, entry in getattr(base, section).items():
                owner, earlier = rows.setdefault(key, (base.id, entry))
                if earlier != entry:
                    yield draft.problem(
                        ("pack", "extends", position), "inherited-clash",
                        message=f"“{key}” of {section} is another entry in {owner}.",
                        remedy="Extend one of the two packs, or rename the entry in one of them.",
                    )  # fmt: skip


def _faults_of_override(
    draft: Draft, entry: ParameterDefinition, inherited: tuple[Pack, ...]
) -> Iterator[Problem]:
    place = ("parameters", entry.name, "overrides")
    base = next((base for base in inherited if base.id == entry.overrides), None)
    replaced = base.parameters.get(entry.name) if base else None
    if replaced is None:
        yield draft.problem(
            place, "override-nothing",
            message=f"no parameter of this name is inherited from “{entry.overrides}”.",
            remedy="Correct the name or the pack, or remove overrides.",
        )  # fmt: skip
    elif (entry.unit, entry.kind, entry.by) != (replaced.unit, replaced.kind, replaced.by):
        yield draft.problem(
            place, "override-mismatch",
            message=f"unit, kind or by differ from those in {entry.overrides}.",
            remedy="Keep them as they are there; only the values may change.",
        )  # fmt: skip
