"""The check of an import: everything that a commit would do, and nothing of it stays."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import IO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from zhiqiao.core import files
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import ZhiqiaoError
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.choices import (
    CHUNK,
    KEPT_PROBLEMS,
    SHOWN_CHANGES,
    BatchSource,
    BatchState,
)
from zhiqiao.core.imports.commit import write_rows
from zhiqiao.core.imports.doubts import as_json as doubt_as_json
from zhiqiao.core.imports.doubts import open_doubts
from zhiqiao.core.imports.error_workbook import Findings, write_error_workbook
from zhiqiao.core.imports.headings import LEFT_OUT, Located
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import NO_ROWS, as_json
from zhiqiao.core.imports.reading import Table, read_file, read_paste
from zhiqiao.core.imports.rows import TypedRow, Typist
from zhiqiao.core.imports.spec import ImportSpec, Problem, spec
from zhiqiao.core.jobs import Progress
from zhiqiao.core.models import StoredFile


def tables_of(stored: StoredFile, source: str, *, sheet: str = "") -> list[Table]:
    """Read the kept file again, after its hash was compared."""
    with files.open_file(stored) as content:
        if source == BatchSource.PASTE:
            return read_paste(content.read().decode())
    return read_file(files.path_of(stored), stored.name, sheet=sheet)


def located_again(batch: ImportBatch) -> Located:
    """Find the table at the place that was decided when the file was opened."""
    table = tables_of(batch.file, batch.source, sheet=batch.sheet)[0]
    return Located(table, batch.heading_row, list(batch.headings))


@transaction.atomic
def check_batch(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Stage, check, and try the commit; leaves the batch checked or refused."""
    its_spec = spec(batch.spec)
    progress.begin(None, _("The file is being read."))
    located = located_again(batch)
    typist = Typist(located, batch.mapping, its_spec)
    progress.begin(len(located.table.rows), _("The rows are being checked one by one."))
    rows = staging.stage(batch, _counted(typist.rows(), progress))
    whole = typist.heading_problems() or ([] if rows else [Problem(None, "", "", NO_ROWS)])
    progress.begin(None, _("The rows are being compared with each other and with the records."))
    whole += _set_based(batch, its_spec)
    batch.counts = {"rows": rows}
    if not _note_faults(batch, whole):
        _try_commit(batch, actor, progress)
    if batch.counts["errors"]:
        progress.begin(None, _("The workbook with the marked cells is being written."))
        batch.error_file = _error_file(batch, located, whole, actor)
        if not its_spec.is_personal:
            progress.attach_errors(batch.error_file)
    batch.state = BatchState.REFUSED if batch.counts["errors"] else BatchState.CHECKED
    batch.save()
    return dict(batch.counts)


def _counted(rows: Iterable[TypedRow], progress: Progress) -> Iterator[TypedRow]:
    for count, row in enumerate(rows, start=1):
        if count % CHUNK == 0:
            progress.advance(CHUNK)
            progress.check_cancelled()
        yield row


def _set_based(batch: ImportBatch, its_spec: ImportSpec) -> list[Problem]:
    try:
        with transaction.atomic():
            return staging.add_problems(batch, its_spec.check(batch))
    except ZhiqiaoError as error:
        return [_as_problem(error)]


def _as_problem(error: ZhiqiaoError) -> Problem:
    """Show a rule that was broken while rows were written beside the row that it names."""
    parameters = {k: v for k, v in error.parameters.items() if isinstance(v, (str, int))}
    row, column = parameters.pop("row", None), parameters.pop("column", "")
    number = row if isinstance(row, int) else None
    return Problem(number, str(column), str(parameters.get("given", "")), error.code, parameters)


def _note_faults(batch: ImportBatch, whole: list[Problem]) -> int:
    faulty, errors = staging.count_faults(batch)
    batch.problems = [as_json(problem) for problem in whole]
    if batch.error_file is not None and spec(batch.spec).is_personal:
        files.forget(batch.error_file)
    batch.doubts, batch.changes, batch.error_file = [], [], None
    batch.counts |= {"errors": errors + len(whole), "faulty": faulty}
    return errors + len(whole)


def _try_commit(batch: ImportBatch, actor: Actor, progress: Progress) -> None:
    """Ask for doubts; when none is open, commit into a savepoint that is rolled back."""
    its_spec = spec(batch.spec)
    batch.doubts = [doubt_as_json(doubt) for doubt in its_spec.doubts(batch)]
    batch.counts["doubts"] = len(open_doubts(batch))
    if batch.counts["doubts"]:
        return
    if its_spec.preview:
        changes = islice(its_spec.preview(batch), SHOWN_CHANGES)
        batch.changes = [
            [change.row, change.label, change.field, change.before, change.after]
            for change in changes
        ]
    progress.begin(None, _("The import is being tried out; nothing is written yet."))
    batch.save()
    try:
        batch.counts |= _dry_run(batch, actor, progress)
    except ZhiqiaoError as error:
        problem = _as_problem(error)
        _note_faults(batch, staging.add_problems(batch, [problem]))


def _dry_run(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    with transaction.atomic():
        counts = write_rows(batch, actor, progress)
        connection.check_constraints()
        transaction.set_rollback(True)  # Django's own signature
    return counts


def _error_file(
    batch: ImportBatch, located: Located, whole: list[Problem], actor: Actor
) -> StoredFile:
    by_row = dict(islice(staging.faulty_rows(batch), KEPT_PROBLEMS))
    for problem in whole:
        if problem.row is not None:
            by_row.setdefault(problem.row, []).append(problem)
    positions = {name: int(p) for p, name in batch.mapping.items() if name != LEFT_OUT}
    file_level = [problem for problem in whole if problem.row is None]
    with tempfile.TemporaryFile() as content:
        findings = Findings(by_row, positions, file_level)
        write_error_workbook(content, located, findings, spec(batch.spec))
        content.seek(0)
        stem = batch.file.name.rpartition(".")[0] or batch.file.name
        name = _("%(name)s - problems.xlsx") % {"name": stem}
        return files.store(name, _chunks(content), actor=actor)


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(1 << 20):
        yield chunk
