"""Answers to what only a person may say about a row."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.keeping import (
    Change,
    announce,
    close_change,
    opened,
    person,
    recorded,
)
from zhiqiao.apps.projects.choices import LEVEL_PROPERTY
from zhiqiao.apps.projects.models import Judgement, Recognition
from zhiqiao.apps.projects.rules import can_be_asked, can_change, can_hold
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, refused
from zhiqiao.core.models import AuditEntry

YES = "yes"
NO = "no"


@transaction.atomic
def decide_judgement(
    recognition: Recognition,
    judgement: str,
    *,
    answer: bool,
    actor: Actor,
    reason: str,
    version: int | None = None,
) -> Judgement:
    """Answer a question; a later answer replaces the earlier one and the audit keeps both."""
    row = opened(recognition, Change(actor, reason, version))
    decision, entry = _judge(row, judgement, answer=answer, actor=actor, reason=reason)
    announce(row, entry)
    return decision


@transaction.atomic
def state_level(
    recognition: Recognition,
    *,
    level: str,
    actor: Actor,
    reason: str,
    version: int | None = None,
) -> Recognition:
    """Say at which level the item is recognised when its source does not."""
    change = Change(actor, reason, version)
    row = opened(recognition, change)
    announce(row, _state(row, level, change))
    return row


@transaction.atomic
def decide_several(
    recognitions: Sequence[Recognition],
    property_name: str,
    *,
    answer: str,
    actor: Actor,
    reason: str,
) -> int:
    """Give the same answer about several rows that still wait for it; all or nothing.

    A row that somebody answered meanwhile refuses the whole: its answer was not in view.
    """
    change = Change(actor, reason)
    entry = None
    row = None
    for recognition in sorted(recognitions, key=lambda one: one.pk):
        row = opened(recognition, change)
        if _is_answered(row, property_name):
            obey(refused("projects.changed-meanwhile", name=row.name))
        if property_name == LEVEL_PROPERTY:
            entry = _state(row, answer, change)
        else:
            _decision, entry = _judge(
                row, property_name, answer=answer == YES, actor=actor, reason=reason
            )
    if row and entry:
        announce(row, entry)
    return len(recognitions)


def _judge(
    row: Recognition, judgement: str, *, answer: bool, actor: Actor, reason: str
) -> tuple[Judgement, AuditEntry]:
    obey(can_change(row))
    obey(can_be_asked(judgement, kind=row.kind))
    found = Judgement.objects.filter(recognition=row, judgement=judgement).first()
    before = None if found is None else {"question": judgement, "answer": found.answer}
    decision = found or Judgement(recognition=row, judgement=judgement)
    decision.answer = answer
    decision.reason = reason.strip()
    decision.decided_by_id = person(actor)
    decision.decided_at = timezone.now()
    decision.save()
    row.version += 1
    row.save(update_fields=["version", "updated_at"])
    entry = audit.record(
        actor=actor,
        verb="projects.recognition.judged",
        subject=row,
        before=before,
        after={"question": judgement, "answer": answer},
        reason=decision.reason,
    )
    return decision, entry


def _state(row: Recognition, level: str, change: Change) -> AuditEntry:
    person(change.actor)
    obey(can_change(row))
    obey(can_hold(kind=row.kind, name=row.name, level=level))
    if row.level == level:
        obey(refused("projects.nothing-changed"))
    before = recorded(row)
    row.level = level
    return close_change(row, change, verb="level_stated", before=before)


def _is_answered(row: Recognition, property_name: str) -> bool:
    if property_name == LEVEL_PROPERTY:
        return bool(row.level)
    return Judgement.objects.filter(recognition=row, judgement=property_name).exists()
