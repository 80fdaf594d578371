"""The staging table in SQL: a fixed number of statements whatever the number of rows."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.db import connection
from django.db.models import F, Func, IntegerField, Sum

from zhiqiao.core.imports import problems as codes
from zhiqiao.core.imports.models import ImportBatch, ImportRow
from zhiqiao.core.imports.problems import as_json, from_json
from zhiqiao.core.imports.rows import TypedRow
from zhiqiao.core.imports.spec import Problem, spec

COPY = "COPY core_importrow (batch_id, number, cells, values, problems) FROM STDIN"


def stage(batch: ImportBatch, rows: Iterable[TypedRow]) -> int:
    """Replace the staged rows of the batch; returns how many there are."""
    clear(batch)
    count = 0
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            cells = json.dumps(row.cells, ensure_ascii=False)
            copy.write_row((batch.pk, row.number, cells, row.values, row.problems_json))
            count += 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_importrow")
    return count


def clear(batch: ImportBatch) -> None:
    """Drop the staged rows."""
    ImportRow.objects.filter(batch=batch).delete()


def rows(batch: ImportBatch) -> Iterator[tuple[int, dict[str, object]]]:
    """Read the typed rows in the order of the file."""
    staged = ImportRow.objects.filter(batch=batch, values__isnull=False).order_by("number")
    for number, values in staged.values_list("number", "values").iterator(chunk_size=5_000):
        yield number, values or {}


def add_problems(batch: ImportBatch, found: Iterable[Problem]) -> list[Problem]:
    """Note problems at their rows; returns those that speak of the whole file."""
    ordered = sorted(found, key=lambda problem: problem.row or 0)
    notes = []
    whole: list[Problem] = []
    for number, group in groupby(ordered, key=lambda problem: problem.row):
        if number is None:
            whole += group
        else:
            notes.append({"number": number, "items": [as_json(problem) for problem in group]})
    if notes:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE core_importrow AS staged
                SET problems = COALESCE(NULLIF(staged.problems, 'null'), '[]') || note.items
                FROM jsonb_to_recordset(%s::jsonb) AS note(number integer, items jsonb)
                WHERE staged.batch_id = %s AND staged.number = note.number
                """,
                [json.dumps(notes), batch.pk],
            )
    return whole


def faulty_rows(batch: ImportBatch) -> Iterator[tuple[int, list[Problem]]]:
    """Read the rows with problems, in the order of the file."""
    staged = ImportRow.objects.filter(batch=batch, problems__isnull=False).order_by("number")
    for number, problems in staged.values_list("number", "problems").iterator(chunk_size=5_000):
        yield number, from_json(problems or [])


def count_faults(batch: ImportBatch) -> tuple[int, int]:
    """How many rows have problems, and how many problems they have together."""
    faulty = ImportRow.objects.filter(batch=batch, problems__isnull=False)
    size = Func(F("problems"), function="jsonb_array_length", output_field=IntegerField())
    return faulty.count(), faulty.aggregate(total=Sum(size))["total"] or 0


def duplicates(
    batch: ImportBatch, fields: Sequence[str], *, code: str = codes.DUPLICATE_ROW
) -> list[Problem]:
    """Find the rows that repeat an earlier row of the file in all of ``fields``."""
    keys = ", ".join(["values -> %s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT number, given, first FROM (
                SELECT number, values ->> %s AS given,
                       min(number) OVER (PARTITION BY {keys}) AS first
                FROM core_importrow WHERE batch_id = %s AND values IS NOT NULL
            ) AS compared
            WHERE number > first ORDER BY number
            """,  # noqa: S608 # only placeholders are put in
            [fields[0], *fields, batch.pk],
        )
        return [
            Problem(number, fields[0], given or "", code, {"first": first})
            for number, given, first in cursor.fetchall()
        ]


def conflicts(
    batch: ImportBatch,
    *,
    key: Sequence[str],
    fields: Sequence[str],
    code: str = codes.CONFLICTING_ROW,
) -> list[Problem]:
    """Find the rows that share ``key`` with an earlier row but differ from it in ``fields``."""
    keys = ", ".join(["values -> %s"] * len(key))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT number, values ->> %s, first,
                   (SELECT array_agg(name ORDER BY place)
                    FROM unnest(%s::text[]) WITH ORDINALITY AS field(name, place)
                    WHERE values -> name IS DISTINCT FROM first_values -> name) AS names
            FROM (
                SELECT number, values,
                       first_value(number) OVER same AS first,
                       first_value(values) OVER same AS first_values
                FROM core_importrow WHERE batch_id = %s AND values IS NOT NULL
                WINDOW same AS (PARTITION BY {keys} ORDER BY number)
            ) AS compared
            WHERE number > first ORDER BY number
            """,  # noqa: S608 # only placeholders are put in
            [key[0], list(fields), batch.pk, *key],
        )
        found = cursor.fetchall()
    return [
        Problem(number, names[0], given or "", code, _difference(batch, first, names))
        for number, given, first, names in found
        if names
    ]


def _difference(batch: ImportBatch, first: int, names: list[str]) -> dict[str, str | int]:
    titles = [str(spec(batch.spec).column(name).title) for name in names]
    return {"first": first, "columns": ", ".join(titles)}


def unknown_values(
    batch: ImportBatch, field: str, known: Iterable[str], *, code: str = codes.UNKNOWN_CODE
) -> list[Problem]:
    """Find the rows whose ``field`` is filled in with something that is not ``known``."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT number, values ->> %s FROM core_importrow
            WHERE batch_id = %s AND COALESCE(values ->> %s, '') <> ''
              AND NOT (values ->> %s = ANY(%s::text[]))
            ORDER BY number
            """,
            [field, batch.pk, field, field, list(known)],
        )
        return [Problem(number, field, given, code) for number, given in cursor.fetchall()]
