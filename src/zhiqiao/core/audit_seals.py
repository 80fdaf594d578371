"""Seals: each covers the audit entries since the last one, and the last one itself.

A seal stores SHA-256 over the digest of the seal before it and the number and digest of every
entry in its range. Whoever changes, removes or slips in a row, even the owner of the tables
with the triggers off, must also recompute every later seal; a seal kept elsewhere shows it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from zhiqiao.core.audit_digest import digest_of
from zhiqiao.core.models import AuditEntry, AuditSeal

FIRST_LINK = "0" * 64
LOCK_WAIT = "2s"


@dataclass(frozen=True, slots=True)
class SealProblem:
    """``kind``: entry-changed, range-changed, chain-broken."""

    kind: str
    seal: int | None
    entry: int | None


def seal_audit() -> AuditSeal | None:
    """Seal what is not sealed yet; None when there is nothing, or a long write is under way.

    Numbers are given out before they are committed. The short lock waits for the writers in
    flight, so that no lower number can appear behind the seal.
    """
    try:
        with transaction.atomic():
            _wait_for_writers()
            return _seal_rest()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "55P03":
            return None
        raise


def _wait_for_writers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        cursor.execute("SELECT core_wait_for_audit_writers()")


def _seal_rest() -> AuditSeal | None:
    last = AuditSeal.objects.order_by("-id").first()
    entries = AuditEntry.objects.filter(id__gt=last.last_entry if last else 0).order_by("id")
    numbered = list(entries.values_list("id", "digest"))
    if not numbered:
        return None
    link = last.digest if last else FIRST_LINK
    return AuditSeal.objects.create(
        sealed_at=timezone.now(),
        first_entry=numbered[0][0],
        last_entry=numbered[-1][0],
        entries=len(numbered),
        previous_digest=link,
        digest=_sealed(link, numbered),
    )


def _sealed(link: str, numbered: Iterable[tuple[int, str]]) -> str:
    digest = hashlib.sha256(link.encode())
    for number, entry_digest in numbered:
        digest.update(f"\n{number}:{entry_digest}".encode())
    return digest.hexdigest()


def verify_seals() -> list[SealProblem]:
    """Recompute every digest from the rows themselves and name what does not agree."""
    return [*_changed_entries(), *_broken_seals()]


def _changed_entries() -> Iterator[SealProblem]:
    for entry in AuditEntry.objects.order_by("id").iterator(chunk_size=2_000):
        if digest_of(entry) != entry.digest:
            yield SealProblem("entry-changed", None, entry.pk)


def _broken_seals() -> Iterator[SealProblem]:
    link, covered = FIRST_LINK, 0
    for seal in AuditSeal.objects.order_by("id"):
        if seal.previous_digest != link:
            yield SealProblem("chain-broken", seal.pk, None)
        entries = AuditEntry.objects.filter(id__gt=covered, id__lte=seal.last_entry)
        numbered = list(entries.order_by("id").values_list("id", "digest"))
        if _sealed(seal.previous_digest, numbered) != seal.digest:
            yield SealProblem("range-changed", seal.pk, None)
        link, covered = seal.digest, seal.last_entry
