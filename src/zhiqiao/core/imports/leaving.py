"""What is left of an import once it was written, or given up: of personal tables only their hashes."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.spec import spec, specs
from zhiqiao.core.jobs import MORNING, upkeep

# A personal table that lies so long without being written is given up by the system.
LIES_AT_MOST = timedelta(days=14)
AT_REST = (
    BatchState.UPLOADED,
    BatchState.MAPPED,
    BatchState.CHECKED,
    BatchState.REFUSED,
    BatchState.FAILED,
)


def leave_behind(batch: ImportBatch) -> None:
    """Drop the staged rows, and of a personal table its file and workbook of problems as well.

    The hashes stay with the records of the files and in the audit.
    """
    staging.clear(batch)
    if not spec(batch.spec).is_personal:
        return
    for stored in (batch.file, batch.error_file):
        if stored is not None:
            files.forget(stored)


def give_up(batch: ImportBatch, *, actor: Actor, reason: str = "") -> ImportBatch:
    """Give up an import that its caller has locked."""
    leave_behind(batch)
    audit.record(
        actor=actor,
        verb="imports.batch.cancelled",
        subject=batch,
        before={"state": batch.state},
        after={"state": BatchState.CANCELLED, "sha256": batch.file.sha256},
        reason=reason,
    )
    batch.state = BatchState.CANCELLED
    batch.save()
    return batch


@upkeep("imports.left_lying", cron=MORNING)
@transaction.atomic
def give_up_what_lies() -> int:
    """Give up the personal tables that nobody went on with; how many there were."""
    personal = [one.key for one in specs() if one.is_personal]
    lying = ImportBatch.objects.select_for_update(of=("self",), skip_locked=True).filter(
        spec__in=personal, state__in=AT_REST, opened_at__lt=timezone.now() - LIES_AT_MOST
    )
    batches = list(lying.select_related("file", "error_file"))
    for batch in batches:
        give_up(batch, actor=None)
    return len(batches)
