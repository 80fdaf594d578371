"""One question to every app that has something to find."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.plan.queries import search_plan
from zhiqiao.apps.projects.queries import recognitions_visible_to
from zhiqiao.apps.registry.choices import CatalogueName
from zhiqiao.apps.registry.queries import entries_of, organisations_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.policy import current_pack
from zhiqiao.core.search import filter_by_text

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """What one source found; ``more`` is set when the list was cut."""

    title: str | Promise
    hits: tuple[Hit, ...]
    more: bool


Source = Callable[[str, Actor, str], Iterable[Hit]]


def search(text: str, *, user: Actor, language: str) -> list[Group]:
    """Return what was found, source by source, without the sources that found nothing."""
    if not text.strip():
        return []
    groups = (_group(title, source(text, user, language)) for title, source in SOURCES)
    return [group for group in groups if group.hits]


def _group(title: str | Promise, found: Iterable[Hit]) -> Group:
    hits = tuple(islice(found, SHOWN + 1))
    return Group(title, hits[:SHOWN], len(hits) > SHOWN)


def _plan(text: str, _user: Actor, language: str) -> Iterable[Hit]:
    return (Hit(*found) for found in search_plan(text, language=language))


def _recognitions(text: str, user: Actor, language: str) -> Iterable[Hit]:
    kinds = current_pack().kinds
    rows = filter_by_text(recognitions_visible_to(user), text).order_by("name_key", "id")
    for row in rows[: SHOWN + 1]:
        kind = kinds.get(row.kind)
        label = kind.title.in_language(language) if kind else row.kind
        yield Hit(label, row.name, row.get_absolute_url())


def _organisations(text: str, user: Actor, _language: str) -> Iterable[Hit]:
    rows = filter_by_text(organisations_visible_to(user), text).order_by("name_key", "id")
    for row in rows[: SHOWN + 1]:
        yield Hit(
            row.get_kind_display(), row.name, reverse("registry:organisation", args=[row.uid])
        )


def _catalogue(name: str) -> Source:
    def found(text: str, _user: Actor, _language: str) -> Iterable[Hit]:
        address = reverse("registry:catalogue", args=[name])
        for row in entries_of(name, text=text)[: SHOWN + 1]:
            yield Hit("", str(row), f"{address}?{urlencode({'q': row.serializable_value('name')})}")

    return found


SOURCES: tuple[tuple[str | Promise, Source], ...] = (
    (_("The plan"), _plan),
    (_("Recognised items"), _recognitions),
    (_("Schools and bodies"), _organisations),
    *((name.label, _catalogue(name)) for name in CatalogueName),
)
