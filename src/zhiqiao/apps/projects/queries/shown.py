"""The content of an application as it is read by people who may know who applies: on its page and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from zhiqiao.apps.projects.models import ApplicationFile, NamedBody, NamedPerson
from zhiqiao.apps.projects.queries.budgets import BudgetTable
from zhiqiao.apps.projects.queries.forms import (
    BUDGET,
    DECLARATIONS,
    INDICATORS,
    declared_conditions,
    shown_day,
    table_of,
    yuan,
)
from zhiqiao.apps.projects.queries.written import Written
from zhiqiao.core.policy import spoken
from zhiqiao.packs import FieldKind, FieldWanted
from zhiqiao.web.components.figures import grouped


@dataclass(frozen=True, slots=True)
class ShownField:
    """A question with what was answered; people and bodies are rows."""

    title: str
    kind: FieldKind
    text: str = ""
    people: Sequence[NamedPerson] = ()
    bodies: Sequence[NamedBody] = ()


@dataclass(frozen=True, slots=True)
class ShownSection:
    title: str
    fields: tuple[ShownField, ...]


@dataclass(frozen=True, slots=True)
class ShownFile:
    title: str
    files: Sequence[ApplicationFile]


@dataclass(frozen=True, slots=True)
class ShownContent:
    sections: tuple[ShownSection, ...]
    budget: BudgetTable | None
    indicators: tuple[tuple[str, str, str], ...]
    declared: tuple[tuple[str, bool], ...]
    files: tuple[ShownFile, ...]


def shown_content(written: Written) -> ShownContent:
    """Put what was written into the words of the reader's language."""
    lifecycle = written.lifecycle
    sections = tuple(
        ShownSection(spoken(title), fields)
        for name, title in lifecycle.sections.items()
        if (fields := _fields(written, name))
    )
    declared = tuple(
        (says, bool(written.content.declared.get(name)))
        for name, says in declared_conditions(lifecycle).items()
    )
    return ShownContent(sections, table_of(written), _promised(written), declared, _files(written))


def shown_part(written: Written, part: str) -> ShownContent:
    """Show one part as it is saved, beside what somebody else is about to save."""
    whole = shown_content(written)
    title = spoken(written.lifecycle.sections[part]) if part in written.lifecycle.sections else ""
    return ShownContent(
        tuple(one for one in whole.sections if one.title == title),
        whole.budget if part == BUDGET else None,
        whole.indicators if part == INDICATORS else (),
        whole.declared if part == DECLARATIONS else (),
        (),
    )


def _fields(written: Written, section: str) -> tuple[ShownField, ...]:
    return tuple(
        _shown(written, name, wanted)
        for name, wanted in written.lifecycle.fields_of(section).items()
    )


def _shown(written: Written, name: str, wanted: FieldWanted) -> ShownField:
    return ShownField(
        spoken(wanted.title),
        wanted.kind,
        in_words(wanted, written.content.answers.get(name, "")),
        written.people.get(name, ()),
        written.bodies.get(name, ()),
    )


def in_words(wanted: FieldWanted, text: str) -> str:
    """Write an answer in the reader's language; words stay as they are."""
    if not text:
        return ""
    match wanted.kind:
        case FieldKind.WHOLE | FieldKind.NUMBER:
            said = grouped(Decimal(text))
        case FieldKind.MONEY:
            said = _("%(amount)s yuan") % {"amount": yuan(Decimal(text))}
        case FieldKind.DAY:
            said = shown_day(text)
        case FieldKind.FLAG:
            said = _("Yes") if text == "yes" else _("No")
        case FieldKind.CHOICE if text in wanted.options:
            said = spoken(wanted.options[text])
        case _:
            said = text
    return said


def _promised(written: Written) -> tuple[tuple[str, str, str], ...]:
    kept = written.content.indicators
    return tuple(
        (
            spoken(wanted.title),
            grouped(Decimal(kept[name])) if kept.get(name) else "",
            spoken(wanted.unit),
        )
        for name, wanted in written.lifecycle.indicators.items()
    )


def _files(written: Written) -> tuple[ShownFile, ...]:
    return tuple(
        ShownFile(spoken(wanted.title), rows)
        for name, wanted in written.lifecycle.files.items()
        if (rows := written.files.get(name, ()))
    )
