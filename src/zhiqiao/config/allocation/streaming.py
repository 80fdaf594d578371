"""The large files of a result, written range by range of candidates so that none stands in memory whole."""

import shutil
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from zhiqiao.engines.matching import Allocation, leaf_ranges, reason_ranges
from zhiqiao.engines.matching.reasons import COLUMNS

RANGE = 20_000
ROWS_OF_A_GROUP = 500_000
MARGIN = 1.2
MIB = 1 << 20


def refuse_full_disk(allocation: Allocation, folder: Path, *, size: int = RANGE) -> None:
    """Raise OSError where the folder's disk has no room for reasons and leaves.

    What they need is reckoned from the first range, uncompressed, so it is more than they will take.
    """
    reasons = next(reason_ranges(allocation, size=size))
    leaves = next(leaf_ranges(allocation, b"", size=size))
    share = max(allocation.programme.size / max(leaves.height, 1), 1)
    needed = int((reasons.estimated_size() + leaves.estimated_size()) * share * MARGIN)
    free = shutil.disk_usage(folder).free
    if free < needed:
        choices = allocation.applications.owner.size
        message = (
            f"the reasons of {choices:,} choices need up to {ceil(needed / MIB):,} MiB, and {free // MIB:,} MiB"
            f" are free at {folder.parent}. Free some, or name a folder on another disk."
        )
        raise OSError(message)


def write_reasons(allocation: Allocation, path: Path, *, size: int = RANGE) -> None:
    """Write the reasons as Parquet, sorted by candidate, a group of rows after the other."""

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _size: int | None
    ) -> Iterator[pl.DataFrame]:
        assert predicate is None and rows is None  # noqa: S101, PT018 - everything is written
        for frame in reason_ranges(allocation, size=size):
            yield frame if columns is None else frame.select(columns)

    source = register_io_source(read, schema=COLUMNS)
    try:
        source.sink_parquet(path, row_group_size=ROWS_OF_A_GROUP)
    except pl.exceptions.PolarsError as error:
        raise OSError(f"{path.name} cannot be written: {error}") from error


def write_leaves(
    allocation: Allocation, path: Path, secret: bytes, *, size: int = RANGE
) -> pl.DataFrame:
    """Write salts and contents into a new file for its owner alone; return the hashes alone."""
    path.touch(mode=0o600)
    hashes = []
    with path.open("wb") as file:
        for number, leaves in enumerate(leaf_ranges(allocation, secret, size=size)):
            leaves.write_csv(file, include_header=number == 0)
            hashes.append(leaves.select("leaf"))
    return pl.concat(hashes)
