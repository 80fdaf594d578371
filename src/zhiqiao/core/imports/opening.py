"""Open an import: keep the file, find its table, propose the columns."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import problems
from zhiqiao.core.imports.check import tables_of
from zhiqiao.core.imports.choices import BatchSource, BatchState
from zhiqiao.core.imports.headings import Located, check_mapping, locate, propose
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.queries import remembered_headings
from zhiqiao.core.imports.reading import Table, read_file, read_paste
from zhiqiao.core.imports.spec import ImportSpec, spec

VISIBLE_SHEETS = 20
SAMPLES = 3
SAMPLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Source:
    """A file on this machine and what the person calls it."""

    path: Path
    name: str
    kind: BatchSource

    def tables(self) -> list[Table]:
        if self.kind == BatchSource.PASTE:
            return read_paste(self.path.read_text(encoding="utf-8"))
        return read_file(self.path, self.name)


@contextmanager
def pasted_source(text: str) -> Iterator[Source]:
    """Give pasted text the form of a file, so that it is kept like one."""
    with tempfile.NamedTemporaryFile(suffix=".tsv") as file:
        file.write(text.replace("\x00", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace"))
        file.flush()
        yield Source(Path(file.name), _("pasted table") + ".tsv", BatchSource.PASTE)


def open_source(spec_key: str, source: Source, *, actor: Actor) -> ImportBatch:
    """Read before anything is kept: a file that is refused leaves no trace."""
    its_spec = spec(spec_key)
    located = located_in(source.tables(), its_spec)
    with transaction.atomic():
        with source.path.open("rb") as content:
            stored = files.store(source.name, iter(lambda: content.read(1 << 20), b""), actor=actor)
        batch = ImportBatch(
            spec=spec_key,
            source=source.kind,
            file=stored,
            language=get_language() or "zh-hans",
            opened_by_id=actor.pk if isinstance(actor, AbstractBaseUser) else None,
            opened_at=timezone.now(),
        )
        place(batch, located, its_spec, actor=actor)
        after = {"spec": spec_key, "file": stored.name, "sha256": stored.sha256}
        audit.record(
            actor=actor, verb="imports.batch.opened", subject=batch, before=None, after=after
        )
    return batch


def reopened(batch: ImportBatch, *, sheet: str, actor: Actor) -> ImportBatch:
    """Read the kept file again and take the sheet that the person names."""
    tables = tables_of(batch.file, batch.source, sheet=sheet)
    its_spec = spec(batch.spec)
    place(batch, located_in(tables, its_spec), its_spec, actor=actor)
    return batch


def located_in(tables: list[Table], its_spec: ImportSpec) -> Located:
    for table in tables:
        if table.template and table.template[0] != its_spec.key:
            raise InputError(problems.FOREIGN_TEMPLATE)
        if table.template and table.template[1] != its_spec.version:
            raise InputError(problems.STALE_TEMPLATE)
    located = locate(tables, its_spec)
    if not any(any(row) for row in located.table.rows[located.heading_row :]):
        raise InputError(problems.NO_ROWS)
    return located


def samples_of(located: Located) -> list[list[str]]:
    """Take the first filled rows, shortened: they help to tell columns apart."""
    filled = (row for row in located.table.rows[located.heading_row :] if any(row))
    width = len(located.headings)
    return [[cell[:SAMPLE_LENGTH] for cell in row[:width]] for row in islice(filled, SAMPLES)]


def place(batch: ImportBatch, located: Located, its_spec: ImportSpec, *, actor: Actor) -> None:
    """Note where the table stands; columns that are all plain need no confirmation."""
    batch.sheet = located.table.sheet
    batch.heading_row = located.heading_row
    batch.headings = located.headings
    batch.samples = [] if its_spec.is_personal else samples_of(located)
    batch.other_sheets = list(located.table.other_sheets[:VISIBLE_SHEETS])
    remembered = remembered_headings(actor, its_spec.key)
    batch.mapping = propose(located.headings, its_spec, remembered)
    batch.state = BatchState.MAPPED
    try:
        check_mapping(batch.headings, batch.mapping, its_spec)
    except InputError:
        batch.state = BatchState.UPLOADED
    batch.save()
