"""Every name that an entry uses must be there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from zhiqiao.packs.draft import Draft
from zhiqiao.packs.inheritance import Merged
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.schemas import Measure, PackTest, ParameterDefinition, Vocabulary

if TYPE_CHECKING:
    from zhiqiao.packs.schemes import AdmissionScheme


@dataclass(frozen=True)
class Scope:
    """A draft and everything it may refer to."""

    draft: Draft
    merged: Merged

    @cached_property
    def parameters(self) -> tuple[ParameterDefinition, ...]:
        """Return the pack's own parameters."""
        return tuple(cast("dict[str, ParameterDefinition]", self.own("parameters")).values())

    @cached_property
    def tests(self) -> tuple[PackTest, ...]:
        """Return the pack's own tests."""
        return tuple(cast("dict[str, PackTest]", self.own("tests")).values())

    def own(self, section: str) -> object:
        """Return the pack's own entries of a section."""
        return self.draft.entries[section]


# section, field, section that is named, what it is called in messages
_NAMED = (
    ("targets", "article", "articles", "article"),
    ("duties", "article", "articles", "article"),
    ("mechanisms", "article", "articles", "article"),
    ("kinds", "article", "articles", "article"),
    ("duties", "mechanism", "mechanisms", "mechanism"),
    ("tasks", "article", "articles", "article"),
    ("tasks", "lead", "bodies", "body"),
    ("tasks", "with_", "bodies", "body"),
    ("tasks", "targets", "targets", "target"),
    ("tasks", "duties", "duties", "duty"),
    ("tasks", "mechanisms", "mechanisms", "mechanism"),
    ("calendars", "source", "sources", "source"),
    ("schemes", "source", "sources", "source"),
    ("lifecycles", "source", "sources", "source"),
    ("lifecycles", "flow", "flows", "flow"),
    ("lifecycles", "kinds", "kinds", "kind"),
    ("kinds", "mechanism", "mechanisms", "mechanism"),
    ("judgements", "kinds", "kinds", "kind"),
    ("measures", "kinds", "kinds", "kind"),
    ("measures", "judgements", "judgements", "judgement"),
    ("targets", "unit", "units", "unit"),
    ("measures", "unit", "units", "unit"),
    ("formulas", "unit", "units", "unit"),
    ("parameters", "unit", "units", "unit"),
    ("targets", "formula", "formulas", "formula"),
    ("parameters", "by", "vocabularies", "vocabulary"),
)

_SPACES = ("measures", "formulas", "parameters")


def find_reference_problems(scope: Scope) -> Iterator[Problem]:
    """Yield every name that leads nowhere, and every name that two things share."""
    for section, field, named, noun in _NAMED:
        for key, entry in scope.draft.entries[section].items():
            names = getattr(entry, field)
            for name in (names,) if isinstance(names, str) else names or ():
                if name not in scope.merged[named]:
                    yield _unknown(scope, (section, key, field.removesuffix("_")), noun, name)
    yield from _values(scope)
    yield from _tests(scope)
    yield from _exam_types(scope)
    yield from _conversions(scope)
    yield from _clashes(scope)


def _values(scope: Scope) -> Iterator[Problem]:
    for parameter in scope.parameters:
        for position, value in enumerate(parameter.values):
            place = ("parameters", parameter.name, "values", position)
            if value.source and value.source not in scope.merged["sources"]:
                yield _unknown(scope, (*place, "source"), "source", value.source)
            for vocabulary, term in zip(parameter.by, value.key, strict=False):
                words = scope.merged["vocabularies"].get(vocabulary)
                if isinstance(words, Vocabulary) and term not in words.terms:
                    yield _unknown(scope, (*place, "key"), "term", term)


def _tests(scope: Scope) -> Iterator[Problem]:
    for test in scope.tests:
        place = ("tests", test.id)
        yield from _absent(scope, (*place, "given"), "measure", test.given)
        yield from _absent(scope, (*place, "expect"), "target", test.expect)


def _conversions(scope: Scope) -> Iterator[Problem]:
    """Find conversions of results whose source is not there."""
    for key, entry in scope.draft.entries["schemes"].items():
        for name, kind in cast("AdmissionScheme", entry).exam_types.items():
            for position, conversion in enumerate(kind.conversions):
                if conversion.source not in scope.merged["sources"]:
                    place = ("schemes", key, "exam_types", name, "conversions", position, "source")
                    yield _unknown(scope, place, "source", conversion.source)


def _exam_types(scope: Scope) -> Iterator[Problem]:
    schemes = cast("dict[str, AdmissionScheme]", scope.merged["schemes"]).values()
    known = {name for scheme in schemes for name in scheme.exam_types}
    for measure in cast("dict[str, Measure]", scope.own("measures")).values():
        for name in measure.exam_types:
            if name not in known:
                place = ("measures", measure.name, "exam_types")
                yield _unknown(scope, place, "exam-type", name)


def _absent(
    scope: Scope, place: tuple[str, ...], noun: str, names: Iterable[str]
) -> Iterator[Problem]:
    for name in names:
        if name not in scope.merged[f"{noun}s"]:
            yield _unknown(scope, (*place, name), noun, name)


def _clashes(scope: Scope) -> Iterator[Problem]:
    """Yield each clash once: at the later of two own entries, or at the one that is own."""
    own = scope.draft.entries
    for position, section in enumerate(_SPACES):
        for name in own[section]:
            for other in _SPACES[:position] + _SPACES[position + 1 :]:
                first = name in own[other] and _SPACES.index(other) > position
                if name in scope.merged[other] and not first:
                    yield scope.draft.problem(
                        (section, name), "name-clash",
                        message=f"the name is also one of the {other}.",
                        remedy="Rename one of the two.",
                    )  # fmt: skip


def _unknown(scope: Scope, place: tuple[str | int, ...], noun: str, name: str) -> Problem:
    return scope.draft.problem(
        place, f"unknown-{noun}",
        message=f"there is no {noun} “{name}”.",
        remedy="Correct the name, or add the entry to the pack or to one that it extends.",
    )  # fmt: skip
