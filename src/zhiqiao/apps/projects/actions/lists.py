"""Statements on how complete a list is."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.choices import DeclaredState
from zhiqiao.apps.projects.models import ListDeclaration
from zhiqiao.apps.projects.queries import kind_or_missing, listed_rows
from zhiqiao.apps.projects.rules import (
    can_be_declared,
    can_declare_complete,
    can_keep_register,
)
from zhiqiao.apps.registry.queries import region_by_name, regions_named, regions_visible_to
from zhiqiao.core import audit, events, revisions
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.models import AuditEntry, StoredFile
from zhiqiao.core.policy import current_pack

STATED = ("state", "as_of", "declared_total", "basis", "citation_id", "file_id")
RECORDED = ("kind", "area_id", *STATED)


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says about one list: how complete, up to which day, by whose word."""

    state: DeclaredState
    as_of: date
    basis: str
    declared_total: int | None = None
    citation_id: int | None = None
    file_id: int | None = None


@transaction.atomic
def declare_list(
    kind: str,
    area: str,
    *,
    statement: Statement,
    actor: Actor,
    seen_at: datetime | None = None,
) -> ListDeclaration:
    """Declare one list of an area; it replaces the earlier statement, which the audit keeps.

    ``seen_at`` is when the person looked; what somebody else declared since is not overwritten.
    """
    require(can_keep_register(actor))
    revisions.bump("plan")
    present = ListDeclaration.objects.filter(kind=kind, area__code=area).first()
    if present and seen_at and present.declared_at > seen_at:
        raise RuleError("projects.changed-meanwhile", name=kind_or_missing(kind).title)
    statement = _with_its_proof(statement, present)
    declaration, entry = _declared(kind, area, statement=statement, actor=actor)
    if entry is None:
        raise RuleError("projects.nothing-changed")
    events.publish("projects.list_declared", kind=kind, area=area, audit_entry=entry)
    return declaration


def _with_its_proof(statement: Statement, present: ListDeclaration | None) -> Statement:
    """Keep page and file of the present declaration as long as it rests on the same word."""
    brings_its_own = statement.citation_id or statement.file_id
    if present is None or brings_its_own or present.basis != statement.basis:
        return statement
    return replace(statement, citation_id=present.citation_id, file_id=present.file_id)


def _declared(
    kind: str, area: str, *, statement: Statement, actor: Actor
) -> tuple[ListDeclaration, AuditEntry | None]:
    """Write a statement that the rules allow; without an entry when it says nothing new."""
    kind_or_missing(kind)
    region = regions_visible_to(actor).filter(code=area).first()
    if region is None:
        raise InputError("projects.area-unknown", area=area)
    _check(kind, area, statement)
    found = ListDeclaration.objects.select_for_update(of=("self",))
    declaration = found.filter(kind=kind, area=region).first()
    before = audit.snapshot(declaration, RECORDED) if declaration else None
    declaration = declaration or ListDeclaration(kind=kind, area=region)
    for field in STATED:
        setattr(declaration, field, getattr(statement, field))
    if audit.snapshot(declaration, RECORDED) == before:
        return declaration, None
    declaration.declared_by_id = actor.pk if actor else None
    declaration.declared_at = timezone.now()
    declaration.save()
    entry = audit.record(
        actor=actor,
        verb="projects.list.declared",
        subject=declaration,
        before=before,
        after=audit.snapshot(declaration, RECORDED),
        reason=declaration.basis,
    )
    return declaration, entry


def _check(kind: str, area: str, statement: Statement) -> None:
    if not statement.basis.strip():
        raise RuleError("projects.reason-missing")
    obey(can_be_declared(statement.as_of, today=today()))
    if statement.state == DeclaredState.COMPLETE:
        listed = listed_rows(kind, area)
        obey(can_declare_complete(declared=statement.declared_total, listed=listed))


@dataclass(frozen=True, slots=True)
class CompleteList:
    """One line of the import form: a list that is complete, its total, by whose word."""

    kind: str
    area: str
    declared_total: int | None
    basis: str


def read_complete_lists(text: str) -> list[CompleteList]:
    """Read lines of kind, area, published total and by whose word; a total may be left out."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        kind, area, total, basis = _parts(line)
        region = region_by_name(area)
        is_known = kind in current_pack().kinds and region is not None and region.code
        if region is None or not is_known or not (total.isdecimal() or not total):
            raise InputError("projects.lists-unreadable", line=number, given=line.strip())
        found.append(CompleteList(kind, region.code, int(total) if total else None, basis))
    return found


def declare_imported_lists(batch: ImportBatch, *, actor: Actor) -> int:
    """Declare the lists of a file: complete where its options say so, otherwise partial.

    A list that somebody declared before keeps its declaration, unless the options call it
    complete.
    """
    revisions.bump("plan")
    options = batch.options or {}
    as_of = date.fromisoformat(str(options["as_of"])) if options.get("as_of") else today()
    basis = str(options.get("basis") or batch.file.name)
    notice = notice_of(batch)
    stated = {
        (one.kind, one.area): Statement(
            state=DeclaredState.COMPLETE,
            as_of=as_of,
            basis=one.basis or basis,
            declared_total=one.declared_total,
            file_id=notice,
        )
        for one in read_complete_lists(str(options.get("complete_lists") or ""))
    }
    partial = Statement(DeclaredState.PARTIAL, as_of, basis, file_id=notice)
    for pair in _undeclared(batch):
        stated.setdefault(pair, partial)
    written = [
        _declared(kind, area, statement=statement, actor=actor)
        for (kind, area), statement in stated.items()
    ]
    return sum(entry is not None for _declaration, entry in written)


def notice_of(batch: ImportBatch) -> int | None:
    """Return the stored notice that the options attach to every row of the file."""
    uid = (batch.options or {}).get("notice")
    if not uid:
        return None
    return StoredFile.objects.filter(uid=uid).values_list("pk", flat=True).first()


def _parts(line: str) -> list[str]:
    folded = line.replace("\N{FULLWIDTH COMMA}", ",")
    parts = [part.strip() for part in folded.split(",", maxsplit=3)]
    kind, area, total, basis = (*parts, "", "", "", "")[:4]
    return [_kind_called(kind), area, total, basis]


def _kind_called(words: str) -> str:
    for name, kind in current_pack().kinds.items():
        if words in (name, kind.title.zh, kind.title.en):
            return name
    return words


def _undeclared(batch: ImportBatch) -> list[tuple[str, str]]:
    """Return kind and area code of the lists in the file that nobody declared yet."""
    rows = batch.rows.filter(values__isnull=False).order_by()
    pairs = set(rows.values_list("values__kind", "values__area").distinct())
    regions = regions_named({area for _kind, area in pairs})
    declared = set(ListDeclaration.objects.values_list("kind", "area__code"))
    named = ((kind, regions[area]) for kind, area in sorted(pairs))
    found = [(kind, region.code) for kind, region in named if region and region.code]
    return [pair for pair in found if pair not in declared]
