"""Two result folders beside each other: who moved, and because of whom."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl

from zhiqiao.config.commands import counted
from zhiqiao.engines.matching import Fault, TableError
from zhiqiao.engines.matching.displacement import Chain, End, displacements

ENDS = {
    End.FREE: "the last one takes a free place",
    End.OUT: "the last one has no place any more",
    End.ROUND: "the last one takes the place of the first",
}


def difference(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return one row for each move, chain by chain, and what to say of them all.

    Who stands in one of the results alone had, or has, no place there.
    """
    both = _together(before, after)
    names = sorted({*both["before"].drop_nulls(), *both["after"].drop_nulls()})
    number = {name: at for at, name in enumerate(names)}
    places = [
        np.array([number.get(name, -1) for name in both[side]], dtype=np.int32)
        for side in ("before", "after")
    ]
    chains = displacements(*places)
    rows = list(_rows(chains, both["candidate"].to_list(), names))
    columns = ["chain", "step", "candidate", "left", "entered", "end"]
    return pl.DataFrame(rows, schema=columns, orient="row"), list(_said(chains, both.height))


def _together(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    sides = []
    for name, table in (("before", before), ("after", after)):
        if table["candidate"].is_duplicated().any():
            raise TableError([Fault("results", 0, "candidate", "names a candidate twice.")])
        sides.append(table.select("candidate", pl.col("programme").alias(name)))
    joined = sides[0].join(sides[1], on="candidate", how="full", coalesce=True)
    empty = pl.col("before", "after").replace("", None)
    return joined.with_columns(empty).sort("candidate")


def _rows(
    chains: list[Chain], candidates: list[str], programmes: list[str]
) -> Iterator[tuple[object, ...]]:
    for number, chain in enumerate(chains, 1):
        for step, move in enumerate(chain.moves, 1):
            left = programmes[move.left] if move.left >= 0 else ""
            entered = programmes[move.entered] if move.entered >= 0 else ""
            end = str(chain.end) if step == len(chain.moves) else ""
            yield number, step, candidates[move.candidate], left, entered, end


def _said(chains: list[Chain], candidates: int) -> Iterator[str]:
    moves = [move for chain in chains for move in chain.moves]
    everybody, number = counted(candidates, "candidate"), counted(len(chains), "chain")
    yield f"{len(moves)} of {everybody} moved, in {number}."
    gained = sum(move.left < 0 for move in moves)
    lost = sum(move.entered < 0 for move in moves)
    yield f"{gained} got a place who had none, {lost} lost theirs."
    if chains:
        longest = max(len(chain.moves) for chain in chains)
        yield f"The longest chain has {counted(longest, 'move')}."
    counts = Counter(chain.end for chain in chains)
    for end in End:
        if counts[end]:
            yield f"{counted(counts[end], 'chain')}: {ENDS[end]}."
