from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q

from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.queries import area_path
from zhiqiao.core.counted import counted_rows
from zhiqiao.core.measures import Bound, Count, ListState, measure_source
from zhiqiao.engines.trace import Record
from zhiqiao.packs import Measure


@measure_source("registry.organisations")
def count_organisations(
    measures: Sequence[Measure], *, area: str, at: date | None
) -> Mapping[str, Count]:
    """Count the registered bodies of each measure's kinds in the area, in one query.

    No list of bodies is declared complete, so a count is a lower bound, and no row means that
    nothing may be said.
    """
    kinds = {kind for measure in measures for kind in measure.kinds}
    rows = Organisation.objects.filter(
        counted_rows(), kind__in=kinds, region__path__startswith=area_path(area)
    )
    if at is None:
        rows = rows.filter(ended=False)
    else:
        rows = rows.filter(Q(ended=False) | Q(closed_on__gt=at)).exclude(founded_on__gt=at)
    found = list(rows.order_by("name_key", "id").values_list("kind", "uid", "name"))
    return {measure.name: _count(measure, found) for measure in measures}


def _count(measure: Measure, found: Sequence[tuple[str, object, str]]) -> Count:
    records = tuple(
        Record(kind="organisation", uid=str(uid), label=name)
        for kind, uid, name in found
        if kind in measure.kinds
    )
    if not records:
        return Count(None, Bound.NONE, ListState.NOT_LOADED)
    return Count(len(records), Bound.AT_LEAST, ListState.PARTIAL, records=records)
