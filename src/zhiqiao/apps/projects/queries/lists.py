"""How complete each list is, and what the register holds of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.cache import caches
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import DeclaredState, RecognitionState
from zhiqiao.apps.projects.models import ListDeclaration, Recognition
from zhiqiao.apps.projects.queries.pending import (
    PendingFilter,
    recognitions_waiting,
    rows_that_wait,
)
from zhiqiao.apps.projects.queries.recognitions import (
    areas_of_kind,
    counted_rows_under,
    real_recognitions_in,
    recognitions_visible_to,
)
from zhiqiao.apps.projects.rules import can_keep_register
from zhiqiao.apps.registry.queries import area_path
from zhiqiao.core import revisions
from zhiqiao.core.access import Actor
from zhiqiao.core.counted import is_demonstration_counted
from zhiqiao.core.fields import Provenance
from zhiqiao.core.measures import ListState
from zhiqiao.core.paging import bounded_count
from zhiqiao.core.policy import current_pack, spoken
from zhiqiao.packs import RecognitionKind

KEPT_SECONDS = 3_600
STATES = {
    ListState.COMPLETE: _("Complete list"),
    ListState.PARTIAL: _("Partial list"),
    ListState.NOT_LOADED: _("List not loaded"),
    ListState.NO_DATA: _("No data"),
}


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One register of the plan: how many rows, how many wait, how complete the list is."""

    kind: RecognitionKind
    rows: int
    elsewhere: int
    pending: int
    list_state: ListState
    declaration: ListDeclaration | None


@dataclass(frozen=True, slots=True)
class RegisterHead:
    """One register without its rows: its line, what was declared, the areas to choose from.

    ``total`` is the number of all its rows that this reader may see, as pages count it. What is
    drawn from the register is kept under ``key``.
    """

    key: str
    line: RegisterLine
    declarations: Sequence[ListDeclaration]
    areas: Sequence[tuple[str, str]]
    total: int


def list_states(area: str, *, at: date | None = None) -> Mapping[str, ListState]:
    """Return the state of the list of every kind of the pack for one area."""
    return list_states_under(area_path(area), at=at)


def list_states_under(path: str, *, at: date | None = None) -> Mapping[str, ListState]:
    """Return the state of every list; on a day, only lists known up to it can be complete."""
    about = () if is_demonstration_counted() else _declarations_about(path)
    loaded, complete = _summed_up(about, path, at=at)
    loaded |= set(counted_rows_under(path).order_by().values_list("kind", flat=True).distinct())
    return {kind: _state(kind, loaded, complete) for kind in current_pack().kinds}


def register_summary(user: Actor) -> list[RegisterLine]:
    """Return every register of the plan, in the order of the pack."""
    pack = current_pack()
    states = list_states(pack.area)
    here = _counted_by_kind(real_recognitions_in(pack.area))
    everywhere = _counted_by_kind(
        recognitions_visible_to(user).filter(state=RecognitionState.RECOGNISED)
    )
    waiting = _counted_by_kind(rows_that_wait())
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


def register_table(
    lines: Iterable[RegisterLine],
) -> tuple[list[str], list[tuple[object, ...]]]:
    """Return the summary of the registers as a file holds it; a list that was not entered has no number."""
    columns = [_("Kind of item"), _("In the area of the plan"), _("Elsewhere"), _("List")]
    return [str(column) for column in columns], [
        (
            spoken(line.kind.title),
            None if line.list_state == ListState.NOT_LOADED else line.rows,
            line.elsewhere,
            STATES[line.list_state],
        )
        for line in lines
    ]


def register_line(
    user: Actor, kind: RecognitionKind, declarations: Sequence[ListDeclaration]
) -> RegisterLine:
    """Return the line of one register, given the declarations of its lists."""
    area = current_pack().area
    path = area_path(area)
    in_force = Q(state=RecognitionState.RECOGNISED)
    here = Q(area__path__startswith=path)
    counted = recognitions_visible_to(user).filter(kind=kind.id)
    counts = counted.exclude(state=RecognitionState.WITHDRAWN).aggregate(
        here=Count("pk", filter=here),
        in_force_here=Count("pk", filter=here & in_force),
        in_force=Count("pk", filter=in_force),
    )
    loaded, complete = _summed_up(declarations, path)
    if counts["here"]:
        loaded.add(kind.id)
    return RegisterLine(
        kind=kind,
        rows=counts["in_force_here"],
        elsewhere=counts["in_force"] - counts["in_force_here"],
        pending=recognitions_waiting(user, wanted=PendingFilter(kind=kind.id)).count(),
        list_state=_state(kind.id, loaded, complete),
        declaration=next((one for one in declarations if one.area.code == area), None),
    )


def register_head(user: Actor, kind: RecognitionKind) -> RegisterHead:
    """Return what stands above and beside the rows of a register, kept until the next change."""
    pack = current_pack()
    keeper = bool(can_keep_register(user))
    version = revisions.number("plan")
    key = f"projects.register:{pack.digest[:16]}:{kind.id}:{version}:{keeper}"
    kept: RegisterHead | None = caches["process"].get(key)
    if kept is None:
        declarations = tuple(declarations_of_kind(kind.id))
        line = register_line(user, kind, declarations)
        areas = tuple(areas_of_kind(user, kind.id))
        total = bounded_count(recognitions_visible_to(user).filter(kind=kind.id))
        kept = RegisterHead(key, line, declarations, areas, total)
        caches["process"].set(key, kept, KEPT_SECONDS)
    return kept


def declarations_of_kind(kind: str) -> QuerySet[ListDeclaration]:
    found = _with_rows(ListDeclaration.objects.filter(kind=kind)).order_by("area__name_key", "id")
    return found.select_related("area", "citation", "file", "declared_by")


def listed_rows(kind: str, area: str) -> int:
    """Return how many rows a declaration for this kind and area is about."""
    return real_recognitions_in(area).filter(kind=kind).count()


def _counted_by_kind(rows: QuerySet[Recognition]) -> dict[str, int]:
    counted = rows.order_by().values_list("kind").annotate(rows=Count("pk"))
    return dict(counted)


def _declarations_about(path: str) -> Iterable[ListDeclaration]:
    """Return what was said of an area, of its parts and of its whole."""
    codes = path.strip("/").split("/")
    wholes = [f"/{'/'.join(codes[:length])}/" for length in range(1, len(codes) + 1)]
    found = ListDeclaration.objects.filter(
        Q(area__path__startswith=path) | Q(area__path__in=wholes)
    )
    return _with_rows(found).order_by().select_related("area")


def _with_rows(found: QuerySet[ListDeclaration]) -> QuerySet[ListDeclaration]:
    """Bring along how many rows each list holds now, as ``listed_rows`` counts them."""
    rows = Recognition.objects.filter(
        kind=OuterRef("kind"),
        area__path__startswith=OuterRef("area__path"),
        state=RecognitionState.RECOGNISED,
    ).exclude(provenance=Provenance.DEMONSTRATION)
    counted = rows.order_by().values("kind").annotate(rows=Count("pk")).values("rows")
    return found.annotate(listed=Coalesce(Subquery(counted), 0))


def _summed_up(
    said: Iterable[ListDeclaration], path: str, *, at: date | None = None
) -> tuple[set[str], set[str]]:
    """Return the kinds of which anything was said about the area, and the complete ones.

    Only a declaration for the area itself or for a whole that contains it makes it complete.
    """
    loaded: set[str] = set()
    complete: set[str] = set()
    for one in said:
        covers = path.startswith(one.area.path)
        if covers or one.area.path.startswith(path):
            loaded.add(one.kind)
        if covers and _is_complete(one, at=at):
            complete.add(one.kind)
    return loaded, complete


def _is_complete(declaration: ListDeclaration, *, at: date | None) -> bool:
    """Hold a declaration against the day that is asked about and against its published total."""
    listed = declaration.listed  # type: ignore[attr-defined] # annotated by _with_rows
    return (
        declaration.state == DeclaredState.COMPLETE
        and (at is None or declaration.as_of >= at)
        and declaration.declared_total in (None, listed)
    )


def _state(kind: str, loaded: set[str], complete: set[str]) -> ListState:
    if kind in complete:
        return ListState.COMPLETE
    return ListState.PARTIAL if kind in loaded else ListState.NOT_LOADED
