"""Tables brought in as files, at once and without a worker."""

import csv
from pathlib import Path
from tempfile import NamedTemporaryFile

from zhiqiao.core.imports.actions import import_file


def bring_in(spec, rows, *, actor, **options):
    """Write the rows as a file whose headings are the keys of the first one, and bring it in."""
    with NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        target.flush()
        return import_file(spec, Path(target.name), actor=actor, options=options)


def problems_of(outcome):
    return [(problem.row, problem.column, problem.code) for problem in outcome.problems]


def counts_of(outcome):
    return tuple(outcome.counts.get(name, 0) for name in ("added", "changed", "unchanged"))
