"""From the tables of a folder to a problem; every fault with its file, row and column."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from zhiqiao.config.allocation.files import read_table
from zhiqiao.config.assigning.quotas import quotas_of
from zhiqiao.config.assigning.rules import AssignmentRules, read_rules
from zhiqiao.engines.assignment import (
    AssignmentError,
    AssignmentProblem,
    Codes,
    ConflictKind,
    Conflicts,
    Mode,
    Pairs,
    Penalties,
    affinity_from_codes,
    draw_keys,
    sorted_pairs,
)
from zhiqiao.engines.assignment.terms import UNIT
from zhiqiao.engines.matching import Fault, TableError
from zhiqiao.engines.matching.tables import (
    exact_numbers,
    indices_in,
    need_columns,
    numbered,
    refuse_rows,
    whole_numbers,
    with_key,
)

Int64 = npt.NDArray[np.int64]
MOST_SCORE = 1000
KINDS = {kind.name.lower().replace("_", "-"): kind for kind in ConflictKind}


@dataclass(frozen=True, eq=False)
class Named:
    """A problem, with the tables and rules that it came from and the names in their order."""

    problem: AssignmentProblem
    rules: AssignmentRules
    applications: pl.DataFrame
    experts: pl.DataFrame
    conflicts: pl.DataFrame

    @property
    def application_names(self) -> list[str]:
        """Return the applications' numbers, in order."""
        return self.applications["application"].to_list()

    @property
    def expert_names(self) -> list[str]:
        """Return the experts' numbers, in order."""
        return self.experts["expert"].to_list()


def read_named(folder: Path, *, refusals: pl.DataFrame | None = None) -> Named:
    """Read the problem of a folder; ``refusals`` are conflicts that came afterwards.

    Raises TableError where a table cannot be read or a rule does not fit, AssignmentError where the
    parts do not fit each other.
    """
    rules = read_rules(folder)
    applications = with_key("applications", _needed(folder, "applications"), "application")
    experts = with_key("experts", _needed(folder, "experts"), "expert")
    pairs = _pairs(folder, rules, applications, experts)
    conflicts = _conflict_rows(folder, applications, experts, refusals)
    hard, soft = _conflicts(conflicts, rules)
    size = _numbers("applications", applications, "reviews", rules.reviews)
    most = _numbers("experts", experts, "max_load", rules.max_load)
    least = _numbers("experts", experts, "min_load", rules.min_load)
    try:
        problem = AssignmentProblem(
            panel_size=size,
            least_load=np.minimum(least, most) if "min_load" not in experts.columns else least,
            most_load=most,
            pairs=pairs,
            conflicts=hard,
            penalties=soft,
            quotas=quotas_of(rules, applications, experts),
            group=_groups(applications, rules),
            least_affinity=int(rules.least * UNIT),
            mode=rules.mode,
            keys=_keys(pairs, rules, applications, experts),
        )
    except AssignmentError as error:
        raise with_names(error, applications, experts) from error
    return Named(problem, rules, applications, experts, conflicts)


def with_names(
    error: AssignmentError, applications: pl.DataFrame, experts: pl.DataFrame
) -> AssignmentError:
    """Say an error of the engine with the names of the tables in the place of numbers."""
    values = dict(error.values)
    for table, column, names in (
        (applications, "application", ("application", "first", "second")),
        (experts, "expert", ("expert",)),
    ):
        for name in names:
            if isinstance(values.get(name), int | np.integer):
                values[name] = table[column][int(str(values[name]))]
    return AssignmentError(error.reason, **values)


def _needed(folder: Path, name: str) -> pl.DataFrame:
    table = read_table(folder, name)
    if table is None:
        message = f"is not there, neither as {name}.csv nor as {name}.parquet."
        raise TableError([Fault(name, 0, "", message)])
    return table


def _numbers(name: str, table: pl.DataFrame, column: str, default: int | None) -> Int64:
    if column in table.columns:
        return whole_numbers(name, table, column, empty=default)
    if default is None:
        message = f"is missing; give it, or {column} in rules.yaml."
        raise TableError([Fault(name, 1, column, message)])
    return np.full(table.height, default, np.int64)


def _pairs(
    folder: Path, rules: AssignmentRules, applications: pl.DataFrame, experts: pl.DataFrame
) -> Pairs:
    given = read_table(folder, "affinity")
    if given is None:
        return _pairs_of_codes(folder, rules, applications, experts)
    need_columns("affinity", given, "application", "expert", "score")
    table = numbered(given)
    application = indices_in(
        "affinity", table, "application", applications, "is not in applications."
    )
    expert = indices_in("affinity", table, "expert", experts, "is not in experts.")
    scores = exact_numbers("affinity", table, "score")
    table = table.with_columns(
        pl.Series("__application", application),
        pl.Series("__expert", expert),
        pl.Series("__missing", scores.is_missing),
        pl.Series(
            "__wrong", (scores.values < 0) | (scores.values > MOST_SCORE * 10**scores.decimals)
        ),
    )
    refuse_rows("affinity", table, pl.col("__missing"), "score", "every row needs a score.")
    rule = f"a score from 0 to {MOST_SCORE} is needed."
    refuse_rows("affinity", table, pl.col("__wrong"), "score", rule)
    again = pl.struct("__application", "__expert").is_duplicated()
    refuse_rows("affinity", table, again, "expert", "the pair stands in more than one row.")
    return sorted_pairs(application, expert, scores.values * (UNIT // 10**scores.decimals))


def _pairs_of_codes(
    folder: Path, rules: AssignmentRules, applications: pl.DataFrame, experts: pl.DataFrame
) -> Pairs:
    """Reckon the affinity from the topics of both sides."""
    sides = []
    for name, column, known in (
        ("application_codes", "application", applications),
        ("expert_codes", "expert", experts),
    ):
        table = read_table(folder, name)
        if table is None or not rules.levels:
            message = "is not there, nor application_codes, expert_codes and levels in rules.yaml."
            raise TableError([Fault("affinity", 0, "", message)])
        need_columns(name, table, column, "code")
        table = numbered(table)
        owner = indices_in(name, table, column, known, f"is not in {column}s.")
        code = table["code"].cast(pl.String).str.strip_chars().fill_null("").to_list()
        default = 1 if column == "application" else UNIT
        weight = np.full(len(code), default, np.int64)
        if "weight" in table.columns:
            scores = exact_numbers(name, table, "weight")
            rule = "a weight above 0 is needed, of an expert's code at most 1."
            high = scores.values > 10**scores.decimals
            wrong = scores.is_missing | (scores.values <= 0) | (high & (column == "expert"))
            refuse_rows(
                name, table.with_columns(pl.Series("__w", wrong)), pl.col("__w"), "weight", rule
            )
            weight = scores.values * (UNIT // 10**scores.decimals)
        sides.append(Codes(owner, code, weight))
    levels = [(length, int(worth * UNIT)) for length, worth in sorted(rules.levels.items())]
    return affinity_from_codes(*sides, levels=levels[::-1])


def _conflict_rows(
    folder: Path,
    applications: pl.DataFrame,
    experts: pl.DataFrame,
    refusals: pl.DataFrame | None,
) -> pl.DataFrame:
    """Return all conflicts with the positions of both sides, refusals among them."""
    given = {"conflicts": read_table(folder, "conflicts"), "refusals": refusals}
    parts = [
        read_conflicts(name, table, applications, experts)
        for name, table in given.items()
        if table is not None
    ]
    schema = {"application": pl.Int32, "expert": pl.Int32, "kind": pl.String}
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def read_conflicts(
    name: str, table: pl.DataFrame, applications: pl.DataFrame, experts: pl.DataFrame
) -> pl.DataFrame:
    """Return the positions and kinds of conflicts; a refusal needs no kind."""
    need_columns(name, table, "application", "expert")
    if "kind" not in table.columns and name == "refusals":
        table = table.with_columns(pl.lit("refused").alias("kind"))
    need_columns(name, table, "kind")
    kind = pl.col("kind").cast(pl.String).str.strip_chars().str.to_lowercase()
    table = numbered(table.with_columns(kind))
    blank = pl.col("kind").is_null() | (pl.col("kind") == "")
    refuse_rows(name, table, blank, "kind", "every conflict needs a kind.")
    application = indices_in(name, table, "application", applications, "is not in applications.")
    expert = indices_in(name, table, "expert", experts, "is not in experts.")
    return table.select(
        pl.Series("application", application), pl.Series("expert", expert), pl.col("kind")
    )


def _conflicts(rows: pl.DataFrame, rules: AssignmentRules) -> tuple[Conflicts, Penalties]:
    """Part conflicts into those that bar a pair and those that cost it."""
    is_soft = rows["kind"].is_in(list(rules.soft))
    hard, soft = rows.filter(~is_soft), rows.filter(is_soft)
    costs = {kind: int(cost * UNIT) for kind, cost in rules.soft.items()}
    penalty = [costs[kind] for kind in soft["kind"]]
    kinds = [int(KINDS.get(kind, ConflictKind.OTHER)) for kind in hard["kind"]]
    sides = [
        (
            table["application"].to_numpy().astype(np.int32),
            table["expert"].to_numpy().astype(np.int32),
        )
        for table in (hard, soft)
    ]
    return (
        Conflicts(*sides[0], np.array(kinds, np.int32)),
        Penalties(*sides[1], np.array(penalty, np.int64)),
    )


def _groups(applications: pl.DataFrame, rules: AssignmentRules) -> npt.NDArray[np.int32] | None:
    if rules.group not in applications.columns:
        return None
    texts = applications[rules.group].cast(pl.String).str.strip_chars().replace("", None)
    dense = texts.rank("dense").cast(pl.Int32) - 1
    return dense.fill_null(-1).to_numpy().astype(np.int32)


def _keys(
    pairs: Pairs, rules: AssignmentRules, applications: pl.DataFrame, experts: pl.DataFrame
) -> Int64 | None:
    if rules.mode is not Mode.DRAW:
        return None
    return draw_keys(
        pairs,
        applications=applications["application"].to_list(),
        experts=experts["expert"].to_list(),
        seed=rules.seed.encode(),
        commitment=rules.commitment,
    )
