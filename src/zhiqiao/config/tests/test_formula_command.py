"""`zhiqiao formula run` on plain files: what it reads, refuses, writes and explains."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from zhiqiao.config.formula_command import (
    TableError,
    explained_lines,
    formula,
    read_facts,
    whole_file,
    write_figures,
)
from zhiqiao.engines.formula import Fact, Formula, Kind, Parameter, Scope, compile_program

PACK = Path(__file__).parents[4] / "packs" / "cq-2023-22"
HEAD = "entity,year,district,sort,pupils,teachers,fee,open\n"


@pytest.fixture
def program():
    return compile_program(
        [
            Formula("ratio", "pupils / teachers", "person/post", Kind.DECIMAL, 1),
            Formula("due", "fee * pupils", "cny", Kind.DECIMAL, 2),
            Formula("within", "ratio <= most and open", kind=Kind.TRUTH),
            Formula("part", "share(within, district)"),
        ],
        facts=[
            Fact("pupils", Kind.INTEGER, "person"),
            Fact("teachers", Kind.NUMBER, "post"),
            Fact("fee", Kind.DECIMAL, "cny/person", 2),
            Fact("open", Kind.TRUTH),
        ],
        parameters=[Parameter("most", Kind.INTEGER, "person/post", ("sort",))],
        scopes=[Scope("district", ("district",))],
    )


@pytest.fixture
def written(tmp_path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "facts.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_cells_are_read_by_the_kind_of_their_fact(program, written):
    text = "\ufeff" + HEAD + "s1,2025,d1,x,100,4.5,12.50,yes\n\ns2,2025, d1 ,,,,,\n"
    table = read_facts(written(text), program)
    assert table.rows() == [
        ("s1", 2025, "d1", "x", 100, 4.5, Decimal("12.50"), True),
        ("s2", 2025, "d1", None, None, None, None, None),
    ]


REFUSED = (
    ("", None, ""),
    ("entity,year\n", 1, "district"),
    (HEAD.replace("pupils", "pupil"), 1, "pupil"),
    (HEAD.replace("pupils", "open"), 1, "open"),
    (HEAD + "s1,2025,d1,x,many,1,1,true\n", 2, "pupils"),
    (HEAD + "s1,2025,d1,x,1.0,1,1,true\n", 2, "pupils"),
    (HEAD + "s1,2025,d1,x,１,1,1,true\n", 2, "pupils"),
    (HEAD + "s1,2025,d1,x,1,nan,1,true\n", 2, "teachers"),
    (HEAD + "s1,2025,d1,x,1,1e999,1,true\n", 2, "teachers"),
    (HEAD + "s1,2025,d1,x,1,1,1.255,true\n", 2, "fee"),
    (HEAD + "s1,2025,d1,x,1,1,1,maybe\n", 2, "open"),
    (HEAD + "s1,25,d1,x,1,1,1,true\n", 2, "year"),
    (HEAD + ",2025,d1,x,1,1,1,true\n", 2, "entity"),
    (HEAD + "s1,,d1,x,1,1,1,true\n", 2, "year"),
    (HEAD + "s1,2025,d1,x,1,1,1\n", 2, ""),
    (HEAD + "s1,2025,d1,x,1,1,1,true\n" * 2, 3, ""),
    (HEAD + 's1,2025,"d1\n', None, ""),
)


@pytest.mark.parametrize(("text", "row", "column"), REFUSED)
def test_a_faulty_table_is_refused_with_its_place(program, written, text, row, column):
    with pytest.raises(TableError) as refused:
        read_facts(written(text), program)
    assert (refused.value.row, refused.value.column) == (row, column)


def test_another_encoding_is_refused(program, written):
    with pytest.raises(TableError) as refused:
        read_facts(written(HEAD + "重庆,2025,d1,x,1,1,1,true\n", "gb18030"), program)
    assert str(refused.value) == "the file is not UTF-8; save it as CSV UTF-8"


def test_figures_are_written_as_csv(program, written, tmp_path):
    table = read_facts(
        written(HEAD + "s1,2025,d1,x,100,8,12.5,yes\ns1,2024,d1,x,1,1,1,yes\n"), program
    )
    out = tmp_path / "out.csv"
    assert write_figures(program, table, (2025,), out, states=False) == 1
    assert out.read_text() == "entity,year,ratio,due,within,part\ns1,2025,12.5,1250.00,,\n"
    write_figures(program, table, (2025,), out, states=True)
    assert pl.read_csv(out)["within__state"].to_list() == ["missing"]


def _fail_half_way(out):
    with whole_file(out) as file:
        file.write(b"half")
        raise OSError("disk full")


def test_nothing_half_written_remains(program, written, tmp_path):
    table = read_facts(written(HEAD + "s1,2025,d1,x,100,8,12.5,yes\n"), program)
    out = tmp_path / "out.csv"
    out.write_text("before")
    with pytest.raises(TableError):
        write_figures(program, table, (1999,), out, states=False)
    with pytest.raises(OSError, match="full"):
        _fail_half_way(out)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["facts.csv", "out.csv"]
    assert out.read_text() == "before"


def test_an_explanation_is_printed_as_a_tree(program, written):
    table = read_facts(written(HEAD + "s1,2025,d1,x,100,8,12.5,yes\n"), program)
    assert list(explained_lines(program, table, "s1", (2025,), "ratio")) == [
        "ratio of s1 in 2025: 12.5 person/post (derived) = pupils / teachers",
        "  pupils / teachers: 12.5 person/post (reported) = pupils / teachers, rounded to 1 places",
        "    pupils / teachers: 12.5 person/post (reported) = pupils / teachers",
        "      pupils of s1 in 2025: 100 person (reported)",
        "      teachers of s1 in 2025: 8.0 post (reported)",
    ]


def test_the_command_computes_the_formulas_of_a_pack(tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("entity,year\nregion,2025\n")
    runner = CliRunner()
    arguments = ["run", "--pack", str(PACK), "--facts", str(facts), "--year", "2025"]

    without = runner.invoke(formula, arguments)
    refused = runner.invoke(formula, [*arguments, "--out", str(tmp_path / "out.csv")])

    assert (without.exit_code, refused.exit_code) == (2, 1)
    assert "row 1, column" in refused.output
    assert not (tmp_path / "out.csv").exists()
