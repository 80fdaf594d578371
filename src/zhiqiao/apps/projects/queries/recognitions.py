"""Rows of the register, scoped by who asks."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from zhiqiao.apps.projects.choices import HolderState, RecognitionState
from zhiqiao.apps.projects.models import Evidence, Judgement, Recognition, RecognitionPartner
from zhiqiao.apps.projects.rules import can_keep_register
from zhiqiao.apps.registry.queries import (
    Candidate,
    area_path,
    organisations_named,
    regions_visible_to,
)
from zhiqiao.core.access import Actor
from zhiqiao.core.counted import counted_rows
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack
from zhiqiao.core.search import filter_by_text
from zhiqiao.packs import RecognitionKind


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What a reader looks for in one register; an empty word does not restrict."""

    text: str = ""
    area: str = ""
    level: str = ""
    holder: str = ""
    state: str = ""
    sort: str = ""

    @property
    def restricts(self) -> bool:
        return any((self.text, self.area, self.level, self.holder, self.state))


SORTS = {
    "": ("name_key", "id"),
    "name": ("name_key", "id"),
    "-name": ("-name_key", "-id"),
    "announced": (F("announced_from").asc(nulls_last=True), "name_key", "id"),
    "-announced": (F("announced_from").desc(nulls_last=True), "name_key", "id"),
    "area": ("area__name_key", "name_key", "id"),
    "-area": ("-area__name_key", "name_key", "id"),
    "level": ("level", "name_key", "id"),
    "-level": ("-level", "name_key", "id"),
}
UNSTATED = "unstated"
LISTED_FIELDS = (
    "uid",
    "name",
    "name_filed",
    "holder_text",
    "holder__uid",
    "holder__name",
    "level",
    "batch",
    "announced",
    "area__name",
    "state",
    "provenance",
)
"""What one line of a register shows; lists read these values instead of whole rows."""


def recognitions_visible_to(user: Actor, *, demonstration: bool = False) -> QuerySet[Recognition]:
    """Return what the person may read: demonstration rows or real ones, never both.

    The register is public; only rows entered by mistake are kept for the bureau's staff.
    """
    shown = Q(provenance=Provenance.DEMONSTRATION)
    rows = Recognition.objects.filter(shown if demonstration else ~shown)
    if can_keep_register(user):
        return rows
    return rows.exclude(state=RecognitionState.WITHDRAWN)


def real_recognitions_in(area: str) -> QuerySet[Recognition]:
    """Return the rows that may count in an area: real, in force, of the area or a part of it."""
    return counted_rows_under(area_path(area)).filter(state=RecognitionState.RECOGNISED)


def counted_rows_under(path: str) -> QuerySet[Recognition]:
    """Return the rows of an area that stood in the register rightly, whatever became of them."""
    rows = Recognition.objects.filter(counted_rows(), area__path__startswith=path)
    return rows.exclude(state=RecognitionState.WITHDRAWN)


def in_force_on(day: date) -> Q:
    """Choose the rows that were recognised, and valid, on a day."""
    stood = Q(state=RecognitionState.REVOKED, ended_on__gt=day)
    return (
        (Q(state=RecognitionState.RECOGNISED) | stood)
        & (Q(valid_from__isnull=True) | Q(valid_from__lte=day))
        & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    )


def recognition_visible_to(user: Actor, uid: UUID, *, sample: bool = False) -> Recognition:
    """Return an item by its address; with `sample` one that a demonstration call recognised, too."""
    rows = recognitions_visible_to(user)
    if sample:
        rows = rows | recognitions_visible_to(user, demonstration=True)
    rows = rows.select_related("area", "holder", "import_batch__file", "import_batch__committed_by")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.recognition-missing")
    return found


def kind_or_missing(kind: str) -> RecognitionKind:
    found = current_pack().kinds.get(kind)
    if found is None:
        raise MissingError("projects.kind-unknown", kind=kind)
    return found


def recognitions_of_kind(
    user: Actor, kind: str, *, wanted: RegisterFilter | None = None
) -> QuerySet[Recognition]:
    """Return one register, filtered and sorted; unknown words in the filter find nothing."""
    wanted = wanted or RegisterFilter()
    rows = recognitions_visible_to(user).filter(kind=kind)
    if wanted.text:
        rows = filter_by_text(rows, wanted.text)
    if wanted.area:
        rows = rows.filter(area__code=wanted.area)
    if wanted.level:
        rows = rows.filter(level="" if wanted.level == UNSTATED else wanted.level)
    if wanted.holder:
        rows = rows.filter(_holder_is(wanted.holder))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return rows.order_by(*SORTS.get(wanted.sort, SORTS[""]))


def recognitions_of_organisations(
    user: Actor, keys: Collection[int], *, demonstration: bool = False
) -> QuerySet[Recognition]:
    """Return what the organisations hold or take part in, each item once."""
    involved = Q(holder_id__in=keys) | Q(
        Exists(
            RecognitionPartner.objects.filter(recognition=OuterRef("pk"), organisation_id__in=keys)
        )
    )
    rows = recognitions_visible_to(user, demonstration=demonstration).filter(involved)
    return rows.order_by("kind", "name_key", "id")


def export_rows(rows: QuerySet[Recognition]) -> Iterator[tuple[str, ...]]:
    """Return the columns of the import, so that an exported list can be brought in again.

    A row with several pages as evidence gives the first one.
    """
    first_page = Evidence.objects.filter(recognition=OuterRef("pk"), citation__isnull=False)
    page = first_page.order_by("id")
    partners = RecognitionPartner.objects.filter(recognition=OuterRef("pk")).order_by()
    values = rows.values_list(
        "kind",
        "name",
        "holder_text",
        Subquery(
            partners.values("recognition")
            .annotate(all=StringAgg("text", delimiter=";", order_by="position"))
            .values("all")
        ),
        "level",
        "batch",
        "document",
        "announced",
        "area__name",
        Subquery(page.values("citation__url")[:1]),
        Subquery(page.values("citation__title")[:1]),
        Subquery(page.values("confidence")[:1]),
    )
    for row in values.iterator(chunk_size=2_000):
        yield tuple(value or "" for value in row)


def areas_of_kind(user: Actor, kind: str) -> Sequence[tuple[str, str]]:
    """Return code and name of the areas that have rows of the kind, in the order of names."""
    rows = recognitions_visible_to(user).filter(kind=kind, area=OuterRef("pk")).order_by()
    areas = regions_visible_to(user).filter(Exists(rows), code__isnull=False)
    named = areas.order_by("name_key", "pk").values_list("code", "name")
    return [(code or "", name) for code, name in named]


def area_of_plan() -> int | None:
    """Return the key of the region that the pack is about; None before regions are loaded."""
    return (
        regions_visible_to(None)
        .filter(code=current_pack().area)
        .values_list("pk", flat=True)
        .first()
    )


def decisions_about(recognition: Recognition) -> QuerySet[Judgement]:
    return recognition.judgements.select_related("decided_by").order_by("-decided_at", "-id")


def with_evidence(rows: QuerySet[Recognition]) -> QuerySet[Recognition]:
    """Bring along what a person needs to see before deciding about a row."""
    pages = Evidence.objects.select_related("citation", "file").order_by("id")
    return rows.select_related("area", "holder").prefetch_related(
        "partners", Prefetch("evidence", queryset=pages)
    )


def likely_holders(recognition: Recognition) -> Sequence[Candidate]:
    """Return the organisations whose names resemble the printed holder, the best first."""
    if not recognition.holder_text:
        return ()
    return organisations_named([recognition.holder_text])[recognition.holder_text].candidates


def evidence_of(recognition: Recognition) -> QuerySet[Evidence]:
    return recognition.evidence.select_related("citation", "file")


def _holder_is(state: str) -> Q:
    if state == HolderState.MATCHED:
        return Q(holder__isnull=False)
    if state == HolderState.TEXT:
        return Q(holder__isnull=True) & ~Q(holder_text="")
    if state == HolderState.MISSING:
        return Q(holder_text="")
    return Q(pk__in=())
