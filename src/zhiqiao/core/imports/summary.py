"""What a page says about an import: counts, first problems, changes, earlier imports."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import FAILED, message_of, remedy_of
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.imports.error_workbook import column_title
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import described
from zhiqiao.core.imports.queries import (
    asks_options,
    earlier_commits,
    first_problems,
    spec_of,
)
from zhiqiao.core.imports.spec import Change, ImportSpec, Problem, Words
from zhiqiao.core.models import Job

COUNTS = {
    "rows": _("Rows in the table"),
    "added": _("New"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "errors": _("Problems"),
    "faulty": _("Rows with problems"),
    "doubts": _("Names to confirm"),
}
WORKING = (BatchState.CHECKING, BatchState.COMMITTING)


@dataclass(frozen=True, slots=True)
class ProblemLine:
    row: int | None
    column: str
    given: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Summary:
    counts: list[tuple[Words, int]]
    problems: list[ProblemLine]
    more_problems: int
    changes: list[Change]
    earlier: ImportBatch | None
    job: Job | None
    working: bool
    asks_options: bool
    failure: str


def summary_of(batch: ImportBatch) -> Summary:
    """Gather everything in a fixed number of queries."""
    job = batch.commit_job or batch.check_job
    problems = first_problems(batch) if batch.state == BatchState.REFUSED else []
    its_spec = spec_of(batch)
    shown = ("errors", "faulty", "doubts")
    return Summary(
        counts=[
            (title, batch.counts[name])
            for name, title in COUNTS.items()
            if name in batch.counts and (name not in shown or batch.counts[name])
        ],
        problems=[_line(problem, its_spec) for problem in problems],
        more_problems=max(0, batch.counts.get("errors", 0) - len(problems)),
        changes=[_change(change, its_spec) for change in batch.changes],
        earlier=earlier_commits(batch).first(),
        job=job,
        working=batch.state in WORKING,
        asks_options=asks_options(batch),
        failure=_failure(job) if batch.state == BatchState.FAILED else "",
    )


def _line(problem: Problem, its_spec: ImportSpec) -> ProblemLine:
    rule, remedy = described(problem)
    title = column_title(its_spec, problem.column)
    return ProblemLine(problem.row, title, problem.given, rule, remedy)


def _change(stored: tuple[int, str, str, str, str], its_spec: ImportSpec) -> Change:
    row, label, field, before, after = stored
    return Change(row, label, column_title(its_spec, field), before, after)


def _failure(job: Job | None) -> str:
    code = job.error_code if job and job.error_code else FAILED
    parameters = job.error_parameters if job else {}
    return f"{message_of(code, parameters)} {remedy_of(code, parameters)}".strip()
