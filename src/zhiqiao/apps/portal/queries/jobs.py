"""Jobs and files, for the person who may see them."""

from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.apps.plan.queries import report_files_visible_to
from zhiqiao.apps.projects.queries import declarations_of_kind, recognitions_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MISSING, MissingError
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.queries import batches_visible_to
from zhiqiao.core.models import Job, StoredFile
from zhiqiao.core.policy import current_pack


def jobs_visible_to(user: Actor) -> QuerySet[Job]:
    """Return the jobs that the person started; the system administrator sees all."""
    jobs = Job.objects.select_related("result_file", "error_file", "started_by")
    if holds_role(user, Role.SYSTEM_ADMIN):
        return jobs
    return jobs.filter(started_by_id=user.pk) if isinstance(user, AbstractBaseUser) else jobs.none()


def job_visible_to(user: Actor, uid: UUID) -> Job:
    job = jobs_visible_to(user).filter(uid=uid).first()
    if job is None:
        raise MissingError(MISSING)
    return job


def file_visible_to(user: Actor, uid: UUID) -> StoredFile:
    """Return a file that proves a public record, or that belongs to the person's own work."""
    stored = StoredFile.objects.filter(uid=uid).first()
    if stored is None or not (_is_public(stored) or _is_own(stored, user)):
        raise MissingError(MISSING)
    return stored


def _is_public(stored: StoredFile) -> bool:
    return (
        recognitions_visible_to(AnonymousUser()).filter(evidence__file=stored).exists()
        or _declarations().filter(file=stored).exists()
    )


def _declarations() -> QuerySet[Any]:
    return reduce(or_, (declarations_of_kind(kind) for kind in current_pack().kinds))


def _is_own(stored: StoredFile, user: Actor) -> bool:
    if not isinstance(user, AbstractBaseUser):
        return False
    about_job = Q(result_file=stored) | Q(error_file=stored)
    about_import = Q(file=stored) | Q(error_file=stored)
    return (
        stored.stored_by_id == user.pk
        or recognitions_visible_to(user).filter(evidence__file=stored).exists()
        or jobs_visible_to(user).filter(about_job).exists()
        or batches_visible_to(user).filter(about_import).exists()
        or report_files_visible_to(user).filter(file=stored).exists()
    )


def import_of(job: Job, user: Actor) -> ImportBatch | None:
    """Return the import that a job works for, when the person may see it."""
    return batches_visible_to(user).filter(uid=job.subject_uid).first() if job.subject_uid else None
