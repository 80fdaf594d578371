"""What the plan does when records below it change."""

from typing import Any

from django.db import transaction

from zhiqiao.apps.plan.actions import record_figures
from zhiqiao.apps.plan.queries.board import REVISION
from zhiqiao.core.events import subscribe
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import MORNING, upkeep
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.policy import current_pack
from zhiqiao.core.revisions import bump


@subscribe("projects.recognition_changed")
@subscribe("projects.list_declared")
def keep_history_of_figures(*, audit_entry: Any = None, **_payload: object) -> None:
    record_figures(audit_entry)


@upkeep("plan.history_of_figures", cron=MORNING)
@transaction.atomic
def keep_history_of_days() -> None:
    """Note what moved without a change of a record: a deadline that passed, another pack."""
    bump(REVISION)
    record_figures(None)


@subscribe("imports.batch_committed")
def keep_history_after_import(*, batch: ImportBatch, audit_entry: AuditEntry) -> None:
    """Name the import, with the digest of its file, as the cause of the figures that it moved."""
    if any(measure.source == batch.spec for measure in current_pack().measures.values()):
        record_figures(audit_entry)
