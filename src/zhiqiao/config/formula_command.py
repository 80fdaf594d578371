"""`zhiqiao formula`: the formulas of a pack on a plain table, without a database."""

from __future__ import annotations

import csv
import math
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import IO

import click
import polars as pl

from zhiqiao import packs
from zhiqiao.config.commands import fail
from zhiqiao.engines.formula import Fact, FormulaError, Kind, Program, compile_program
from zhiqiao.engines.trace import Record, State, Step

STATE = "__state"
Cell = str | int | float | bool | Decimal | None
Reader = Callable[[str], Cell]

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_STATES = {state.name.lower() for state in State}


class TableError(ValueError):
    """A table that cannot be read; row 1 is the line of the column names."""

    def __init__(self, message: str, *, row: int | None = None, column: str = "") -> None:
        self.row = row
        self.column = column
        place = f"row {row}, " if row is not None else ""
        place += f"column {column}: " if column else ""
        super().__init__(f"{place}{message}")


@click.group()
def formula() -> None:
    """Compute and explain figures from a pack and a table of facts."""


@formula.command()
@click.option(
    "--pack",
    "pack_directory",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The policy pack.",
)
@click.option(
    "--facts",
    "facts_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with entity, year, dimensions and facts.",
)
@click.option(
    "--year",
    "years",
    required=True,
    multiple=True,
    type=int,
    help="Year to compute; may be given several times.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV to write.")
@click.option("--states", is_flag=True, help="Also write the state of every figure.")
@click.option("--explain", "entity", help="Print how the figures of this entity come about.")
@click.option("--formula", "formula_name", help="Explain this formula only.")
def run(  # noqa: PLR0913 - one parameter per option of the command line
    *,
    pack_directory: Path,
    facts_file: Path,
    years: tuple[int, ...],
    out: Path | None,
    states: bool,
    entity: str | None,
    formula_name: str | None,
) -> None:
    """Compute the formulas of a pack on a CSV of facts."""
    if out is None and entity is None:
        raise click.UsageError(
            "Say what to do: --out FILE to write the figures, --explain ID to show one."
        )
    try:
        program = load_program(pack_directory)
        facts = read_facts(facts_file, program)
        if out is not None:
            count = write_figures(program, facts, years, out, states=states)
            click.echo(f"{count} rows written to {out}.", err=True)
        if entity is not None:
            for line in explained_lines(program, facts, entity, years, formula_name):
                click.echo(line)
    except (TableError, FormulaError, packs.PackError, OSError) as error:
        fail(error)


def load_program(directory: Path) -> Program:
    formulas, facts, parameters, scopes = packs.load(directory).formula_program()
    return compile_program(formulas, facts=facts, parameters=parameters, scopes=scopes)


def read_facts(path: Path, program: Program) -> pl.DataFrame:
    """Every cell is read by the kind of its fact; nothing is guessed from what it looks like."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = list(csv.reader(file, strict=True))
        except UnicodeDecodeError as error:
            raise TableError("the file is not UTF-8; save it as CSV UTF-8") from error
        except csv.Error as error:
            raise TableError(f"the file is not CSV: {error}") from error
    if not rows or not any(rows[0]):
        raise TableError("the file is empty; the first row names the columns")
    readers = _readers(program, rows[0])
    columns: dict[str, list[Cell]] = {name: [] for name in rows[0]}
    seen: dict[tuple[Cell, Cell], int] = {}
    for number, row in enumerate(rows[1:], start=2):
        if any(row):
            _read_row(row, number, readers, columns)
            _check_key(columns, number, seen)
    schema = {name: _dtype(program, name) for name in columns}
    return pl.DataFrame(columns, schema=schema, strict=True)


def _read_row(
    row: list[str], number: int, readers: Mapping[str, Reader], columns: dict[str, list[Cell]]
) -> None:
    if len(row) != len(readers):
        raise TableError(
            f"it has {len(row)} cells; the first row names {len(readers)} columns", row=number
        )
    for (name, reader), text in zip(readers.items(), row, strict=True):
        try:
            columns[name].append(reader(text.strip()) if text.strip() else None)
        except (ValueError, InvalidOperation) as error:
            raise TableError(str(error), row=number, column=name) from error


def _check_key(
    columns: dict[str, list[Cell]], number: int, seen: dict[tuple[Cell, Cell], int]
) -> None:
    entity, year = columns["entity"][-1], columns["year"][-1]
    if entity is None or year is None:
        raise TableError(
            "the cell is empty; every row needs it",
            row=number,
            column="entity" if entity is None else "year",
        )
    first = seen.setdefault((entity, year), number)
    if first != number:
        raise TableError(
            f"{entity} in {year} stands already in row {first}; keep one row", row=number
        )


def _readers(program: Program, names: list[str]) -> dict[str, Reader]:
    known = _known_readers(program)
    readers: dict[str, Reader] = {}
    for name in names:
        if name in readers:
            raise TableError("the column comes twice; keep one", row=1, column=name)
        if name not in known:
            close = get_close_matches(name, known, n=1)
            near = f"; did you mean {close[0]}?" if close else ""
            raise TableError(f"the pack does not know this column{near}", row=1, column=name)
        readers[name] = known[name]
    for name in ("entity", "year", *program.dimensions, *program.facts):
        if name not in readers:
            raise TableError(
                "the column is missing; add it, with empty cells where nothing is known",
                row=1,
                column=name,
            )
    return readers


def _known_readers(program: Program) -> dict[str, Reader]:
    checked = program.checked
    known: dict[str, Reader] = {"entity": str, "year": _read_year}
    known |= {column: str for scope in checked.scopes.values() for column in scope.by}
    known |= {column: str for each in checked.parameters.values() for column in each.by}
    for fact in checked.facts.values():
        known[fact.name] = _fact_reader(fact)
        known[f"{fact.name}{STATE}"] = _read_state
    return known


def _fact_reader(fact: Fact) -> Reader:
    if fact.kind is Kind.DECIMAL:
        return lambda text: _read_decimal(text, fact.scale)
    return {Kind.INTEGER: _read_whole, Kind.NUMBER: _read_number, Kind.TRUTH: _read_truth}[
        fact.kind
    ]


def _read_year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text):
        raise ValueError(f"{text!r} is not a year; write four digits")
    return int(text)


def _read_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(
            f"{text!r} is not a whole number; write digits without separators or units"
        )
    return int(text)


def _read_decimal(text: str, scale: int) -> Decimal:
    if not _PLAIN.fullmatch(text) or "e" in text.lower():
        raise ValueError(f"{text!r} is not a number; write digits with at most one point")
    value = Decimal(text)
    if value != round(value, scale):
        raise ValueError(f"{text!r} has more than {scale} decimal places; round it to {scale}")
    return value


def _read_number(text: str) -> float:
    if not _PLAIN.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(f"{text!r} is not a number; write digits with at most one point")
    return float(text)


def _read_truth(text: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise ValueError(f"{text!r} is not a truth; write true or false")
    return _TRUTHS[text.lower()]


def _read_state(text: str) -> str:
    state = text.lower().replace("-", "_")
    if state not in _STATES:
        raise ValueError(f"{text!r} is not a state; write one of {', '.join(sorted(_STATES))}")
    return state


def _dtype(program: Program, name: str) -> pl.DataType:
    if name == "year":
        return pl.Int32()
    fact = program.checked.facts.get(name)
    if fact is None:
        return pl.String()
    kinds = {Kind.INTEGER: pl.Int64(), Kind.NUMBER: pl.Float64(), Kind.TRUTH: pl.Boolean()}
    return kinds.get(fact.kind) or pl.Decimal(38, fact.scale)


def write_figures(
    program: Program, facts: pl.DataFrame, years: tuple[int, ...], out: Path, *, states: bool
) -> int:
    """Either the whole file appears or nothing does."""
    figures = program.run(facts, years=years, states=states)
    if figures.is_empty():
        raise TableError(f"no row is of {', '.join(map(str, years))}; check --year", column="year")
    names = {int(state): state.name.lower() for state in State}
    spelled = [
        pl.col(name).replace_strict(names, return_dtype=pl.String)
        for name in figures.columns
        if name.endswith(STATE)
    ]
    with whole_file(out) as file:
        figures.with_columns(spelled).write_csv(file)
    return len(figures)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Write beside the file and put it in its place at the end; on any failure nothing remains."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def explained_lines(
    program: Program,
    facts: pl.DataFrame,
    entity: str,
    years: tuple[int, ...],
    formula_name: str | None,
) -> Iterator[str]:
    explainer = program.explainer(facts)
    for year in years:
        for name in [formula_name] if formula_name else program.formulas:
            yield from tree_lines(explainer.explain(entity=entity, year=year, formula=name))


def tree_lines(step: Step, depth: int = 0) -> Iterator[str]:
    """One line a step; a formula that was printed in the tree above is printed again in full."""
    yield "  " * depth + _line(step)
    for record in step.records:
        yield "  " * (depth + 1) + _record_line(record)
    for each in step.inputs:
        yield from tree_lines(each, depth + 1)


def _line(step: Step) -> str:
    state = step.state.name.lower().replace("_", " ")
    value = f"{step.value} {step.unit}".removesuffix(" 1") if step.value is not None else "no value"
    whom = f" of {step.entity} in {step.year}" if step.entity else ""
    line = f"{step.name or step.text}{whom}: {value} ({state})"
    if step.op not in ("fact", "literal", "parameter"):
        line += f" = {step.text}"
    if step.detail("digits") is not None:
        line += f", rounded to {step.detail('digits')} places"
    if step.reason and step.reason != "input":
        line += f" [{step.reason}]"
    return line + _source(step)


def _source(step: Step) -> str:
    if step.op != "parameter":
        return ""
    key = ", ".join(str(value) for _, value in step.details)
    parts = [
        f"for {key}" if key else "",
        f"since {step.valid_from}" if step.valid_from else "",
        f"source {step.source}" if step.source else "",
        f"checked by {step.checked_by}" if step.checked_by else "unchecked",
    ]
    return " — " + "; ".join(part for part in parts if part)


def _record_line(record: Record) -> str:
    return f"record {record.kind} {record.uid} {record.label}".rstrip()
