"""The two jobs of an import; each does all of its work in one transaction or nothing."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from zhiqiao.core.choices import JobState
from zhiqiao.core.events import subscribe
from zhiqiao.core.holdings import Holding, holding_source
from zhiqiao.core.imports.check import check_batch
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.imports.commit import commit_batch
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress, job_kind
from zhiqiao.core.models import Job

CHECK = "imports.check"
COMMIT = "imports.commit"

#: Where a batch goes when its job was stopped, and when it failed.
AFTER_STOP = {CHECK: BatchState.MAPPED, COMMIT: BatchState.CHECKED}


@holding_source("core.imports")
def drafts_of(person: AbstractBaseUser) -> list[Holding]:
    """Name the tables that somebody brought in and never entered: they end with the account."""
    ended = (BatchState.COMMITTED, BatchState.CANCELLED, BatchState.FAILED)
    rows = ImportBatch.objects.filter(opened_by_id=person.pk).exclude(state__in=ended)
    stays = _(
        "What was brought in and not entered stays with who brought it in; bring it in again."
    )
    return [
        Holding(
            kind=_("Table not entered yet"),
            name=batch.file.name,
            address=reverse("portal:import_detail", args=[batch.uid]),
            stays=stays,
        )
        for batch in rows.select_related("file")
    ]


@job_kind(CHECK, title=_("Check a table"))
def check(progress: Progress, *, batch: str, actor: int | None) -> Mapping[str, int]:
    found = _locked(batch)
    if found.state != BatchState.CHECKING:
        return dict(found.counts)
    with override(found.language):
        return check_batch(found, _person(actor), progress)


@job_kind(COMMIT, title=_("Write a table into the records"))
def commit(progress: Progress, *, batch: str, actor: int | None) -> Mapping[str, int]:
    found = _locked(batch)
    if found.state != BatchState.COMMITTING:
        return dict(found.counts)
    with override(found.language):
        return commit_batch(found, _person(actor), progress)


def _locked(uid: str) -> ImportBatch:
    return ImportBatch.objects.select_for_update(of=("self",)).select_related("file").get(uid=uid)


def _person(actor: int | None) -> AbstractBaseUser | None:
    return get_user_model().objects.get(pk=actor) if actor else None


@subscribe("core.job_ended")
def settle(job: Job) -> None:
    """Bring a batch whose job was stopped or failed back to a state from which to go on."""
    if job.kind not in AFTER_STOP or job.state == JobState.SUCCEEDED or not job.subject_uid:
        return
    _settle(job.subject_uid, AFTER_STOP[job.kind], failed=job.state == JobState.FAILED)


def _settle(uid: UUID, state: BatchState, *, failed: bool) -> None:
    running = [BatchState.CHECKING, BatchState.COMMITTING]
    batches = ImportBatch.objects.filter(uid=uid, state__in=running)
    batches.update(state=BatchState.FAILED if failed else state)
