"""Files of a draft: taken in by what they are and not by their name, scanned, and taken out again."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.beginning import refuse_closed
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.engine_io import scan_of
from zhiqiao.apps.projects.models import Application, ApplicationFile
from zhiqiao.apps.projects.queries import paper_digest_of, written_of
from zhiqiao.apps.projects.queries.written import SEALED_COPY
from zhiqiao.apps.projects.rules import can_write
from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import InputError, MissingError, RuleError, TooLargeError
from zhiqiao.core.models import StoredFile
from zhiqiao.packs import FileWanted

MEGABYTE = 1024**2
SAME_ENDING = {"jpeg": "jpg"}
SHORTEST_DIGEST = 8
MISSED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in; ``printed`` is the check number at the foot of a sealed paper copy."""

    name: str
    size: int
    chunks: Iterable[bytes]
    printed: str = ""


def attach_file_to(
    application: Application, wanted: str, upload: Upload, *, actor: Actor
) -> ApplicationFile:
    """Store and scan a file, then tie it to the draft.

    The scanner is asked before the transaction begins, so that a slow one holds nothing up. The file
    has no owner of its own: it is sent only by the page of the application, which knows who may.
    """
    require(can_write(actor, application))
    refuse_closed(application)
    rule = _known(application, wanted)
    _refuse_unfit(rule, upload)
    printed = _read_digest(upload.printed)
    stored = files.store(upload.name, _measured(upload, rule), actor=None)
    return _tie(application, wanted, stored, scan=scan_of(stored), printed=printed, actor=actor)


@transaction.atomic
def _tie(
    application: Application,
    wanted: str,
    stored: StoredFile,
    *,
    scan: FileState,
    printed: str,
    actor: Actor,
) -> ApplicationFile:
    row = locked_application(application)
    refuse_closed(row)
    there = ApplicationFile.objects.filter(application=row, wanted=wanted)
    most = _known(row, wanted).most
    if there.exclude(scan=FileState.INFECTED).count() >= most:
        raise RuleError("projects.files-enough", most=most)
    if there.filter(file__sha256=stored.sha256).exists():
        raise RuleError("projects.file-twice", name=stored.name)
    if wanted == SEALED_COPY and not printed:
        printed = paper_digest_of(written_of(row))
    made = ApplicationFile.objects.create(
        application=row,
        wanted=wanted,
        file=stored,
        scan=scan,
        printed_digest=printed if wanted == SEALED_COPY else "",
        added_by_id=getattr(actor, "pk", None),
        added_at=timezone.now(),
    )
    after = {"wanted": wanted, "sha256": stored.sha256, "scan": str(scan)}
    _record(row, "file_added", after, actor=actor)
    return made


@transaction.atomic
def remove_file(attachment: ApplicationFile, *, actor: Actor) -> None:
    """Take a file out of a draft; what was handed in keeps its files."""
    require(can_write(actor, attachment.application))
    row = locked_application(attachment.application)
    refuse_closed(row)
    after = {"wanted": attachment.wanted, "sha256": attachment.file.sha256}
    ApplicationFile.objects.filter(pk=attachment.pk, application=row).delete()
    _record(row, "file_removed", after, actor=actor)


def scan_waiting(*, at_most: int = 50) -> int:
    """Scan what could not be scanned when it came in; called by the worker. Returns how many could be.

    In no order, and not much longer than the scanner answers: a file that it always refuses is in
    nobody's way for long.
    """
    rows = ApplicationFile.objects.filter(scan=FileState.UNCHECKED).select_related("file")
    scanned, missed = 0, 0
    for row in rows.order_by("?")[:at_most]:
        found = scan_of(row.file)
        if found == FileState.UNCHECKED:
            missed += 1
            if missed == MISSED_AT_MOST:
                break
        else:
            _note_scan(row, found)
            scanned += 1
    return scanned


@transaction.atomic
def _note_scan(attachment: ApplicationFile, found: FileState) -> None:
    ApplicationFile.objects.filter(pk=attachment.pk).update(scan=found)
    after = {"wanted": attachment.wanted, "scan": str(found)}
    _record(attachment.application, "file_scanned", after, actor=None)


def _known(application: Application, wanted: str) -> FileWanted:
    rule = application.call.rules.lifecycle.files.get(wanted)
    if rule is None:
        raise MissingError("projects.missing")
    return rule


def _refuse_unfit(rule: FileWanted, upload: Upload) -> None:
    ending = PurePath(upload.name).suffix.lower().removeprefix(".")
    if SAME_ENDING.get(ending, ending) not in {SAME_ENDING.get(one, one) for one in rule.endings}:
        accepted = ", ".join(rule.endings)
        raise InputError("projects.file-ending", name=upload.name[:80], accepted=accepted)
    if upload.size > rule.most_mb * MEGABYTE:
        _refuse_large(upload, rule)


def _measured(upload: Upload, rule: FileWanted) -> Iterable[bytes]:
    """Count what really comes, whatever was announced."""
    size = 0
    for chunk in upload.chunks:
        size += len(chunk)
        if size > rule.most_mb * MEGABYTE:
            _refuse_large(upload, rule)
        yield chunk


def _refuse_large(upload: Upload, rule: FileWanted) -> None:
    raise TooLargeError("projects.file-large", name=upload.name[:80], most=rule.most_mb)


def _read_digest(typed: str) -> str:
    """Read the check number of a paper, of which the first eight signs are enough."""
    text = re.sub(r"[\s-]", "", typed).lower()
    if text and not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_DIGEST},64}}", text):
        raise InputError("projects.digest-unreadable", typed=typed.strip()[:80])
    return text


def _record(
    application: Application, verb: str, after: Mapping[str, object], *, actor: Actor
) -> None:
    verb = f"projects.application.{verb}"
    audit.record(actor=actor, verb=verb, subject=application, before=None, after=after)
