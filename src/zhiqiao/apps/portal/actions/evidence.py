"""The yearly audit of minors' data: what this installation can prove, in one dated workbook."""

from tempfile import SpooledTemporaryFile

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.apps.portal.queries.evidence import evidence_sheets
from zhiqiao.apps.portal.rules import can_read_audit
from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor, require
from zhiqiao.core.dates import today
from zhiqiao.core.exports import SPOOLED, write_sheets
from zhiqiao.core.jobs import start_job
from zhiqiao.core.models import Job, StoredFile

MINORS_EVIDENCE = "portal.minors_evidence"


@transaction.atomic
def start_minors_evidence(year: int, *, actor: Actor) -> Job:
    """Make the evidence apart from the request; the file belongs to who asked for it."""
    require(can_read_audit(actor))
    arguments = {"year": year, "language": get_language(), "person": getattr(actor, "pk", None)}
    return start_job(MINORS_EVIDENCE, actor=actor, arguments=arguments)


@transaction.atomic
def make_minors_evidence(year: int, *, actor: Actor) -> StoredFile:
    """Write and keep the workbook; the audit trail keeps its hash, so that a changed copy shows."""
    require(can_read_audit(actor))
    with SpooledTemporaryFile(SPOOLED) as content:
        write_sheets(content, evidence_sheets(year))
        content.seek(0)
        name = _("minors-data-%(year)s-as-of-%(day)s.xlsx") % {"year": year, "day": today()}
        stored = files.store(name, content, actor=actor)
    audit.record(
        actor=actor,
        verb="portal.minors_evidence.made",
        subject=stored,
        before=None,
        after={"year": year, "sha256": stored.sha256},
    )
    return stored
