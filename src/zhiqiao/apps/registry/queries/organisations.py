from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from zhiqiao.apps.registry.choices import CARRYING_ON
from zhiqiao.apps.registry.models import (
    Organisation,
    OrganisationName,
    OrganisationSuccession,
    Region,
)
from zhiqiao.apps.registry.queries.names import folded
from zhiqiao.core.access import Actor
from zhiqiao.core.fields import Provenance
from zhiqiao.core.search import filter_by_text


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """What a person asked of the list; empty values do not filter."""

    text: str = ""
    kind: str = ""
    ownership: str = ""
    region: Region | None = None
    sort: str = "name"


#: What the list may be sorted by, as it is written in the address.
SORTS: Mapping[str, tuple[str, ...]] = {
    "name": ("name_key", "id"),
    "-name": ("-name_key", "-id"),
    "kind": ("kind", "name_key", "id"),
    "-kind": ("-kind", "name_key", "id"),
    "region": ("region__path", "name_key", "id"),
    "-region": ("-region__path", "name_key", "id"),
    "code": ("national_code", "id"),
    "-code": ("-national_code", "-id"),
}


def organisations_visible_to(user: Actor) -> QuerySet[Organisation]:
    """Return the public register; bodies made for sample accounts are seen by those alone."""
    rows = Organisation.objects.select_related("region")
    if getattr(user, "is_demonstration", False):
        return rows
    return rows.exclude(provenance=Provenance.DEMONSTRATION)


def organisations_by_address() -> QuerySet[Organisation]:
    """Return every body for whoever has its address: records of a demonstration lead to theirs."""
    return Organisation.objects.select_related("region__parent", "citation")


def holds_demonstration() -> bool:
    """Say whether there are bodies of a demonstration, and so perhaps records of them."""
    return Organisation.objects.filter(provenance=Provenance.DEMONSTRATION).exists()


def organisations_matching(
    rows: QuerySet[Organisation], wanted: OrganisationFilter
) -> QuerySet[Organisation]:
    if wanted.text:
        rows = filter_by_text(rows, wanted.text)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.ownership:
        rows = rows.filter(ownership=wanted.ownership)
    if wanted.region is not None:
        rows = rows.filter(region__path__startswith=wanted.region.path)
    return rows.order_by(*SORTS.get(wanted.sort, SORTS["name"]))


@dataclass(frozen=True, slots=True)
class History:
    """The names of a body, and the steps before and after it, each in order of time."""

    names: list[OrganisationName] = field(default_factory=list)
    before: list[OrganisationSuccession] = field(default_factory=list)
    after: list[OrganisationSuccession] = field(default_factory=list)


def history_of_organisation(organisation: Organisation) -> History:
    steps = OrganisationSuccession.objects.filter(
        Q(predecessor=organisation) | Q(successor=organisation)
    ).select_related("predecessor", "successor", "citation")
    before = [step for step in steps if step.successor_id == organisation.pk]
    after = [step for step in steps if step.predecessor_id == organisation.pk]
    names = list(organisation.names.select_related("citation"))
    return History(names, before, after)


def line_of(
    organisation: Organisation, *, changes: Collection[str] = CARRYING_ON
) -> frozenset[int]:
    """Return the keys of the body and of all bodies that it carries on, however far back.

    The members of a group, and a school that another one runs in trust, live on and keep what
    they hold; with all ``changes`` they are followed too.
    """
    replaced: dict[int, set[int]] = {}
    ending = OrganisationSuccession.objects.filter(kind__in=changes)
    pairs = ending.exclude(successor=None).values_list("successor_id", "predecessor_id")
    for successor, predecessor in pairs:
        replaced.setdefault(successor, set()).add(predecessor)
    line, waiting = {organisation.pk}, [organisation.pk]
    while waiting:
        for predecessor in replaced.get(waiting.pop(), ()):
            if predecessor not in line:
                line.add(predecessor)
                waiting.append(predecessor)
    return frozenset(line)


def bodies_today(keys: Collection[int]) -> Mapping[int, int]:
    """Return, for each body that ended or was renamed, the one that carries it on today.

    One that was split is carried on by several, so it stands for itself.
    """
    following = _following()
    return {key: _last(key, following) for key in keys if key in following}


def former_bodies(keys: Collection[int]) -> Mapping[int, int]:
    """Return the body of today for each of these that is another one, and for all that they carry on."""
    following = _following()
    today = {_last(key, following) for key in keys}
    found = {key: _last(key, following) for key in following}
    return {key: last for key, last in found.items() if last in today and last != key}


def _following() -> dict[int, set[int]]:
    following: dict[int, set[int]] = {}
    steps = OrganisationSuccession.objects.filter(kind__in=CARRYING_ON).exclude(successor=None)
    for predecessor, successor in steps.values_list("predecessor_id", "successor_id"):
        following.setdefault(predecessor, set()).add(successor)
    return following


def _last(key: int, following: Mapping[int, Collection[int]]) -> int:
    passed = {key}
    while len(found := following.get(key, ())) == 1:
        (key,) = found
        if key in passed:
            break
        passed.add(key)
    return key


def bodies_named(names: Collection[str]) -> Mapping[str, int]:
    """Return the one body of each name, present or former, real or of the demonstration.

    A name that several bodies bear or bore gives none.
    """
    keys = {name: folded(name) for name in names}
    found: dict[str, set[int]] = {}
    rows = OrganisationName.objects.filter(folded__in=keys.values(), organisation__isnull=False)
    for key, body in rows.order_by().values_list("folded", "organisation_id").distinct():
        found.setdefault(key, set()).add(body)
    return {
        name: next(iter(found[key])) for name, key in keys.items() if len(found.get(key, ())) == 1
    }
