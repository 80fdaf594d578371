"""The audit trail as people read it: words for verbs, links to records, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from zhiqiao.apps.portal.choices import VERBS
from zhiqiao.apps.portal.rules import can_read_audit
from zhiqiao.apps.projects.queries import titles_of_moves
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import region_zone
from zhiqiao.core.models import AuditEntry, AuditSeal

if TYPE_CHECKING:
    from uuid import UUID

APPLICATION = "projects.application"
PAGES: Mapping[str, str] = {
    "projects.recognition": "projects:recognition",
    "registry.organisation": "registry:organisation",
    "registry.region": "registry:region",
    "plan.freeze": "plan:freeze",
    "accounts.user": "accounts:user",
    "core.importbatch": "portal:import_detail",
    "core.job": "portal:job",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with the words and the address that the page shows."""

    entry: AuditEntry
    word: str
    address: str
    changes: tuple[tuple[str, object, object], ...]
    move: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the reader looks for; an empty value does not restrict."""

    account: str = ""
    verb: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


def audit_visible_to(user: Actor, wanted: AuditFilter) -> QuerySet[AuditEntry]:
    """Return the trail to the audit administrator, newest first; to others nothing."""
    if not can_read_audit(user):
        return AuditEntry.objects.none()
    rows = AuditEntry.objects.order_by("-id")
    if wanted.account:
        rows = rows.filter(actor_name__icontains=wanted.account)
    if wanted.verb:
        rows = rows.filter(verb=wanted.verb)
    if wanted.subject:
        rows = rows.filter(subject_label__icontains=wanted.subject)
    if wanted.since:
        rows = rows.filter(at__gte=_instant(wanted.since, time.min))
    if wanted.until:
        rows = rows.filter(at__lte=_instant(wanted.until, time.max))
    return rows


def recent_work_of(user: Actor, *, limit: int = 8) -> list[Line]:
    """Return what the person did last."""
    entries = AuditEntry.objects.filter(actor_id=getattr(user, "pk", None) or 0).order_by("-id")
    found = list(entries[:limit])
    titles = _titles_of_moves(found)
    return [replace(line(entry), move=titles.get(entry.pk, "")) for entry in found]


def _titles_of_moves(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Return the titles of the moves among the entries, by the key of the entry."""
    moves: dict[int, tuple[UUID, str]] = {}
    for entry in entries:
        name = (entry.after or {}).get("move")
        if name and entry.subject_uid and entry.subject_type == APPLICATION:
            moves[entry.pk] = (entry.subject_uid, str(name))
    taken: dict[UUID, set[str]] = {}
    for uid, name in moves.values():
        taken.setdefault(uid, set()).add(name)
    titles = titles_of_moves(taken)
    return {key: titles.get(move, "") for key, move in moves.items()}


def latest_seal() -> AuditSeal | None:
    return AuditSeal.objects.order_by("-id").first()


def line(entry: AuditEntry) -> Line:
    return Line(entry, str(VERBS.get(entry.verb, entry.verb)), _address(entry), _changes(entry))


def _instant(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=region_zone())


def _address(entry: AuditEntry) -> str:
    page = PAGES.get(entry.subject_type)
    if page is None or entry.subject_uid is None:
        return ""
    try:
        return reverse(page, args=[entry.subject_uid])
    except NoReverseMatch:
        return ""


def _changes(entry: AuditEntry) -> tuple[tuple[str, object, object], ...]:
    before, after = entry.before or {}, entry.after or {}
    names = dict.fromkeys([*before, *after])
    return tuple(
        (name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )
