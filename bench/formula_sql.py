"""What one school's figures cost where the facts are, against loading the facts and running in batch.

    just bench formula_sql

10,000 schools x 10 years x 100 indicators = 10 million records, of which the hundred formulas of
`just bench formula` use 30. They lie in one table with an index by school and one by dimension, made in a
transaction that is rolled back. Loading is part of every time; least of interleaved rounds.
"""

import argparse
import gc
import io
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.config.settings")
django.setup()

import polars as pl  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from formula import NUMBERS, SCHOOL, make_facts, make_program  # noqa: E402
from formula_case import FACTS, SCHOOLS, YEARS  # noqa: E402

from zhiqiao.core.formulas import run_statement  # noqa: E402
from zhiqiao.engines.formula import Relation  # noqa: E402

INDICATORS = 100
GOAL = 25
DIMENSIONS = ("district", "school_type")
TABLE = 'CREATE TEMP TABLE bench_fact (entity text COLLATE "C", year int, name text, value numeric, text text, state int)'
INDEXES = (
    "CREATE INDEX ON bench_fact (entity, year)",
    "CREATE INDEX ON bench_fact (name, text, year) INCLUDE (entity) WHERE text IS NOT NULL",
    "ANALYZE bench_fact",
)
FILLING = (
    "INSERT INTO bench_fact SELECT 's' || lpad(school::text, 5, '0'), year, 'indicator_' || indicator,"
    " (school * 31 + year * 7 + indicator) %% 5000, NULL, NULL FROM generate_series(0, %s) AS school,"
    " generate_series(%s, %s) AS year, generate_series(%s, %s) AS indicator"
)
NAMES = [*DIMENSIONS, *FACTS]
RECORDS = Relation(
    "SELECT entity, year, name, value, text, state FROM bench_fact WHERE name = ANY(%(names)s)",
    {"names": NAMES},
)


def fill(facts):
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        for name in (*DIMENSIONS, *FACTS):
            text, value = ("", name) if name in DIMENSIONS else (name, "")
            columns = [
                pl.col("entity"), pl.col("year"), pl.lit(name).alias("name"),
                pl.lit(None).alias("value") if not text else pl.col(text).alias("value"),
                pl.lit(None).alias("text") if not value else pl.col(value).alias("text"),
            ]  # fmt: skip
            written = io.BytesIO()
            facts.select(columns).write_csv(written, include_header=False)
            with cursor.copy(
                "COPY bench_fact (entity, year, name, value, text) FROM STDIN CSV"
            ) as copy:
                copy.write(written.getvalue())
        last = INDICATORS - len(FACTS)
        cursor.execute(FILLING, [SCHOOLS - 1, YEARS[0], YEARS[-1], 1, last])
        for index in INDEXES:
            cursor.execute(index)
        cursor.execute("SELECT count(*), pg_total_relation_size('bench_fact') FROM bench_fact")
        return cursor.fetchone()


def in_database(program, names):
    statement = program.statement(RECORDS, formulas=names, entity=SCHOOL)
    return run_statement(statement, most_milliseconds=600_000)


def loaded(where, parameters):
    """Load facts as a table, turned in the database; in the types that the program wants."""
    columns = [f"max(text) FILTER (WHERE name = '{name}')" for name in DIMENSIONS]
    columns += [
        f"max(value) FILTER (WHERE name = '{name}')::{'float8' if name in NUMBERS else 'bigint'}"
        for name in FACTS
    ]
    names = ["entity", "year", *NAMES]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT entity, year, {', '.join(columns)} FROM bench_fact"  # noqa: S608 - our own words
            f" WHERE {where} AND name = ANY(%s) GROUP BY entity, year",
            [*parameters, NAMES],
        )
        rows = cursor.fetchall()
    types = dict.fromkeys(names, pl.Int64) | dict.fromkeys(NUMBERS, pl.Float64)
    types |= dict.fromkeys(("entity", *DIMENSIONS), pl.String)
    return pl.DataFrame(rows, schema=types, orient="row")


def in_batch(program, where="true", parameters=()):
    result = program.run(loaded(where, parameters), states=True)
    return result.filter(pl.col("entity") == SCHOOL)


def timed(function):
    gc.collect()
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def compare(program, rounds):
    """Time one formula, all about the school alone, those over its district, and all hundred."""
    alone = [name for name in program.formulas if not program.checked.reaches[name]]
    over = [name for name in program.formulas if program.checked.reaches[name]]
    asked = {
        "one formula": [alone[0]],
        f"{len(alone)} formulas about the school": alone,
        f"{len(over)} formulas over its district": over,
        "all 100 formulas": list(program.formulas),
    }
    whole, expected = min((timed(lambda: in_batch(program)) for _ in range(2)), key=lambda t: t[0])
    held = [report("load all schools, run, take one", whole, whole, goal=0)]
    for label, names in asked.items():
        times = []
        for _ in range(rounds):
            spent, result = timed(lambda names=names: in_database(program, names))
            times.append(spent)
        same = result.equals(expected.select(result.columns))
        held.append(report(label, min(times), whole, goal=GOAL) and same)
        print(f"{'':44} {'equal to the batch run' if same else 'DIFFERENT'}")
    hand = min(timed(lambda: in_batch(program, "entity = %s", [SCHOOL]))[0] for _ in range(rounds))
    print(f"{'load the one school by hand, run all in batch':44} {hand * 1000:>10.1f} ms")
    return held


def report(label, spent, whole, *, goal):
    ratio = whole / spent
    holds = ratio >= goal
    words = f">= {goal}x {'ok' if holds else 'NOT OK'}" if goal else ""
    print(f"{label:44} {spent * 1000:>10.1f} ms {ratio:>9,.1f}x  {words}")
    return holds


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    rounds = options.parse_args().rounds
    facts, _ = make_facts()
    program = make_program()
    with transaction.atomic():
        count, size = fill(facts)
        print(f"{count:,} records, {size / 2**30:.1f} GiB with indexes; least of {rounds} rounds")
        held = compare(program, rounds)
        transaction.set_rollback(True)
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
