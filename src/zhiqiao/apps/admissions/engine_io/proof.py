"""A stored run held against what was signed and published of it, row by row."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zhiqiao.apps.admissions.choices import RunFault
from zhiqiao.apps.admissions.engine_io.tables import frame
from zhiqiao.apps.admissions.models import PlaceLine, Run, RunLine
from zhiqiao.apps.admissions.queries import told_in_leaf
from zhiqiao.core import files
from zhiqiao.core.errors import UnavailableError
from zhiqiao.core.sealing import unseal
from zhiqiao.core.signing import key_that_signed
from zhiqiao.engines.matching.bundle import canonical, leaf_content, salt_of
from zhiqiao.engines.merkle import leaf_hash, root_of

RESULTS = """
    SELECT candidate.number, line.code AS programme, result.rank, result.reasons
    FROM admissions_result result
    JOIN admissions_candidate candidate ON candidate.id = result.candidate_id
    LEFT JOIN admissions_placeline line ON line.id = result.line_id
    WHERE result.run_id = %(run)s ORDER BY candidate.number
"""
LEDGER = """
    SELECT line.code FROM admissions_placeline line
    LEFT JOIN admissions_placeflow flow ON line.id IN (flow.to_line_id, flow.from_line_id)
    WHERE line.season_id = %(season)s
    GROUP BY line.id HAVING line.places <> coalesce(
        sum(CASE WHEN flow.to_line_id = line.id THEN flow.number ELSE -flow.number END), 0
    ) ORDER BY line.code
"""


@dataclass(frozen=True, slots=True)
class Departure:
    """One way in which a run departs from what was signed: how often, and where.

    ``candidates`` are numbers of candidates, ``programmes`` codes; both name all that are known.
    """

    fault: RunFault
    number: int = 1
    candidates: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()


def departures_of(run: Run) -> list[Departure]:
    """Return every departure of a run from its bundle, its leaves and the ledger. O(results)."""
    return [*_of_bundle(run), *_of_leaves(run), *_of_lines(run), *_of_ledger(run)]


def _of_bundle(run: Run) -> Iterator[Departure]:
    if key_that_signed(canonical(run.bundle), run.signature) is None:
        yield Departure(RunFault.SIGNATURE)
    counts = run.bundle["counts"]
    if (run.admitted, run.candidates) != (counts["admitted"], counts["candidates"]):
        yield Departure(RunFault.COUNTS)


def _of_leaves(run: Run) -> Iterator[Departure]:
    """Build each leaf anew from its stored result and look for it among those of the file."""
    leaves = _leaves_on_disk(run)
    if leaves is None:
        yield Departure(RunFault.LEAVES)
        return
    held: set[str] = set()
    changed = []
    for number, leaf in _leaves_of_results(run):
        if leaf in leaves:
            held.add(leaf)
        else:
            changed.append(number)
    if changed:
        yield Departure(RunFault.RESULTS, len(changed), candidates=tuple(changed))
    if len(leaves) > len(held):
        yield Departure(RunFault.MISSING, len(leaves) - len(held))


def _leaves_on_disk(run: Run) -> frozenset[str] | None:
    """Return the published leaves; nothing where the file is not that of the bundle."""
    told = run.bundle["leaves"]
    try:
        with files.open_file(run.leaves) as content:
            leaves = content.read().decode("ascii").split()
        root = root_of([bytes.fromhex(leaf) for leaf in leaves]).hex()
    except (UnavailableError, ValueError):
        return None
    return frozenset(leaves) if (len(leaves), root) == (told["number"], told["root"]) else None


def _leaves_of_results(run: Run) -> Iterator[tuple[str, str]]:
    codes = dict(PlaceLine.objects.filter(season=run.season.source).values_list("pk", "code"))
    secret = bytes.fromhex(unseal(run.secret_sealed))
    for number, programme, rank, reasons in frame(RESULTS, {"run": run.pk}).iter_rows():
        place = None if rank is None else int(rank)
        told = told_in_leaf(programme, place, json.loads(reasons), codes)
        content = leaf_content(number, told)
        yield number, leaf_hash(content, salt_of(secret, number)).hex()


def _of_lines(run: Run) -> Iterator[Departure]:
    told = {
        line["programme"]: _outcome(line)
        for line in run.bundle["lines"]
        if line["category"] == "open"
    }
    hidden = {line["programme"] for line in run.bundle["lines"] if line.get("hidden")}
    rows = RunLine.objects.filter(run=run).values(
        "line__code", "places", "admitted", "cutoff", "position"
    )
    held = {row["line__code"]: _outcome(row) for row in rows}
    changed = sorted(
        code for code in told.keys() | held.keys()
        if _shown(held, code, hidden) != _shown(told, code, hidden)
    )  # fmt: skip
    if changed:
        yield Departure(RunFault.LINES, len(changed), programmes=tuple(changed))


Outcome = tuple[object, ...]


def _outcome(row: Mapping[str, object]) -> Outcome:
    return (row["places"], row["admitted"], row["cutoff"] or None, row["position"])


def _shown(outcomes: Mapping[str, Outcome], code: str, hidden: set[str]) -> Outcome | None:
    """Leave out the lowest score where the bundle keeps it back: nothing published stands against it."""
    outcome = outcomes.get(code)
    return outcome[:2] if outcome is not None and code in hidden else outcome


def _of_ledger(run: Run) -> Iterator[Departure]:
    codes = tuple(frame(LEDGER, {"season": run.season.source.pk})["code"])
    if codes:
        yield Departure(RunFault.LEDGER, len(codes), programmes=codes)
