"""Reading imports; everybody sees their own."""

from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MISSING, MissingError
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.choices import SHOWN_PROBLEMS, BatchState
from zhiqiao.core.imports.headings import heading_key
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import from_json
from zhiqiao.core.imports.spec import ImportSpec, Problem, UnknownSpecError, spec, specs

REMEMBERED_BATCHES = 20


def batches_visible_to(user: Actor) -> QuerySet[ImportBatch]:
    """Return the imports that this person opened, newest first."""
    if not isinstance(user, AbstractBaseUser) or not user.is_authenticated:
        return ImportBatch.objects.none()
    related = ("file", "error_file", "check_job", "commit_job", "opened_by", "committed_by")
    return ImportBatch.objects.filter(opened_by_id=user.pk).select_related(*related)


def batch_visible_to(user: Actor, uid: UUID) -> ImportBatch:
    batch = batches_visible_to(user).filter(uid=uid).first()
    if batch is None:
        raise MissingError(MISSING)
    return batch


def specs_visible_to(user: Actor) -> list[ImportSpec]:
    """Return the tables that this person may import."""
    return [each for each in specs() if each.may(user)]


def spec_visible_to(user: Actor, key: str) -> ImportSpec:
    try:
        found = spec(key)
    except UnknownSpecError as error:
        raise MissingError(MISSING) from error
    if not found.may(user):
        raise MissingError(MISSING)
    return found


def spec_of(batch: ImportBatch) -> ImportSpec:
    try:
        return spec(batch.spec)
    except UnknownSpecError as error:
        raise MissingError(MISSING) from error


def title_of(batch: ImportBatch) -> str:
    """Name the table; an app that is gone leaves its key."""
    titles = {each.key: str(each.title) for each in specs()}
    return titles.get(batch.spec, batch.spec)


def asks_options(batch: ImportBatch) -> bool:
    """Tell whether the table has questions of its own that nobody answered yet."""
    return spec_of(batch).options_form is not None and batch.options is None


def commits_of(key: str, sha256: str) -> QuerySet[ImportBatch]:
    """Return the written imports of one very file, by anybody, newest first."""
    same = ImportBatch.objects.filter(spec=key, state=BatchState.COMMITTED, file__sha256=sha256)
    return same.select_related("committed_by").order_by("-committed_at")


def earlier_commits(batch: ImportBatch) -> QuerySet[ImportBatch]:
    return commits_of(batch.spec, batch.file.sha256).exclude(pk=batch.pk)


def remembered_headings(user: Actor, key: str) -> dict[str, str]:
    """Recall what this person decided about headings that no list knows; the newest counts."""
    recent = batches_visible_to(user).filter(spec=key).exclude(state=BatchState.UPLOADED)
    decided: dict[str, str] = {}
    for headings, mapping in recent.values_list("headings", "mapping")[:REMEMBERED_BATCHES]:
        for position, name in mapping.items():
            decided.setdefault(heading_key(headings[int(position)]), name)
    return decided


def first_problems(batch: ImportBatch, *, limit: int = SHOWN_PROBLEMS) -> list[Problem]:
    """Return the first problems, those of the whole file before those of rows."""
    found = from_json(batch.problems)
    for _number, problems in staging.faulty_rows(batch):
        if len(found) >= limit:
            break
        found += problems
    return found[:limit]
