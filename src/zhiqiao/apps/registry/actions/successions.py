from dataclasses import dataclass

from django.db import transaction

from zhiqiao.apps.registry.actions.organisations import AUDITED, announce_changes
from zhiqiao.apps.registry.actions.sources import Source, cited
from zhiqiao.apps.registry.choices import ENDING_CHANGES, OrganisationChange
from zhiqiao.apps.registry.models import Organisation, OrganisationSuccession
from zhiqiao.apps.registry.queries import line_of
from zhiqiao.apps.registry.rules import can_write_registry
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.values import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of a body: `happened_on` as far as it is known, None when no source says."""

    kind: str
    successor: Organisation | None = None
    happened_on: PartialDate | None = None
    source: Source | None = None
    note: str = ""


@transaction.atomic
def record_succession(
    predecessor: Organisation, step: Step, *, actor: Actor, reason: str = ""
) -> OrganisationSuccession:
    """Say what followed a body. Its records stay with it; an ending change marks it as ended."""
    require(can_write_registry(actor))
    predecessor = Organisation.objects.select_for_update(of=("self",)).get(pk=predecessor.pk)
    _refuse_nonsense(predecessor, step)
    before = audit.snapshot(predecessor, AUDITED)
    succession = OrganisationSuccession.objects.create(
        predecessor=predecessor,
        successor=step.successor,
        kind=step.kind,
        happened_on=step.happened_on,  # type: ignore[misc] # the field takes its own value type
        citation=cited(step.source),
        note=step.note.strip(),
    )
    if step.kind in ENDING_CHANGES:
        _end(predecessor, step.happened_on)
    successor = str(step.successor.uid) if step.successor else None
    audit.record(
        actor=actor,
        verb="registry.succession.recorded",
        subject=predecessor,
        before=before,
        after={
            **audit.snapshot(predecessor, AUDITED),
            "change": str(step.kind),
            "successor": successor,
            "happened_on": str(step.happened_on or ""),
        },
        reason=reason,
    )
    announce_changes([predecessor.pk])
    return succession


def _refuse_nonsense(predecessor: Organisation, step: Step) -> None:
    successor = step.successor
    if step.kind == OrganisationChange.CLOSED and successor is not None:
        raise RuleError("registry.closure_has_no_successor", name=successor.name)
    if step.kind != OrganisationChange.CLOSED and successor is None:
        raise RuleError("registry.succession_needs_successor")
    same = predecessor.successions.filter(successor=successor, kind=step.kind)
    if same.exists():
        raise RuleError("registry.succession_said_already", predecessor=predecessor.name)
    if successor is not None and successor.pk in line_of(
        predecessor, changes=OrganisationChange.values
    ):
        raise RuleError(
            "registry.succession_in_a_circle",
            predecessor=predecessor.name,
            successor=successor.name,
        )


def _end(organisation: Organisation, happened_on: PartialDate | None) -> None:
    organisation.ended = True
    if happened_on is not None and happened_on.is_exact:
        organisation.closed_on = happened_on.earliest
    organisation.save(update_fields=["ended", "closed_on"])
