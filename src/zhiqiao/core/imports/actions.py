"""What people do with an import, one function for each step."""

from collections.abc import Collection, Mapping
from pathlib import Path

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import get_language

from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.imports import problems
from zhiqiao.core.imports.at_once import import_file
from zhiqiao.core.imports.choices import BatchSource, BatchState
from zhiqiao.core.imports.doubts import Answers, check_answers, open_doubts
from zhiqiao.core.imports.headings import LEFT_OUT, check_mapping
from zhiqiao.core.imports.jobs import CHECK, COMMIT
from zhiqiao.core.imports.leaving import give_up
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.opening import Source, open_source, pasted_source, reopened
from zhiqiao.core.imports.options import stored_options
from zhiqiao.core.imports.spec import spec
from zhiqiao.core.jobs import request_cancel, start_job
from zhiqiao.core.models import Job

__all__ = [
    "answer_doubts",
    "cancel_batch",
    "choose_sheet",
    "import_file",
    "map_columns",
    "open_batch",
    "request_check",
    "request_commit",
    "set_options",
]

CHECKABLE = (BatchState.MAPPED, BatchState.CHECKED, BatchState.REFUSED, BatchState.FAILED)
RUNNING = (BatchState.CHECKING, BatchState.COMMITTING)
EDITABLE = (BatchState.UPLOADED, *CHECKABLE)


def open_batch(
    spec_key: str, *, actor: Actor, file: UploadedFile | None = None, text: str = ""
) -> ImportBatch:
    """Keep an uploaded file or a pasted table and propose what its columns mean."""
    require(spec(spec_key).may(actor))
    if file is None:
        with pasted_source(text) as source:
            return open_source(spec_key, source, actor=actor)
    path = Path(file.temporary_file_path())  # type: ignore[attr-defined] # settings: uploads are files
    return open_source(spec_key, Source(path, file.name or "", BatchSource.FILE), actor=actor)


@transaction.atomic
def choose_sheet(batch: ImportBatch, sheet: str, *, actor: Actor) -> ImportBatch:
    """Take another sheet of the same file."""
    return reopened(_claimed(batch, EDITABLE, actor=actor), sheet=sheet, actor=actor)


@transaction.atomic
def map_columns(batch: ImportBatch, mapping: Mapping[str, str], *, actor: Actor) -> ImportBatch:
    """Say what each heading means; ``mapping`` goes from its position to a column name."""
    batch = _claimed(batch, EDITABLE, actor=actor)
    known = {column.name for column in spec(batch.spec).columns} | {LEFT_OUT}
    places = {str(position) for position in range(len(batch.headings))}
    kept = {p: name for p, name in mapping.items() if p in places and name in known}
    check_mapping(batch.headings, kept, spec(batch.spec))
    batch.mapping = kept
    return _saved(batch, BatchState.MAPPED)


@transaction.atomic
def set_options(batch: ImportBatch, options: forms.Form, *, actor: Actor) -> ImportBatch:
    """Keep the answers to the spec's own questions; ``options`` is its valid form."""
    batch = _claimed(batch, CHECKABLE, actor=actor)
    batch.options = stored_options(options, actor=actor)
    return _saved(batch, BatchState.MAPPED)


@transaction.atomic
def answer_doubts(batch: ImportBatch, answers: Answers, *, actor: Actor) -> ImportBatch:
    """Settle doubtful names; the import must be checked again before it can be written."""
    batch = _claimed(batch, (BatchState.CHECKED,), actor=actor)
    check_answers(batch, answers)
    for field, by_given in answers.items():
        batch.answers.setdefault(field, {}).update(by_given)
    batch.counts["doubts"] = len(open_doubts(batch))
    return _saved(batch, BatchState.CHECKED if batch.counts["doubts"] else BatchState.MAPPED)


@transaction.atomic
def request_check(batch: ImportBatch, *, actor: Actor) -> Job:
    """Queue the check; it writes nothing but what it found."""
    batch = _claimed(batch, CHECKABLE, actor=actor)
    if spec(batch.spec).options_form and batch.options is None:
        raise RuleError(problems.OPTIONS_MISSING)
    batch.check_job = _started(CHECK, batch, actor)
    _saved(batch, BatchState.CHECKING)
    return batch.check_job


@transaction.atomic
def request_commit(batch: ImportBatch, *, actor: Actor) -> Job:
    """Queue the writing of a checked import."""
    batch = _claimed(batch, (BatchState.CHECKED,), actor=actor)
    count = len(open_doubts(batch))
    if count:
        raise RuleError(problems.OPEN_DOUBTS, count=count)
    batch.commit_job = _started(COMMIT, batch, actor)
    _saved(batch, BatchState.COMMITTING)
    return batch.commit_job


@transaction.atomic
def cancel_batch(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Stop the job that runs, or give the whole import up; of a personal one only hashes stay.

    A job holds its batch until it ends, so it is asked to stop without waiting for that lock. What
    is given up is the import in the state that the person had in view, and in no later one.
    """
    seen = ImportBatch.objects.get(pk=batch.pk)
    _require_own(seen, actor)
    job = seen.commit_job if seen.state == BatchState.COMMITTING else seen.check_job
    if seen.state in RUNNING and job:
        request_cancel(job, actor=actor)
        seen.refresh_from_db()
        return seen
    batch = _claimed(batch, tuple({seen.state} & set(EDITABLE)), actor=actor)
    return give_up(batch, actor=actor)


def _require_own(batch: ImportBatch, actor: Actor) -> None:
    require(spec(batch.spec).may(actor))
    owner = actor.pk if isinstance(actor, AbstractBaseUser) else None
    if batch.opened_by_id != owner:
        raise InputError(problems.NOT_YOURS)


def _claimed(batch: ImportBatch, states: Collection[str], *, actor: Actor) -> ImportBatch:
    """Lock the batch and refuse a step that its state or the person's role does not allow."""
    _require_own(batch, actor)
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related(
        "file", "error_file"
    )
    claimed = locked.get(pk=batch.pk)
    if claimed.state not in states:
        state = str(BatchState(claimed.state).label)
        raise RuleError(problems.WRONG_STATE, state=state)
    return claimed


def _saved(batch: ImportBatch, state: BatchState) -> ImportBatch:
    batch.state = state
    batch.save()
    return batch


def _started(kind: str, batch: ImportBatch, actor: Actor) -> Job:
    batch.language = get_language() or batch.language
    owner = actor.pk if isinstance(actor, AbstractBaseUser) else None
    arguments = {"batch": str(batch.uid), "actor": owner}
    return start_job(kind, actor=actor, arguments=arguments, subject_uid=batch.uid)
