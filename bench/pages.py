"""CPU time of a page against a bare view behind the same middleware: board and register list.

Run by `just bench pages`. A throw-away data folder is filled with the public records and 10,000 rows
of one kind. Each page is called through the WSGI application, in turn with the bare view; the figure
is the least CPU time of a request over the rounds.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS, REQUESTS = 9, 30
ROWS = 10_000
KIND = "vet-group"


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "ZHIQIAO_HOME": home,
            "DJANGO_SETTINGS_MODULE": "zhiqiao.config.settings",
        }
        return measure()


def measure() -> int:
    import django  # noqa: PLC0415  # the environment is set first

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    from zhiqiao.config import demonstration  # noqa: PLC0415

    demonstration.prepare(Console(stderr=True))
    fill_register()
    sys.path.insert(0, str(Path(__file__).parent))
    settings.ROOT_URLCONF = "pages_urls"
    settings.ALLOWED_HOSTS = ["*"]
    cookie = signed_in_cookie()
    missed = 0
    for title, path, sent in (
        ("board", "/board/", ""),
        ("board, signed in", "/board/", cookie),
        (f"register list of {ROWS:,} rows, page 1", f"/registers/{KIND}/", ""),
        (f"register list of {ROWS:,} rows, page 400", f"/registers/{KIND}/?page=400", ""),
        (f"register list of {ROWS:,} rows, signed in", f"/registers/{KIND}/", cookie),
    ):
        page, bare = compare(path, sent)
        verdict = "ok" if page / bare <= 15 else "not ok"
        missed += verdict != "ok"
        print(
            f"{title}: {page * 1e3:.2f} ms CPU, bare {bare * 1e3:.3f} ms, ratio {page / bare:.1f} (goal 15) {verdict}"
        )
    return 1 if missed else 0


def compare(path: str, cookie: str) -> tuple[float, float]:
    page, bare = caller(path, cookie), caller("/bare/", cookie)
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


def caller(path: str, cookie: str) -> Callable[[], None]:
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415
    from django.test import RequestFactory  # noqa: PLC0415

    application = get_wsgi_application()
    environ = RequestFactory().get(path).environ | {"HTTP_COOKIE": cookie}

    def call() -> None:
        statuses: list[str] = []
        body = application(dict(environ), lambda status, _headers, *_rest: statuses.append(status))
        for _part in body:
            pass
        body.close()
        if not statuses[0].startswith("200"):
            raise SystemExit(f"{path} answered {statuses[0]}")

    return call


def signed_in_cookie() -> str:
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from zhiqiao.apps.accounts.actions import create_sample_accounts  # noqa: PLC0415

    create_sample_accounts(password="only-for-this-run")  # noqa: S106  # a throw-away database
    client = Client()
    client.force_login(get_user_model().objects.get(login="clerk"))
    return f"sessionid={client.cookies['sessionid'].value}"


def fill_register() -> None:
    from zhiqiao.apps.projects.models import Recognition  # noqa: PLC0415
    from zhiqiao.apps.registry.models import Region  # noqa: PLC0415
    from zhiqiao.core.search import searchable_fields  # noqa: PLC0415

    area = Region.objects.get(code="500000")
    Recognition.objects.bulk_create(
        Recognition(
            kind=KIND,
            name=f"职业教育集团第{number}号",
            name_filed=True,
            level="municipal",
            area=area,
            holder_text=f"第{number % 97}职业学校",
            provenance="public-source",
            **searchable_fields(name=f"职业教育集团第{number}号"),
        )
        for number in range(ROWS)
    )


if __name__ == "__main__":
    sys.exit(main())
