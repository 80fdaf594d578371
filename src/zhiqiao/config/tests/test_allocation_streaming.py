from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner

from zhiqiao.config.allocation import streaming
from zhiqiao.config.allocation.files import read_folder
from zhiqiao.config.allocation.streaming import write_leaves, write_reasons
from zhiqiao.config.cli import main
from zhiqiao.engines.matching import allocate, leaves_of, reasons_table

EXAMPLE = Path(__file__).resolve().parents[4] / "docs" / "examples" / "allocation"


def run(*arguments):
    return CliRunner().invoke(main, ["allocate", *map(str, arguments)])


@pytest.fixture
def allocation():
    return allocate(*read_folder(EXAMPLE))


def test_parquet_has_the_reasons_of_the_csv_and_is_verified(tmp_path):
    one, other = tmp_path / "csv", tmp_path / "parquet"
    assert run("solve", EXAMPLE, "--out", one).exit_code == 0
    told = run("solve", EXAMPLE, "--out", other, "--parquet")
    assert told.exit_code == 0, told.output
    assert not (other / "reasons.csv").exists()
    assert (other / "salts.csv").stat().st_mode & 0o077 == 0
    texts = pl.read_parquet(other / "reasons.parquet").cast(pl.String)
    assert texts.equals(pl.read_csv(one / "reasons.csv", infer_schema=False))
    assert run("verify", EXAMPLE, other).exit_code == 0


@pytest.mark.parametrize("size", [1, 3, 100])
def test_ranges_make_one_file_in_order(allocation, tmp_path, size):
    write_reasons(allocation, tmp_path / "reasons.parquet", size=size)
    assert pl.read_parquet(tmp_path / "reasons.parquet").equals(reasons_table(allocation))
    hashes = write_leaves(allocation, tmp_path / "salts.csv", b"kept", size=size)
    leaves = leaves_of(allocation, b"kept")
    assert hashes["leaf"].to_list() == leaves["leaf"].to_list()
    assert pl.read_csv(tmp_path / "salts.csv", infer_schema=False).equals(leaves)


def test_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1))
    told = run("solve", EXAMPLE, "--out", tmp_path / "out", "--parquet")
    assert told.exit_code == 1
    assert "the reasons of 13 choices need up to 1 MiB, and 0 MiB are free" in told.output
    assert "Free some, or name a folder on another disk." in told.output
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told(allocation, tmp_path):
    with pytest.raises(OSError, match=r"reasons\.parquet"):
        write_reasons(allocation, tmp_path / "none" / "reasons.parquet")
