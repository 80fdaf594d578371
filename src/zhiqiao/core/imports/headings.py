"""Find the row of headings and propose which column of the file holds what."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import problems
from zhiqiao.core.imports.choices import HEADING_SEARCH_ROWS
from zhiqiao.core.imports.reading import Table
from zhiqiao.core.imports.spec import ImportSpec, Words

#: The mapping of a column that a person leaves out on purpose.
LEFT_OUT = "-"
PROBLEMS_TITLE = _("Problems")
_NOISE = str.maketrans("", "", " \t\r\n*_-:()[]\"'/.\u3000\uff1a\u3001")


def heading_key(text: str) -> str:
    """Reduce a heading to what its spellings share: no case, width, spaces, stars or brackets."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_NOISE)


def in_every_language(words: Words) -> list[str]:
    spellings = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            spellings.append(str(words))
    return spellings


def known_headings(spec: ImportSpec) -> dict[str, str]:
    """Every spelling by which a file may call a column, to the name of the column."""
    known = {heading_key(title): LEFT_OUT for title in in_every_language(PROBLEMS_TITLE)}
    for column in spec.columns:
        for spelling in (column.name, *column.aliases, *in_every_language(column.title)):
            known[heading_key(spelling)] = column.name
    return known


@dataclass(frozen=True, slots=True)
class Located:
    """The table in which the headings were found, and where."""

    table: Table
    heading_row: int
    headings: list[str]


def locate(tables: Sequence[Table], spec: ImportSpec) -> Located:
    """Take the sheet and row that name the most columns; a title above them is passed over."""
    known = known_headings(spec)
    best: tuple[int, Located] | None = None
    for table in tables:
        for number, row in enumerate(table.rows[:HEADING_SEARCH_ROWS], start=1):
            score = len({known.get(heading_key(cell)) for cell in row if cell} - {None, LEFT_OUT})
            if score > (best[0] if best else 0):
                best = score, Located(table, number, [cell.strip() for cell in row])
    if best is None:
        wanted = ", ".join(str(column.title) for column in spec.columns if column.required)
        raise InputError(problems.NO_HEADINGS, rows=HEADING_SEARCH_ROWS, wanted=wanted)
    return best[1]


def propose(
    headings: Sequence[str], spec: ImportSpec, remembered: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Map the position of each heading (as text) to a column name, where one is plain.

    A column is proposed once: of two headings for it the first wins and the other stays open.
    ``remembered`` holds earlier decisions of this person by heading key.
    """
    known = known_headings(spec)
    names = {column.name for column in spec.columns} | {LEFT_OUT}
    proposed: dict[str, str] = {}
    for position, heading in enumerate(headings):
        key = heading_key(heading)
        name = known.get(key) or (remembered or {}).get(key)
        if not key or name not in names or (name != LEFT_OUT and name in proposed.values()):
            continue
        proposed[str(position)] = name
    return proposed


def check_mapping(headings: Sequence[str], mapping: Mapping[str, str], spec: ImportSpec) -> None:
    """Refuse a mapping that leaves a heading undecided, a required column out or one double."""
    unknown = [
        heading
        for position, heading in enumerate(headings)
        if heading and str(position) not in mapping
    ]
    if unknown:
        raise InputError(problems.UNKNOWN_COLUMNS, columns=_listed(unknown))
    _check_once(headings, mapping, spec)
    missing = [
        str(column.title)
        for column in spec.columns
        if column.required and column.name not in mapping.values()
    ]
    if missing:
        raise InputError(problems.MISSING_COLUMNS, columns=_listed(missing))


def _check_once(headings: Sequence[str], mapping: Mapping[str, str], spec: ImportSpec) -> None:
    for column in spec.columns:
        positions = [int(position) for position, name in mapping.items() if name == column.name]
        if len(positions) > 1:
            columns = _listed(headings[position] for position in sorted(positions))
            raise InputError(problems.COLUMN_TWICE, title=str(column.title), columns=columns)


def _listed(names: Iterable[str]) -> str:
    # Translators: what stands between the items of a list, a comma in English.
    pair = gettext("%(before)s, %(next)s")
    return reduce(lambda before, following: pair % {"before": before, "next": following}, names)
