from pathlib import Path

from zhiqiao.apps.registry.actions.loading_regions import Advances, Row, rows_of, source_of
from zhiqiao.apps.registry.actions.organisations import (
    NewOrganisation,
    add_other_name,
    create_organisation,
)
from zhiqiao.apps.registry.actions.successions import Step, record_succession
from zhiqiao.apps.registry.choices import NameKind, OrganisationChange
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.core.access import Actor
from zhiqiao.core.fields import Provenance
from zhiqiao.core.values import PartialDate


def record_known(path: Path, actor: Actor, progress: Advances | None) -> int:
    """Record what is not yet recorded; a row whose present body is not registered is left out."""
    rows = rows_of(path)
    written = 0
    if progress is not None:
        progress.begin(len(rows), "")
    for row in rows:
        present = Organisation.objects.filter(name=row["successor"]).first()
        if present is not None:
            written += _record(row, present, actor)
        if progress is not None:
            progress.advance(1)
    return written


def _record(row: Row, present: Organisation, actor: Actor) -> bool:
    if row["kind"] == OrganisationChange.RENAMED:
        return add_other_name(
            present,
            name=row["predecessor"],
            kind=NameKind.FORMER,
            actor=actor,
            reason=row["note"],
            source=source_of(row),
        )
    predecessor = Organisation.objects.filter(name=row["predecessor"]).first()
    if predecessor is None:
        predecessor = create_organisation(_body_of_its_time(row, present), actor=actor)
    if predecessor.successions.filter(successor=present, kind=row["kind"]).exists():
        return False
    happened_on = PartialDate.parse(row["happened_on"]) if row["happened_on"] else None
    step = Step(
        kind=row["kind"],
        successor=present,
        happened_on=happened_on,
        source=source_of(row),
        note=row["note"],
    )
    record_succession(predecessor, step, actor=actor)
    return True


def _body_of_its_time(row: Row, present: Organisation) -> NewOrganisation:
    return NewOrganisation(
        name=row["predecessor"],
        kind=row["predecessor_kind"],
        provenance=Provenance.PUBLIC_SOURCE,
        ownership=present.ownership,
        region=present.region,
        source=source_of(row),
    )
