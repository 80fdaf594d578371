"""Write a checked batch into the records: all of it or nothing."""

from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiqiao.core import audit, events
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import RuleError
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.imports.doubts import as_json as doubt_as_json
from zhiqiao.core.imports.doubts import open_doubts
from zhiqiao.core.imports.leaving import leave_behind
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import ROWS_LEFT_OUT, as_json
from zhiqiao.core.imports.spec import ImportSpec, spec
from zhiqiao.core.jobs import Progress
from zhiqiao.core.models import AuditEntry

COUNTED = ("added", "changed", "unchanged")


@transaction.atomic
def commit_batch(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Check once more, because the records may have changed since, then write."""
    its_spec = spec(batch.spec)
    _one_at_a_time(its_spec)
    if _found_anew(batch, its_spec):
        batch.save()
        return dict(batch.counts)
    progress.begin(batch.counts["rows"], _("The rows are being written."))
    batch.counts |= write_rows(batch, actor, progress)
    batch.state, batch.committed_at = BatchState.COMMITTED, timezone.now()
    batch.committed_by_id = actor.pk if isinstance(actor, AbstractBaseUser) else None
    batch.save()
    entry = _record(batch, actor)
    leave_behind(batch)
    events.publish("imports.batch_committed", batch=batch, audit_entry=entry)
    return dict(batch.counts)


def write_rows(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Let the app write; every row must be accounted for as added, changed or unchanged."""
    counts = spec(batch.spec).commit(batch, actor, progress)
    written = sum(counts.get(name, 0) for name in COUNTED)
    if written != batch.counts["rows"]:
        raise RuleError(ROWS_LEFT_OUT, written=written, rows=batch.counts["rows"])
    return counts


def _one_at_a_time(its_spec: ImportSpec) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('core.imports', hashtext(%s)))",
            [its_spec.key],
        )


def _found_anew(batch: ImportBatch, its_spec: ImportSpec) -> bool:
    """Note what the check would find now that it did not find before."""
    problems = list(its_spec.check(batch))
    if problems:
        whole = staging.add_problems(batch, problems)
        faulty, errors = staging.count_faults(batch)
        batch.problems = [as_json(problem) for problem in whole]
        batch.counts |= {"errors": errors + len(whole), "faulty": faulty}
        batch.state = BatchState.REFUSED
        return True
    batch.doubts = [doubt_as_json(doubt) for doubt in its_spec.doubts(batch)]
    batch.counts["doubts"] = len(open_doubts(batch))
    if batch.counts["doubts"]:
        batch.state = BatchState.CHECKED
        return True
    return False


def _record(batch: ImportBatch, actor: Actor) -> AuditEntry:
    after = {"file": batch.file.name, "sha256": batch.file.sha256, "counts": batch.counts}
    return audit.record(
        actor=actor, verb="imports.batch.committed", subject=batch, before=None, after=after
    )
