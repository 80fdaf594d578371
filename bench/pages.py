"""CPU time of a page against a bare view behind the same middleware: board and register list.

Run by `just bench pages`. A throw-away data folder is filled with the public records and 10,000 rows
of one kind. Each page is called through the WSGI application, in turn with the bare view; the figure
is the least CPU time of a request over the rounds, and beside it that of the first request after a
change of the records, when nothing drawn before may be shown again. The number of queries of that
first request is counted at 100 rows and at 10,000: it must not grow.
"""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from data_folder import prepared_folder

ROUNDS, REQUESTS = 9, 30
FEW, ROWS = 100, 10_000
KIND = "vet-group"
GOAL, JSON_GOAL = 15, 6
LIST = f"/registers/{KIND}/"
FAR = f"{LIST}?page=400"
ITEMS = f"/api/v1/registers/{KIND}/items"


@dataclass(frozen=True)
class Page:
    title: str
    path: str
    signed_in: bool = False
    goal: int = GOAL


PAGES = (
    Page("board", "/board/"),
    Page("board, signed in", "/board/", signed_in=True),
    Page(f"list of {ROWS:,} rows, page 1", LIST),
    Page(f"list of {ROWS:,} rows, page 400", FAR),
    Page(f"list of {ROWS:,} rows, page 1, signed in", LIST, signed_in=True),
    Page(f"list of {ROWS:,} rows, page 400, signed in", FAR, signed_in=True),
    Page("JSON list of 20 items", f"{ITEMS}?per_page=20", goal=JSON_GOAL),
    Page("JSON list of 20 items, page 400", f"{ITEMS}?per_page=20&page=400", goal=JSON_GOAL),
    Page("JSON list of 50 items", f"{ITEMS}?per_page=50", goal=JSON_GOAL),
)


def main() -> int:
    with prepared_folder():
        return measure()


def measure() -> int:
    from django.conf import settings  # noqa: PLC0415  # needs the prepared folder

    if settings.DEBUG:
        raise SystemExit("These figures are only worth something with the settings of production.")
    sys.path.insert(0, str(Path(__file__).parent))
    settings.ROOT_URLCONF = "pages_urls"
    cookie = signed_in_cookie()
    # The place of a session is noted with its first page, and then once in five minutes.
    caller("/bare/", cookie)()
    fill_register(range(FEW))
    few = [queries_of(page, cookie) for page in PAGES]
    fill_register(range(FEW, ROWS))
    met = [report(page, cookie, before) for page, before in zip(PAGES, few, strict=True)]
    met += [report_walk(per_page) for per_page in (20, 50)]
    return 0 if all(met) else 1


def report_walk(per_page: int) -> bool:
    """Read on by cursor: every answer is drawn afresh, none was kept from an earlier request."""
    cost, bare = compare(walker(per_page), caller("/bare/", ""))
    met = cost <= JSON_GOAL * bare
    print(
        f"JSON list of {per_page} items, read on by cursor, nothing kept: {cost * 1e3:.2f} ms CPU, "
        f"bare {bare * 1e3:.3f} ms, ratio {cost / bare:.1f} (goal {JSON_GOAL}) "
        f"{'ok' if met else 'not ok'}"
    )
    return met


def walker(per_page: int) -> Callable[[], None]:
    from django.core.cache import caches  # noqa: PLC0415  # needs settings
    from django.test import Client  # noqa: PLC0415  # needs settings

    client, cursor, calls = Client(headers={"host": "127.0.0.1"}), "", []
    for _ in range(REQUESTS):
        path = f"{ITEMS}?per_page={per_page}&cursor={cursor}"
        calls.append(caller(path, ""))
        cursor = client.get(path).json()["next"]
    steps = cycle(calls)

    def step() -> None:
        caches["process"].clear()
        next(steps)()

    return step


def report(page: Page, cookie: str, few: int) -> bool:
    sent = cookie if page.signed_in else ""
    cost, bare = compare(caller(page.path, sent), caller("/bare/", sent))
    afresh = first_after_a_change(page, sent)
    many = queries_of(page, cookie)
    met = cost <= page.goal * bare and many == few
    print(
        f"{page.title}: {cost * 1e3:.2f} ms CPU, bare {bare * 1e3:.3f} ms, "
        f"ratio {cost / bare:.1f} (goal {page.goal}); first after a change {afresh * 1e3:.2f} ms; "
        f"queries {few} at {FEW} rows, {many} at {ROWS:,} {'ok' if met else 'not ok'}"
    )
    return met


def compare(page: Callable[[], None], bare: Callable[[], None]) -> tuple[float, float]:
    for _ in range(10):
        page()
        bare()
    least = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for index, call in enumerate((page, bare)):
            started = time.process_time()
            for _ in range(REQUESTS):
                call()
            least[index] = min(least[index], (time.process_time() - started) / REQUESTS)
    return least[0], least[1]


def first_after_a_change(page: Page, cookie: str) -> float:
    from zhiqiao.core import revisions  # noqa: PLC0415  # needs loaded apps

    call = caller(page.path, cookie)
    least = float("inf")
    for _ in range(REQUESTS):
        revisions.bump("plan")
        started = time.process_time()
        call()
        least = min(least, time.process_time() - started)
    return least


def queries_of(page: Page, cookie: str) -> int:
    from django.db import connection  # noqa: PLC0415  # needs settings
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from zhiqiao.core import revisions  # noqa: PLC0415

    call = caller(page.path, cookie if page.signed_in else "")
    revisions.bump("plan")
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def caller(path: str, cookie: str) -> Callable[[], None]:
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415  # needs settings
    from django.test import RequestFactory  # noqa: PLC0415

    application = get_wsgi_application()
    environ = RequestFactory(headers={"host": "127.0.0.1", "cookie": cookie}).get(path).environ

    def call() -> None:
        statuses: list[str] = []
        body = application(dict(environ), lambda status, *_rest: statuses.append(status))
        for _part in body:
            pass
        body.close()
        if not statuses[0].startswith("200"):
            raise SystemExit(f"{path} answered {statuses[0]}")

    return call


def signed_in_cookie() -> str:
    from django.contrib.auth import get_user_model  # noqa: PLC0415  # needs loaded apps
    from django.test import Client  # noqa: PLC0415

    from zhiqiao.apps.accounts.actions import create_sample_accounts  # noqa: PLC0415

    create_sample_accounts(password="only-for-this-run")  # noqa: S106  # a throw-away database
    client = Client()
    client.force_login(get_user_model().objects.get(login="clerk"))
    return f"sessionid={client.cookies['sessionid'].value}"


def fill_register(numbers: Iterable[int]) -> None:
    from django.db import connection, transaction  # noqa: PLC0415  # needs loaded apps

    from zhiqiao.apps.projects.models import Recognition  # noqa: PLC0415
    from zhiqiao.apps.registry.models import Region  # noqa: PLC0415
    from zhiqiao.core import revisions  # noqa: PLC0415
    from zhiqiao.core.search import searchable_fields  # noqa: PLC0415

    area = Region.objects.get(code="500000")
    with transaction.atomic():
        Recognition.objects.bulk_create(
            Recognition(
                kind=KIND,
                name=f"职业教育集团第{number}号",
                level="municipal",
                area=area,
                holder_text=f"第{number % 97}职业学校",
                provenance="public-source",
                natural_key=f"bench-{number}",
                **searchable_fields(name=f"职业教育集团第{number}号"),
            )
            for number in numbers
        )
        revisions.bump("plan")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
