"""Pictures of the kinds of pages in both languages, for docs/screenshots.

The plan's pages are those of the public records; seasons of admission and calls are the demonstration's.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
PORT = 8123
ADDRESS = f"http://127.0.0.1:{PORT}"
DEMONSTRATION = ("--candidates", "3000", "--applications", "40")
DESK, PHONE = (1280, 900), (360, 1400)
LANGUAGES = ("zh-hans", "en")
PASTED = (
    "kind\tname\tholder\tlevel\tannounced\tarea\tsource_title\n"
    "community\t成渝轨道交通产教融合共同体\t重庆公共运输职业学院\t\t2024-05\t重庆市\t学校新闻\n"
)


@dataclass(frozen=True)
class Shot:
    """A picture, who sees the page, and how one gets there."""

    name: str
    title: str
    reach: Callable[[Page], None]
    login: str = ""
    size: tuple[int, int] = DESK


def at(path: str) -> Callable[[Page], None]:
    return lambda page: go(page, path)


def go(page: Page, path: str) -> None:
    answer = page.goto(ADDRESS + path)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{path} did not answer")


def follow(page: Page, start: str) -> None:
    """Open the first link of the main part whose address begins like this."""
    address = page.locator(f'main a[href^="{start}"]').first.get_attribute("href")
    go(page, address or "")


def organisation(page: Page) -> None:
    go(page, "/organisations/?q=重庆电子科技职业大学")
    page.locator("main tbody a").first.click()


def dry_run(page: Page) -> None:
    go(page, "/imports/new/projects.recognitions/")
    page.fill("textarea[name=text]", PASTED)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def season(page: Page) -> None:
    go(page, "/admissions/")
    page.locator("main tbody a, main .card a").first.click()
    page.wait_for_load_state()


def run(page: Page) -> None:
    season(page)
    follow(page, "/runs/")


def own_result(page: Page) -> None:
    go(page, "/admissions/own/")


def call(page: Page) -> None:
    go(page, "/targets/T02/?records=demonstration")
    follow(page, "/recognitions/")
    follow(page, "/calls/")


def of_call(part: str) -> Callable[[Page], None]:
    def reach(page: Page) -> None:
        call(page)
        go(page, page.url.removeprefix(ADDRESS) + part)

    return reach


def project(page: Page) -> None:
    go(page, "/building/")
    follow(page, "/building/")


SHOTS = (
    Shot("home", "The public home", at("/")),
    Shot("board", "The plan's board", at("/board/")),
    Shot("target", "A target with its drill-down", at("/targets/T05/")),
    Shot("register", "A register", at("/registers/vet-group/")),
    Shot("organisation", "An organisation with its history", organisation),
    Shot("import", "An import after its dry run", dry_run, login="clerk"),
    Shot("pending", "The queue of pending decisions", at("/pending/"), login="clerk"),
    Shot("season", "A season of admission, for the bureau", season, login="clerk"),
    Shot("run", "The lines of a published run, for everybody", run),
    Shot("own-result", "A candidate's result", own_result, login="candidate", size=PHONE),
    Shot("call", "A call, for the bureau", call, login="clerk"),
    Shot("scores", "Scores and what stands beside them", of_call("scores/"), login="clerk"),
    Shot("notice", "The public notice of a call", of_call("notice/"), size=PHONE),
    Shot("reviews", "A reviewer's workspace", at("/my-reviews/"), login="expert", size=PHONE),
    Shot("project", "A project being built", project, login="clerk"),
)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ZHIQIAO_HOME": home, "DATABASE_URL": ""}
        command = [sys.executable, "-m", "zhiqiao", "demo", "--port", str(PORT), *DEMONSTRATION]
        site = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait()
            with sync_playwright() as play:
                browser = play.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                take_all(browser, Path(home))
        finally:
            site.terminate()
            site.wait(timeout=30)
    write_page()


def wait() -> None:
    for _ in range(480):
        try:
            with urlopen(f"{ADDRESS}/healthz", timeout=2):  # noqa: S310  # our own address
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the site did not start")


def take_all(browser: Browser, home: Path) -> None:
    for language in LANGUAGES:
        for shot in SHOTS:
            width, height = shot.size
            context = browser.new_context(viewport={"width": width, "height": height})
            context.add_cookies([{"name": "zhiqiao_language", "value": language, "url": ADDRESS}])
            page = context.new_page()
            if shot.login:
                sign_in(page, *account(home, shot.login))
            shot.reach(page)
            page.screenshot(path=FOLDER / f"{shot.name}.{language}.png")
            context.close()


def account(home: Path, login: str) -> tuple[str, str]:
    """Return name and password of a sample account; candidates and experts have files of their own."""
    own = home / f"sample-{login}"
    name = own.read_text(encoding="utf-8").split()[0] if own.exists() else login
    return name, (home / "sample-password").read_text(encoding="utf-8").strip()


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto(f"{ADDRESS}/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()


def write_page() -> None:
    lines = [
        "# Screenshots",
        "",
        "Regenerated by `just screenshots`: the plan's pages on the public records,",
    ]
    lines += ["seasons of admission and calls on the demonstration.", ""]
    for shot in SHOTS:
        lines += [f"## {shot.title}", ""]
        lines += [f"![{shot.title}](screenshots/{shot.name}.{one}.png)" for one in LANGUAGES]
        lines += [""]
    (ROOT / "docs" / "screenshots.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
