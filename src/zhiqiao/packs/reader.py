"""Read one YAML file of a pack as plain text values, refusing everything that YAML adds to data.

Only mappings, sequences and scalars are read. Tags, anchors, aliases, merge keys, directives and
further documents are refused with their line; so are duplicate keys. A scalar stays the text that
the author wrote (an empty one, ``null`` or ``~`` is None), and the schema decides what it means:
``no`` stays "no", ``08`` stays "08" and ``1.10`` stays "1.10".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from zhiqiao.packs.problems import PackError, Problem

MAX_DEPTH = 12
MAX_VALUES = 200_000

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Path: TypeAlias = tuple[str | int, ...]

_NULLS = frozenset({"", "~", "null"})
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Document:
    """The content of one file.

    Attributes
    ----------
    name
        Path of the file inside the pack.
    content
        The values; an empty file is an empty mapping.
    lines
        Line of every key and item by its path, counted from 1.
    problems
        Faults that do not stop the reading, such as duplicate keys.
    """

    name: str
    content: Value = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of its nearest known parent."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def read(name: str, raw: bytes) -> Document:
    """Read one file.

    Parameters
    ----------
    name
        Path of the file inside the pack, for messages.
    raw
        Its bytes.

    Returns
    -------
    Document
        Values, lines and the problems that did not stop the reading.

    Raises
    ------
    PackError
        When the file cannot be read at all: not UTF-8, not YAML, or using a part of YAML
        that packs do not have. Time and memory are linear in the size of the file.
    """
    return _Reading(Document(name), _events(name, _text(name, raw))).document()


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _stop(
            name, line, "not-utf8",
            f"Byte {error.start + 1} is not UTF-8.",
            "Save the file as UTF-8.",
        ) from error  # fmt: skip


def _events(name: str, text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_PARSER)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise _syntax(
            name, line, f"a character that YAML does not allow: {error.reason}"
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax(name, mark.line + 1 if mark else 0, error.problem or "bad YAML") from error


def _stop(name: str, line: int, code: str, message: str, remedy: str) -> PackError:
    return PackError([Problem(name, line, code, message, remedy)])


def _syntax(name: str, line: int, reason: str) -> PackError:
    return _stop(
        name, line, "yaml-syntax",
        f"The file is not valid YAML: {reason}.",
        "Correct the line; check indentation, colons and quotation marks.",
    )  # fmt: skip


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Reading:
    """One pass over the events of one file."""

    def __init__(self, document: Document, events: Iterator[yaml.Event]) -> None:
        self._document = document
        self._events = events
        self._values = 0

    def document(self) -> Document:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._begin(event)
            elif not isinstance(event, _FRAME):
                self._document.content = self._value(event, ())
        if self._document.content is None:
            self._document.content = {}
        return self._document

    def _begin(self, event: yaml.DocumentStartEvent) -> None:
        if event.version or event.tags:
            raise self._refuse(
                event, "directive", "The file has a % directive; packs are plain data.",
                "Remove the line that begins with %.",
            )  # fmt: skip
        if self._values:
            raise self._refuse(
                event, "several-documents", "A second document begins here after ---.",
                "Keep one document in a file.",
            )  # fmt: skip

    def _value(self, event: yaml.Event, path: Path) -> Value:
        self._admit(event, path)
        self._document.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            return None if plain and event.value in _NULLS else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _admit(self, event: yaml.Event, path: Path) -> None:
        self._values += 1
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            raise self._refuse(
                event, "alias", f"The anchor or alias “{anchor}” is not allowed in a pack.",
                "Write the value out where it is needed.",
            )  # fmt: skip
        if tag:
            raise self._refuse(
                event, "explicit-tag", f"The tag “{tag}” is not allowed in a pack.",
                "Remove the tag; the schema knows the type of each field.",
            )  # fmt: skip
        if len(path) > MAX_DEPTH:
            raise self._refuse(
                event, "too-deep", f"Values are nested more than {MAX_DEPTH} levels deep.",
                "Flatten the structure; no field of a pack needs this depth.",
            )  # fmt: skip
        if self._values > MAX_VALUES:
            raise self._refuse(
                event, "too-many-values", f"The file holds more than {MAX_VALUES} values.",
                "Split the pack or take out what is not policy.",
            )  # fmt: skip

    def _sequence(self, path: Path) -> list[Value]:
        items: list[Value] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Value]:
        pairs: dict[str, Value] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, path)
            if key in pairs:
                self._duplicate(event, key, self._document.lines[*path, key])
                self._value(next(self._events), (*path, key))
                continue
            self._document.lines[*path, key] = _line(event)
            pairs[key] = self._value(next(self._events), (*path, key))
        return pairs

    def _key(self, event: yaml.Event, path: Path) -> str:
        self._admit(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refuse(
                event, "key-not-text", "A list or mapping is used as a key.",
                "Use a word as the key.",
            )  # fmt: skip
        if event.value == "<<" and event.implicit[0]:
            raise self._refuse(
                event, "merge-key", "The merge key << is not allowed in a pack.",
                "Write the fields out.",
            )  # fmt: skip
        return str(event.value)

    def _duplicate(self, event: yaml.Event, key: str, first: int) -> None:
        self._document.problems.append(
            Problem(
                self._document.name, _line(event), "duplicate-key",
                f"“{key}” was already given in line {first}.",
                "Remove one of the two, or give one another name.",
            )
        )  # fmt: skip

    def _refuse(self, event: yaml.Event, code: str, message: str, remedy: str) -> PackError:
        line = _line(event)
        return PackError(
            [*self._document.problems, Problem(self._document.name, line, code, message, remedy)]
        )


_FRAME = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)
