"""Check a pack as its author needs it: everything that loading refuses, coverage, proofs, tests."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from zhiqiao.packs.coverage import find_coverage_problems, unserved
from zhiqiao.packs.draft import read_draft
from zhiqiao.packs.loader import load
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import PackError, Problem
from zhiqiao.packs.schemas import MechanismState
from zhiqiao.packs.trials import find_failed_tests

_PLAN = ("articles", "targets", "duties", "mechanisms")


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes
    ----------
    directory
        The directory that was checked.
    pack
        The pack; None when it cannot be loaded.
    problems
        Every problem, in the order of files and lines.
    """

    directory: Path
    pack: Pack | None
    problems: tuple[Problem, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each thing the pack holds; empty when it cannot be loaded."""
        return _counts(self.pack) if self.pack else {}

    def lines(self) -> list[str]:
        """Return the report for a terminal: the problems with file and line, then the counts."""
        said = [
            f"{_place(self.directory, problem.file)}:{problem.line}: {problem.code}: "
            f"{problem.message} {problem.remedy}"
            for problem in self.problems
        ]
        return said + (_summary(self.pack) if self.pack else [])


def check(directory: Path, *, root: Path | None = None) -> Report:
    """Check the pack in `directory`.

    Parameters
    ----------
    directory
        The pack's directory.
    root
        The source tree that holds the tests named in ``proof``; by default the nearest directory
        above with a ``pyproject.toml``.

    Returns
    -------
    Report
        Problems and counts. Coverage, proofs and the pack's own tests are judged once the pack
        loads.
    """
    try:
        pack = load(directory)
    except PackError as error:
        return Report(directory, None, error.problems)
    draft = read_draft(directory)
    root = root or _source_tree(directory.resolve())
    problems = [
        *find_coverage_problems(draft, pack, root=root),
        *find_failed_tests(draft, pack),
    ]
    return Report(directory, pack, tuple(sorted(problems)))


def _place(directory: Path, file: str) -> Path:
    beside = file.removeprefix("../")
    return directory.parent / beside if beside != file else directory / file


def _source_tree(directory: Path) -> Path | None:
    return next(
        (above for above in directory.parents if (above / "pyproject.toml").is_file()), None
    )


def _counts(pack: Pack) -> dict[str, int]:
    states = Counter(mechanism.state for mechanism in pack.mechanisms.values())
    values = [value for entry in pack.parameters.values() for value in entry.values]
    return {
        **{what: len(getattr(pack, what)) for what in _PLAN},
        **{state.value: states[state] for state in MechanismState},
        "bodies": len(pack.bodies),
        "tasks": len(pack.tasks),
        "kinds": len(pack.kinds),
        "measures": len(pack.measures),
        "formulas": len(pack.formulas),
        "parameters": len(pack.parameters),
        "values": len(values),
        "unchecked": sum(not value.checked_by for value in values),
        "unseen": sum(not _is_seen(pack, value.source) for value in values),
        "tests": len(pack.tests),
    }


def _is_seen(pack: Pack, source: str | None) -> bool:
    return source is not None and pack.sources[source].seen


def _work(pack: Pack) -> list[str]:
    lines = []
    if pack.tasks:
        missing = len(list(unserved(pack)))
        served = f"{missing} not served" if missing else "every target, duty and mechanism served"
        lines.append(f"tasks: {len(pack.tasks)}, bodies: {len(pack.bodies)}, {served}")
    if pack.calendars:
        unchecked = sum(not year.checked_by for year in pack.calendars.values())
        lines.append(f"calendars: {', '.join(pack.calendars)}, unchecked: {unchecked}")
    if pack.lifecycles:
        lines.append(_selection(pack))
    return lines


def _selection(pack: Pack) -> str:
    rows = list(pack.lifecycles.values())
    conditions = [condition for row in rows for condition in row.conditions.values()]
    stopping = sum(condition.stops for condition in conditions)
    unchecked = sum(not row.checked_by for row in rows)
    return (
        f"flows: {len(pack.flows)}, lifecycles: {len(rows)}, unchecked: {unchecked}, "
        f"conditions: {len(conditions)}, of these stopping: {stopping}"
    )


def _summary(pack: Pack) -> list[str]:
    counts = _counts(pack)
    extends = f", extends {', '.join(pack.extends)}" if pack.extends else ""
    lines = [f"{pack.id} {pack.version} ({pack.title.zh}){extends}"]
    if pack.expected:
        lines += [f"{what}: {counts[what]}/{expected}" for what, expected in pack.expected]
        lines[-1] += f" ({', '.join(f'{state} {counts[state]}' for state in MechanismState)})"
    lines += _work(pack)
    things = ("kinds", "measures", "formulas", "parameters", "tests")
    lines.append(", ".join(f"{what}: {counts[what]}" for what in things))
    if counts["values"]:
        lines.append(
            f"parameter values: {counts['values']}, unchecked: {counts['unchecked']}, "
            f"of these recalled and not seen: {counts['unseen']}"
        )
    return lines
