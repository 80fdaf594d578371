"""The audit trail: written with each change, sealed from time to time, verifiable by anybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhiqiao.core.access import Actor
from zhiqiao.core.audit_digest import digest_of, json_safe
from zhiqiao.core.audit_seals import SealProblem, seal_audit, verify_seals
from zhiqiao.core.context import request_id, through
from zhiqiao.core.models import AuditEntry

__all__ = [
    "Change",
    "SealProblem",
    "digest_of",
    "history_of",
    "record",
    "record_many",
    "seal_audit",
    "snapshot",
    "verify_seals",
]


@dataclass(frozen=True, slots=True)
class Change:
    subject: models.Model
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = field(default="", kw_only=True)


def record(
    *,
    actor: Actor,
    verb: str,
    subject: models.Model,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str = "",
) -> AuditEntry:
    """Write one change down, inside the transaction of the change."""
    entries = record_many([Change(subject, before, after, reason=reason)], actor=actor, verb=verb)
    return entries[0]


def record_many(changes: Iterable[Change], *, actor: Actor, verb: str) -> list[AuditEntry]:
    """Write many changes of one verb down, in few statements (imports)."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            f"The audit entry {verb} must be written inside the transaction of its change."
        )
    entries = [_entry(change, actor=actor, verb=verb) for change in changes]
    return AuditEntry.objects.bulk_create(entries, batch_size=2_000)


def _entry(change: Change, *, actor: Actor, verb: str) -> AuditEntry:
    subject = change.subject
    account = actor if isinstance(actor, AbstractBaseUser) else None
    entry = AuditEntry(
        at=timezone.now(),
        actor_id=account.pk if account else None,
        actor_name=account.get_username()[:150] if account else "",
        through=through.get(),
        verb=verb,
        subject_type=_label(subject),
        subject_id=subject.pk,
        subject_uid=getattr(subject, "uid", None),
        subject_label=json_safe(str(subject))[:300],
        before=None if change.before is None else json_safe(change.before),
        after=None if change.after is None else json_safe(change.after),
        reason=json_safe(change.reason),
        request_id=request_id.get(),
    )
    entry.digest = digest_of(entry)
    return entry


def _label(subject: models.Model) -> str:
    return subject._meta.label_lower  # noqa: SLF001 - Django's documented name


def snapshot(instance: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """Give the named fields in JSON types; a foreign key gives the number of its row."""
    values: dict[str, Any] = {}
    for name in fields:
        model_field = instance._meta.get_field(name)  # noqa: SLF001 - Django's documented name
        attribute = getattr(model_field, "attname", name)
        values[name] = json_safe(getattr(instance, attribute))
    return values


def history_of(subject: models.Model) -> QuerySet[AuditEntry]:
    return (
        AuditEntry.objects.filter(subject_type=_label(subject), subject_id=subject.pk)
        .select_related("actor")
        .order_by("-id")
    )
