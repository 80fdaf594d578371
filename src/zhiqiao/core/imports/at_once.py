"""The same road without pages and worker: for the first start and for commands."""

from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path

from django.db import transaction
from django.utils.translation import override

from zhiqiao.core.access import Actor, require
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.check import check_batch
from zhiqiao.core.imports.choices import BatchSource, BatchState
from zhiqiao.core.imports.commit import commit_batch
from zhiqiao.core.imports.doubts import Answers, open_doubts
from zhiqiao.core.imports.headings import check_mapping
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.opening import Source, open_source
from zhiqiao.core.imports.options import bound_form, stored_options
from zhiqiao.core.imports.problems import from_json
from zhiqiao.core.imports.queries import commits_of
from zhiqiao.core.imports.spec import KEEP, Doubt, Outcome, spec
from zhiqiao.core.jobs import Progress


def import_file(
    spec_key: str,
    path: Path,
    *,
    actor: Actor = None,
    options: Mapping[str, object] | None = None,
    answers: Answers | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Open, check and commit a file; nothing is written when the check finds problems.

    A doubt without an answer keeps its text and is listed in the outcome. A file that was
    already written with the same options is not written again.
    """
    require(spec(spec_key).may(actor))
    given = _given_options(spec_key, options, actor)
    settled = {field: dict(by_given) for field, by_given in (answers or {}).items()}
    earlier = _same_before(spec_key, path, given, settled)
    if earlier:
        return Outcome(earlier, BatchState.COMMITTED, _nothing_new(earlier))
    batch = open_source(spec_key, Source(path, path.name, BatchSource.FILE), actor=actor)
    check_mapping(batch.headings, batch.mapping, spec(spec_key))
    batch.options, batch.answers = given, settled
    with override(batch.language):
        return _run(batch, actor, progress or Progress())


def _given_options(
    spec_key: str, options: Mapping[str, object] | None, actor: Actor
) -> dict[str, object] | None:
    form = spec(spec_key).options_form
    return stored_options(bound_form(form, options or {}), actor=actor) if form else None


def _same_before(
    spec_key: str, path: Path, options: dict[str, object] | None, answers: Answers
) -> ImportBatch | None:
    with path.open("rb") as content:
        sha256 = file_digest(content, "sha256").hexdigest()
    for earlier in commits_of(spec_key, sha256):
        answered = all(
            earlier.answers.get(field, {}).get(given) == answer
            for field, by_given in answers.items()
            for given, answer in by_given.items()
        )
        if answered and earlier.options == options:
            return earlier
    return None


def _nothing_new(earlier: ImportBatch) -> dict[str, int]:
    rows = earlier.counts["rows"]
    return {"rows": rows, "errors": 0, "added": 0, "changed": 0, "unchanged": rows}


@transaction.atomic
def _run(batch: ImportBatch, actor: Actor, progress: Progress) -> Outcome:
    check_batch(batch, actor, progress)
    kept = open_doubts(batch)
    if kept:
        _keep(batch, kept)
        check_batch(batch, actor, progress)
    if batch.state == BatchState.CHECKED:
        commit_batch(batch, actor, progress)
    problems = from_json(batch.problems)
    for _number, found in staging.faulty_rows(batch):
        problems += found
    return Outcome(batch, batch.state, dict(batch.counts), tuple(problems), tuple(kept))


def _keep(batch: ImportBatch, doubts: list[Doubt]) -> None:
    for doubt in doubts:
        batch.answers.setdefault(doubt.field, {})[doubt.given] = KEEP
