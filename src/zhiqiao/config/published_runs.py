"""Published runs of admission checked one after another, for whoever has a shell on the server."""

from collections.abc import Iterator

from zhiqiao.apps.admissions.actions import check_run
from zhiqiao.apps.admissions.queries import published_runs


def lines_of_checks() -> Iterator[tuple[str, bool]]:
    """Yield a line about each published run, and whether it is what was signed."""
    for run in published_runs():
        title = f"{run.season} run {run.number}"
        found = check_run(run, actor=None)
        if not found:
            yield f"{title}: as signed, {run.candidates} results", True
        for one in found:
            where = " ".join((*one.programmes, *one.candidates))
            yield f"{title}: {one.fault.label} ({one.number}) {where}".rstrip(), False
