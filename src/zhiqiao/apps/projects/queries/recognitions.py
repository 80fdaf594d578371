"""Rows of the register, scoped by who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from zhiqiao.apps.projects.choices import HolderState, RecognitionState
from zhiqiao.apps.projects.models import Evidence, Recognition
from zhiqiao.apps.projects.rules import can_keep_register
from zhiqiao.apps.registry.queries import area_path
from zhiqiao.core.access import Actor
from zhiqiao.core.choices import Provenance
from zhiqiao.core.errors import MissingError
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
    return Recognition.objects.filter(
        state=RecognitionState.RECOGNISED, area__path__startswith=area_path(area)
    ).exclude(provenance=Provenance.DEMONSTRATION)


def recognition_visible_to(user: Actor, uid: UUID) -> Recognition:
    rows = recognitions_visible_to(user).select_related("area", "holder", "import_batch")
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


def recognitions_of_organisation(user: Actor, organisation_id: int) -> QuerySet[Recognition]:
    """Return what the organisation holds or takes part in."""
    involved = Q(holder_id=organisation_id) | Q(partners__organisation_id=organisation_id)
    rows = recognitions_visible_to(user).filter(involved).distinct()
    return rows.order_by("kind", "name_key", "id")


def areas_of_kind(user: Actor, kind: str) -> Sequence[tuple[str, str]]:
    """Return code and name of the areas that have rows of the kind, in the order of names."""
    rows = recognitions_visible_to(user).filter(kind=kind, area__code__isnull=False)
    pairs = rows.order_by("area__name_key").values_list("area__code", "area__name", "area__name_key")
    return [(code, name) for code, name, _key in pairs.distinct()]


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
