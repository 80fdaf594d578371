"""A call with 10,000 applications and 50,000 reviews: its lists, and its assignment in the real worker.

    just bench selection [--assignment] [--profile TEXT]

A throw-away data folder holds 8,000 invented experts and one call, first with 100 applications and 500
reviews, then with 10,000 and 50,000. Every list of the call is asked for through the WSGI application as
the bureau, a recommending body, a reviewer, an applicant or anybody. Stated are the queries of one request
and the 95th percentile of its time on the processors, web process and database together, so that
other work on the machine counts less. ``--assignment``: 10,000 applications x 8,000 experts x 5 reviews with
nothing assigned yet, proposed by a worker of its own and confirmed.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from data_folder import prepared_folder
from selection_rows import KIND, Ground, fill, lay_ground

WORKER = "import django; django.setup(); from zhiqiao.core.jobs import run_worker; run_worker()"
FEW, MANY, REQUESTS, GOAL = 100, 10_000, 40, 2.0
LONGEST = 900


@dataclass(frozen=True)
class Asked:
    """A list, and who asks for it."""

    title: str
    login: str
    path: str


def lists_of(ground: Ground) -> list[Asked]:
    from zhiqiao.apps.projects.models import Application, Panel  # noqa: PLC0415  # needs loaded apps

    call = f"/calls/{ground.call.uid}"
    read = Application.objects.get(number="2026-00001")
    panel = Panel.objects.order_by("id").first()
    bureau = {
        "calls": "/calls/", "the call": f"{call}/", "applications": f"{call}/applications/",
        "applications, last page": f"{call}/applications/?page=9999",
        "applications by applicant": f"{call}/applications/?sort=applicant",
        "applications past their day": f"{call}/applications/?only=overdue",
        "check of form": f"{call}/applications/?phase=checking",
        "reviews and experts": f"{call}/reviews/", "reviews of one application": f"/applications/{read.uid}/reviews/",
        "assignment": f"/draws/{ground.draw.uid}/", "scores": f"{call}/scores/",
        "panel": f"/panels/{panel.uid}/", "results": f"{call}/results/",
        "results on notice": f"{call}/results/?phase=publicity",
        "objections": f"{call}/objections/", "building": "/building/", "building, late": "/building/?only=late",
        "register": f"/registers/{KIND}/",
    }  # fmt: skip
    return [
        *(Asked(title, "clerk", path) for title, path in bureau.items()),
        Asked("public notice", "", f"{call}/notice/"),
        Asked("recognised", "", f"{call}/recognised/"),
        Asked("recommending", "body", f"{call}/recommending/"),
        Asked("own reviews", "reviewer", "/my-reviews/"),
        Asked("own applications", "school", "/my-applications/"),
    ]


def main() -> int:
    given = argparse.ArgumentParser()
    given.add_argument("--assignment", action="store_true")
    given.add_argument("--applications", type=int, default=MANY)
    given.add_argument("--profile", default="")
    chosen = given.parse_args()
    with prepared_folder():
        if chosen.assignment:
            return assign(chosen.applications)
        return measure(chosen.profile)


def measure(profiled: str) -> int:
    ground = lay_ground()
    fill(ground, range(FEW))
    cookies = {login: cookie_of(ground, login) for login in ("clerk", "body", "reviewer", "school")}
    few = {one.title: measured(one, cookies) for one in lists_of(ground)}
    fill(ground, range(FEW, MANY))
    if profiled:
        profile(next(one for one in lists_of(ground) if one.title == profiled), cookies)
        return 0
    met = [report(one, few[one.title], measured(one, cookies)) for one in lists_of(ground)]
    return 0 if all(met) else 1


def report(one: Asked, few: tuple[int, float], many: tuple[int, float]) -> bool:
    ratio = many[1] / few[1]
    met = many[0] <= few[0] and ratio <= GOAL
    print(
        f"| {one.title} | {one.login or 'anybody'} | {few[0]} | {many[0]} | {few[1] * 1e3:.0f} ms | "
        f"{many[1] * 1e3:.0f} ms | {ratio:.2f} {'ok' if met else 'not ok'} |",
        flush=True,
    )
    return met


def measured(one: Asked, cookies: dict[str, str]) -> tuple[int, float]:
    """Return the queries of a request and the 95th percentile of its time on the processors."""
    from django.db import connection  # noqa: PLC0415  # needs settings
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    call = caller(one.path, cookies.get(one.login, ""))
    call()
    with CaptureQueriesContext(connection) as captured:
        call()
    queries = len(captured)
    clock = clock_of_both()
    times = []
    for _request in range(REQUESTS):
        started = clock()
        call()
        times.append(clock() - started)
    return queries, sorted(times)[int(REQUESTS * 0.95)]


def clock_of_both() -> Callable[[], float]:
    """Give a clock of the processor time of this process and of all connections to the database."""
    from django.db import connection  # noqa: PLC0415  # needs settings

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        spent = [Path(f"/proc/{pid}/schedstat") for (pid,) in cursor.fetchall()]

    def clock() -> float:
        served = sum(int(one.read_text().split()[0]) for one in spent if one.exists())
        return time.process_time() + served / 1e9

    return clock


def profile(one: Asked, cookies: dict[str, str]) -> None:
    """Print the queries of one list with their seconds, the slowest last."""
    from django.db import connection  # noqa: PLC0415  # needs settings
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    call = caller(one.path, cookies.get(one.login, ""))
    call()
    with CaptureQueriesContext(connection) as captured:
        call()
    for query in sorted(captured.captured_queries, key=lambda each: float(each["time"])):
        print(query["time"], query["sql"][:600], "\n")


def caller(path: str, cookie: str) -> Callable[[], None]:
    from django.core.cache import caches  # noqa: PLC0415  # needs settings
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415
    from django.test import RequestFactory  # noqa: PLC0415

    application = get_wsgi_application()
    environ = RequestFactory(headers={"host": "127.0.0.1", "cookie": cookie}).get(path).environ

    def call() -> None:
        caches["process"].clear()
        statuses: list[str] = []
        body = application(dict(environ), lambda status, *_rest: statuses.append(status))
        for _part in body:
            pass
        body.close()
        if not statuses[0].startswith("200"):
            raise SystemExit(f"{path} answered {statuses[0]}")

    return call


def cookie_of(ground: Ground, login: str) -> str:
    from django.test import Client  # noqa: PLC0415  # needs settings

    client = Client()
    client.force_login(ground.accounts[login])
    return f"sessionid={client.cookies['sessionid'].value}"


def assign(many: int) -> int:
    from zhiqiao.apps.projects.actions.draws import confirm_draw, start_draw  # noqa: PLC0415
    from zhiqiao.apps.projects.models import Draw  # noqa: PLC0415
    from zhiqiao.core.models import Job  # noqa: PLC0415

    ground = lay_ground()
    ground.draw.delete()
    fill(ground, range(many), only="reviewing")
    draw = start_draw(ground.call, actor=ground.accounts["clerk"])
    started = time.monotonic()
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=os.environ)
    while time.monotonic() - started < LONGEST and not is_over(draw.uid):
        time.sleep(1)
    seconds = time.monotonic() - started
    worker.terminate()
    _pid, _status, peak = os.wait4(worker.pid, 0)
    draw = Draw.objects.get(pk=draw.pk)
    print(
        f"proposed by the worker: {seconds:.0f} s, {peak.ru_utime + peak.ru_stime:.0f} s of the processor, "
        f"peak {peak.ru_maxrss / 2**20:.2f} GiB, {draw.figures}, {len(draw.shortages)} shortages"
    )
    if not draw.figures:
        print(Job.objects.filter(subject_uid=draw.uid).values())
        return 1
    started = time.monotonic()
    asked = confirm_draw(draw, actor=ground.accounts["clerk"])
    print(f"confirmed: {asked} asked in {time.monotonic() - started:.0f} s")
    return 0 if draw.figures and seconds < 600 else 1


def is_over(draw: UUID) -> bool:
    from zhiqiao.core.models import Job  # noqa: PLC0415  # needs loaded apps

    return Job.objects.filter(subject_uid=draw, finished_at__isnull=False).exists()


if __name__ == "__main__":
    sys.exit(main())
