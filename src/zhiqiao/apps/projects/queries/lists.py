"""How complete each list is, and what the register holds of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from zhiqiao.apps.projects.choices import DeclaredState, RecognitionState
from zhiqiao.apps.projects.models import ListDeclaration, Recognition
from zhiqiao.apps.projects.queries.pending import PendingFilter, recognitions_waiting
from zhiqiao.apps.projects.queries.recognitions import (
    real_recognitions_in,
    real_rows_under,
    recognitions_visible_to,
)
from zhiqiao.apps.registry.queries import area_path
from zhiqiao.core.access import Actor
from zhiqiao.core.measures import ListState
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import RecognitionKind


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One register of the plan: how many rows, how many wait, how complete the list is."""

    kind: RecognitionKind
    rows: int
    elsewhere: int
    pending: int
    list_state: ListState
    declaration: ListDeclaration | None


def list_states(area: str) -> Mapping[str, ListState]:
    """Return the state of the list of every kind of the pack for one area."""
    return list_states_under(area_path(area))


def list_states_under(path: str) -> Mapping[str, ListState]:
    complete: set[str] = set()
    loaded = set(real_rows_under(path).order_by().values_list("kind", flat=True).distinct())
    for kind, state, declared_for in _declarations_about(path):
        loaded.add(kind)
        if state == DeclaredState.COMPLETE and path.startswith(declared_for):
            complete.add(kind)
    return {kind: _state(kind, loaded, complete) for kind in current_pack().kinds}


def register_summary(user: Actor) -> list[RegisterLine]:
    """Return every register of the plan, in the order of the pack."""
    pack = current_pack()
    states = list_states(pack.area)
    here = _counted_by_kind(real_recognitions_in(pack.area))
    everywhere = _counted_by_kind(
        recognitions_visible_to(user).filter(state=RecognitionState.RECOGNISED)
    )
    waiting = _counted_by_kind(recognitions_waiting(user))
    declared = {found.kind: found for found in ListDeclaration.objects.filter(area__code=pack.area)}
    return [
        RegisterLine(
            kind=kind,
            rows=here.get(name, 0),
            elsewhere=everywhere.get(name, 0) - here.get(name, 0),
            pending=waiting.get(name, 0),
            list_state=states[name],
            declaration=declared.get(name),
        )
        for name, kind in pack.kinds.items()
    ]


def register_line(user: Actor, kind: RecognitionKind) -> RegisterLine:
    """Return the line of one register; unlike the summary it asks only about this kind."""
    area = current_pack().area
    here = real_recognitions_in(area).filter(kind=kind.id).count()
    everywhere = recognitions_visible_to(user).filter(
        kind=kind.id, state=RecognitionState.RECOGNISED
    )
    return RegisterLine(
        kind=kind,
        rows=here,
        elsewhere=everywhere.count() - here,
        pending=recognitions_waiting(user, wanted=PendingFilter(kind=kind.id)).count(),
        list_state=list_states(area)[kind.id],
        declaration=declaration_of(kind.id, area),
    )


def declaration_of(kind: str, area: str) -> ListDeclaration | None:
    found = ListDeclaration.objects.filter(kind=kind, area__code=area)
    return found.select_related("area", "citation", "file", "declared_by").first()


def declarations_of_kind(kind: str) -> QuerySet[ListDeclaration]:
    found = ListDeclaration.objects.filter(kind=kind).order_by("area__name_key", "id")
    return found.select_related("area", "citation", "file", "declared_by")


def listed_rows(kind: str, area: str) -> int:
    """Return how many rows a declaration for this kind and area is about."""
    return real_recognitions_in(area).filter(kind=kind).count()


def _counted_by_kind(rows: QuerySet[Recognition]) -> dict[str, int]:
    counted = rows.order_by().values_list("kind").annotate(rows=Count("pk"))
    return dict(counted)


def _declarations_about(path: str) -> Iterable[tuple[str, str, str]]:
    """Return kind, state and path of what was said of an area, of its parts and of its whole."""
    codes = path.strip("/").split("/")
    wholes = [f"/{'/'.join(codes[:length])}/" for length in range(1, len(codes) + 1)]
    found = ListDeclaration.objects.filter(
        Q(area__path__startswith=path) | Q(area__path__in=wholes)
    )
    return found.order_by().values_list("kind", "state", "area__path")


def _state(kind: str, loaded: set[str], complete: set[str]) -> ListState:
    if kind in complete:
        return ListState.COMPLETE
    return ListState.PARTIAL if kind in loaded else ListState.NOT_LOADED
