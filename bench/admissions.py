"""An allocation from PostgreSQL and back: 200,000 candidates with 30 choices each, 2,000 programmes.

    just bench admissions [--candidates 200000] [--choices 30] [--programmes 2000]

A throw-away data folder is filled by SQL with one season of one exam type, all candidates in one
category, so that all compete. The run is the product's own, in one transaction: read, allocate, tables
of results and reasons, verify by the other code, leaves and bundle, write back. The physical limit
beside it is the time in which PostgreSQL itself copies the same choices out and the same results in.
"""

import argparse
import resource
import sys
import time
from contextlib import contextmanager
from io import BytesIO

from data_folder import prepared_folder

GOAL_SECONDS = 180
SPENT: dict[str, float] = {}

SEASON = """
INSERT INTO admissions_season (uid, provenance, scheme, year, state, round, opened_at, scores_digest,
    scores_sealed_at, places_digest, choices_digest, version)
VALUES (gen_random_uuid(), 'demonstration', 'he-classified', 2026, 'choices-frozen', 0, now(), 'd',
    now(), '', '', 1) RETURNING id
"""
LINES = """
INSERT INTO admissions_placeline (uid, season_id, school_id, code, major_code, major, batch, exam_type,
    category, pathway, requested, places, state, note, reply, version)
SELECT gen_random_uuid(), %(season)s, (SELECT min(id) FROM registry_organisation), lpad(n::text, 6, '0'),
    '', 'major', 'college', 'secondary', 'computer', 'direct', 1, 0, 'approved', '', '', 1
FROM generate_series(1, %(programmes)s) n
"""
FLOWS = """
INSERT INTO admissions_placeflow (uid, season_id, kind, to_line_id, number, round, approval, rule, booked_at)
SELECT gen_random_uuid(), season_id, 'grant', id, greatest(1, (%(candidates)s * 0.9 / %(programmes)s)::int),
    0, 'bench', 'bench', now() FROM admissions_placeline WHERE season_id = %(season)s
"""
PEOPLE = """
INSERT INTO people_person (uid, provenance, name_key, search_text, name, sex, born_on, identity_sealed,
    identity_index, identity_hint, phone_sealed, phone_hint, registered_at)
SELECT gen_random_uuid(), 'demonstration', '', '', 'n', '', '2008-01-01', '', lpad(n::text, 64, '0'), '',
    '', '', now() FROM generate_series(1, %(candidates)s) n
"""
CANDIDATES = """
INSERT INTO admissions_candidate (uid, season_id, person_id, number, exam_type, category, eligibility,
    reason, code_hash, message_hash, choice_code, locked_round)
SELECT gen_random_uuid(), %(season)s, id, lpad(id::text, 9, '0'), 'secondary', 'computer', 'eligible', '',
    '', '', '', 0 FROM people_person WHERE name = 'n'
"""
SHEETS = """
INSERT INTO admissions_scoresheet (candidate_id, marks, sums, changed_at)
SELECT id, jsonb_build_object('culture_paper', c::text, 'theory', t::text, 'practice', p::text),
    jsonb_build_object('culture', c::text, 'skill', (t + p)::text, 'total', (c + t + p)::text), now()
FROM (SELECT id, (random() * 300)::int c, (random() * 200)::int t, (random() * 250)::int p
      FROM admissions_candidate WHERE season_id = %(season)s) drawn
"""
# A third of the wishes goes to a tenth of the programmes.
LISTS = """
INSERT INTO admissions_choicelist (uid, candidate_id, round, lines, version, made, changed_at, receipt)
SELECT gen_random_uuid(), candidate.id, 0, drawn.lines, 1, 'own', now(), ''
FROM admissions_candidate candidate CROSS JOIN LATERAL (
    SELECT array_agg(line) lines FROM (
        SELECT DISTINCT %(first)s + floor(%(programmes)s * power(random(), 1.5))::bigint line
        FROM generate_series(1, %(choices)s * 2) WHERE candidate.id > 0 LIMIT %(choices)s
    ) listed
) drawn WHERE candidate.season_id = %(season)s
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candidates", type=int, default=200_000)
    parser.add_argument("--choices", type=int, default=30)
    parser.add_argument("--programmes", type=int, default=2_000)
    given = parser.parse_args()
    with prepared_folder():
        return measure(given)


@contextmanager
def stretch(name):
    began = time.perf_counter()
    yield
    SPENT[name] = SPENT.get(name, 0.0) + time.perf_counter() - began


def timed(module, name, title):
    """Time a function of the product where the product calls it."""
    inner = getattr(module, name)

    def outer(*args, **kwargs):
        with stretch(title):
            return inner(*args, **kwargs)

    setattr(module, name, outer)


def fill(given) -> int:
    from django.db import connection  # noqa: PLC0415  # needs the prepared folder

    with connection.cursor() as cursor:
        cursor.execute(SEASON)
        (season,) = cursor.fetchone()
        told = {**vars(given), "season": season}
        cursor.execute(LINES, told)
        cursor.execute("SELECT min(id) FROM admissions_placeline WHERE season_id = %s", [season])
        (told["first"],) = cursor.fetchone()
        for statement in (FLOWS, PEOPLE, CANDIDATES, SHEETS, LISTS):
            cursor.execute(statement, told)
        cursor.execute("ANALYZE")
    return season


def limit() -> float:
    """Return how long PostgreSQL takes to copy the choices out and results of their size in."""
    from django.db import connection  # noqa: PLC0415  # needs the prepared folder

    began = time.perf_counter()
    with connection.cursor() as cursor:
        out = (
            "COPY (SELECT candidate_id, unnest(lines) FROM admissions_choicelist)"
            " TO STDOUT (FORMAT csv)"
        )
        content = BytesIO()
        with cursor.copy(out) as copy:
            for part in copy:
                content.write(part)
        cursor.execute("CREATE TEMP TABLE written (run bigint, candidate bigint, reasons jsonb)")
        cursor.execute(
            "INSERT INTO written SELECT run_id, candidate_id, reasons FROM admissions_result"
        )
    return time.perf_counter() - began


def measure(given) -> int:
    from zhiqiao.apps.admissions.actions import runs, seasons  # noqa: PLC0415  # needs the prepared folder
    from zhiqiao.apps.admissions.engine_io import allocation  # noqa: PLC0415
    from zhiqiao.apps.admissions.models import Run, Season  # noqa: PLC0415
    from zhiqiao.core.jobs import Progress  # noqa: PLC0415

    season = Season.objects.get(pk=fill(given))
    for name, title in (
        ("tables_of", "read"),
        ("allocate", "solve"),
        ("results_table", "results and reasons"),
        ("reasons_table", "results and reasons"),
        ("cutoffs_table", "results and reasons"),
        ("check_written", "verify"),
        ("leaves_of", "leaves and bundle"),
        ("bundle_of", "leaves and bundle"),
        ("digest_of", "digest of the inputs"),
    ):
        timed(allocation, name, title)
    allocation.check_written = timed_list(allocation.check_written)
    timed(runs, "write_results", "write")
    asked = seasons.SeasonStep.objects.create(
        season=season, arrow="run-trial", round=0, from_state="choices-frozen", to_state="trial",
        asked_at=season.opened_at,
    )  # fmt: skip
    began = time.perf_counter()
    runs.make_run(season, asked, actor=None, progress=Progress())
    whole = time.perf_counter() - began
    run = Run.objects.get()
    floor = limit()
    report(given, run, whole, floor)
    return 0 if whole <= GOAL_SECONDS else 1


def timed_list(check):
    """The verifier yields what it finds; only reading it to the end is the work."""

    def outer(*args, **kwargs):
        with stretch("verify"):
            return list(check(*args, **kwargs))

    return outer


def report(given, run, whole, floor) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{given.candidates:,} candidates x {given.choices} choices x {given.programmes:,} programmes:"
    )
    print(
        f"  {run.admitted:,} admitted, whole run {whole:.1f} s (goal {GOAL_SECONDS} s), peak {peak:.2f} GiB"
    )
    for title, seconds in SPENT.items():
        print(f"  {title}: {seconds:.1f} s")
    print(f"  the rest: {whole - sum(SPENT.values()):.1f} s")
    print(
        f"  PostgreSQL alone copies choices out and results in: {floor:.1f} s ({whole / floor:.1f}x)"
    )


if __name__ == "__main__":
    sys.exit(main())
