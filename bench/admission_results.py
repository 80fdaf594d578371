"""A candidate's own result page at 200 requests a second, from ever more stored results.

    just bench admission_results [--rate 200] [--seconds 20] [--sizes 100000 200000 1000000]

Each size has a throw-away data folder with one published season: every candidate has a choice list of 30
programmes and a result with the reason of each. Two web processes answer with the settings of production;
500 candidates drawn from all of them are signed in and ask in turn, each request at its own instant
whatever the answers before it took, so a late answer makes the next ones late as well. The sizes take
turns, and the 99th percentile of the greatest is compared with that of the smallest.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from admissions import CANDIDATES, FLOWS, LINES, PEOPLE, SEASON, SHEETS
from data_folder import prepared_folder
from nginx import free_port
from proxy import web_server

GOAL_RATIO = 1.3
PROGRAMMES, CHOICES, ASKING, THREADS, ROUNDS = 2_000, 30, 500, 24, 3
# Thirty different programmes each: 67 has no factor in common with their number.
LISTS = """
INSERT INTO admissions_choicelist (uid, candidate_id, round, lines, version, made, changed_at, receipt)
SELECT gen_random_uuid(), id, 0, ARRAY(SELECT %(first)s + (id * 31 + place * 67) %% %(programmes)s
    FROM generate_series(1, %(choices)s) place), 1, 'own', now(), ''
FROM admissions_candidate WHERE season_id = %(season)s
"""
RUN = """
INSERT INTO admissions_run (uid, season_id, round, kind, number, inputs_digest, bundle, signature, leaves_id,
    secret_sealed, admitted, candidates, seconds, finished_at, confirmed_at, published_at)
VALUES (gen_random_uuid(), %(season)s, 0, 'final', 1, 'd', '{}', '', %(leaves)s, '', 0, %(candidates)s, 1,
    now(), now(), now()) RETURNING id
"""
RESULTS = """
INSERT INTO admissions_result (run_id, candidate_id, line_id, rank, reasons)
SELECT %(run)s, candidate_id, lines[3], 3, (
    SELECT jsonb_agg(jsonb_build_array(line, CASE WHEN place < 3 THEN 'below-cutoff' WHEN place = 3
        THEN 'admitted' ELSE 'better-held' END, '512', '530', '18') ORDER BY place)
    FROM unnest(lines) WITH ORDINALITY listed (line, place))
FROM admissions_choicelist
"""
PUBLISHED = """
UPDATE admissions_season SET state = 'published', appeals_until = current_date + 3 WHERE id = %(season)s
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 200_000, 1_000_000])
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        return serve(given.serve)
    return measure(given)


def serve(candidates: int) -> int:
    """Fill a folder, answer from it until the input ends; a process of its own for each size."""
    with prepared_folder():
        pages = fill(candidates)
        port = free_port()
        with web_server(port):
            print(port, *(f"{path}={cookie}" for path, cookie in pages), flush=True)
            sys.stdin.read()
    return 0


def fill(candidates: int) -> list[tuple[str, str]]:
    from django.db import connection  # noqa: PLC0415  # needs the prepared folder

    from zhiqiao.core import files  # noqa: PLC0415

    told = {"candidates": candidates, "programmes": PROGRAMMES, "choices": CHOICES}
    told["leaves"] = files.store("leaves.txt", b"-", actor=None).pk
    with connection.cursor() as cursor:
        cursor.execute(SEASON)
        (told["season"],) = cursor.fetchone()
        cursor.execute(LINES, told)
        cursor.execute(
            "SELECT min(id) FROM admissions_placeline WHERE season_id = %(season)s", told
        )
        (told["first"],) = cursor.fetchone()
        for statement in (FLOWS, PEOPLE, CANDIDATES, SHEETS, LISTS, RUN):
            cursor.execute(statement, told)
        (told["run"],) = cursor.fetchone()
        cursor.execute(RESULTS, told)
        cursor.execute(PUBLISHED, told)
        cursor.execute("VACUUM ANALYZE")
    return list(signed_in(candidates, told["season"]))


def signed_in(candidates: int, season: int):
    """Give the address and the session of candidates from the whole range."""
    from django.conf import settings  # noqa: PLC0415  # needs the prepared folder
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from zhiqiao.apps.accounts.models import User  # noqa: PLC0415
    from zhiqiao.apps.admissions.models import Candidate  # noqa: PLC0415
    from zhiqiao.apps.people.models import Person  # noqa: PLC0415

    rows = Candidate.objects.filter(season=season).order_by("id")
    for candidate in rows[:: candidates // ASKING]:
        user = User.objects.create(
            login=candidate.number, name=candidate.number, date_joined=timezone.now()
        )
        Candidate.objects.filter(pk=candidate.pk).update(account=user)
        Person.objects.filter(pk=candidate.person_id).update(account=user)
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        yield f"/my-admission/{candidate.uid}/", f"{cookie.key}={cookie.value}"


def measure(given: argparse.Namespace) -> int:
    servers = [started(size) for size in given.sizes]
    found: dict[int, list[list[float]]] = {size: [] for size in given.sizes}
    try:
        for _ in range(ROUNDS):
            for size, (_process, port, pages) in zip(given.sizes, servers, strict=True):
                found[size].append(asked(port, pages, given))
    finally:
        for process, _port, _pages in servers:
            process.stdin.close()
            process.wait(timeout=120)
    return report(given, found)


def started(size: int) -> tuple[subprocess.Popen, int, list[list[str]]]:
    command = [sys.executable, __file__, "--serve", str(size)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port, *pages = process.stdout.readline().split()
    return process, int(port), [page.split("=", 1) for page in pages]


def asked(port: int, pages: list[list[str]], given: argparse.Namespace) -> list[float]:
    """Return how long after its instant each request was answered, in milliseconds."""
    begin, number = time.perf_counter() + 0.5, given.rate * given.seconds

    def ask(thread: int) -> list[float]:
        connection, taken = HTTPConnection("127.0.0.1", port), []
        for place in range(thread, number, THREADS):
            path, cookie = pages[place * 37 % len(pages)]
            due = begin + place / given.rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", path, headers={"Cookie": cookie, "Host": "localhost"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or b"</html>" not in body:
                raise SystemExit(f"{path} answered {answer.status}: {body[:300]!r}")
            taken.append((time.perf_counter() - due) * 1000)
        return taken

    with ThreadPoolExecutor(THREADS) as pool:
        return [one for part in pool.map(ask, range(THREADS)) for one in part]


def report(given: argparse.Namespace, found: dict[int, list[list[float]]]) -> int:
    print(
        f"{given.rate} requests a second, {ROUNDS} rounds of {given.seconds} s, medians of the rounds"
    )
    tails = {}
    for size, rounds in found.items():
        quantiles = [statistics.quantiles(one, n=1000) for one in rounds]
        middle, tails[size], last = (
            statistics.median(one[place] for one in quantiles) for place in (499, 989, 998)
        )
        print(
            f"  {size:>9,} results: p50 {middle:.1f} ms, p99 {tails[size]:.1f} ms, p99.9 {last:.1f} ms"
        )
    ratio = tails[max(tails)] / tails[min(tails)]
    print(
        f"p99 of {max(tails):,} is {ratio:.2f} x that of {min(tails):,} (goal {GOAL_RATIO} at most)"
    )
    return 0 if ratio <= GOAL_RATIO else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOWED_HOSTS", "localhost")
    sys.exit(main())
