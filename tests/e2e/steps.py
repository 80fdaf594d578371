"""Steps that several journeys share."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

WORKER_MS = 30_000


@dataclass(frozen=True)
class Site:
    address: str
    password: str
    home: Path
    _cookies: dict[str, list[Any]] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return what a command needs to work on the data folder of the site."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return kept | {"ZHIQIAO_HOME": str(self.home)}

    def sign_in(self, page: Page, login: str) -> None:
        """Sign in by the form once; later contexts get the same session."""
        if login in self._cookies:
            page.context.add_cookies(self._cookies[login])
            page.goto(f"{self.address}/workspace/")
            return
        self.fill_sign_in(page, login, self.password)
        page.wait_for_url("**/workspace/")
        self._cookies[login] = page.context.cookies(self.address)

    def fill_sign_in(self, page: Page, login: str, password: str) -> None:
        page.goto(f"{self.address}/accounts/login/")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        submit(page)


def submit(page: Page) -> None:
    """Press the last button of the page's form and wait for what comes back."""
    with page.expect_navigation():
        page.locator("main form button[type=submit]").last.click()


def counted(page: Page, site: Site, target: str) -> tuple[int | None, int]:
    """Return the value of a target and how many of its rows wait, as the board tells them."""
    rows = page.request.get(f"{site.address}/board.json").json()
    row = next(row for row in rows if row["id"] == target)
    return row["value"], row["pending"]


def choose_language(page: Page, site: Site, language: str) -> None:
    page.context.add_cookies([{"name": "zhiqiao_language", "value": language, "url": site.address}])


def paste(page: Page, site: Site, *lines: str) -> None:
    """Paste a table of recognised items and go through the questions to the check."""
    page.goto(f"{site.address}/imports/new/projects.recognitions/")
    page.fill("textarea[name=text]", "\n".join(lines))
    submit(page)
    through_questions(page)


def through_mapping(page: Page) -> None:
    if page.url.endswith("/mapping/"):
        submit(page)


def through_questions(page: Page) -> None:
    through_mapping(page)
    page.fill("[name=basis]", "学校新闻，由经办人抄录。")
    submit(page)


def wait_for(page: Page, selector: str) -> None:
    """Load the page again until the worker has brought it so far; works without scripts too."""
    for _ in range(WORKER_MS // 500):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(
        f"{selector} did not appear on {page.url}:\n{page.locator('main').inner_text()}"
    )


def enter(page: Page) -> None:
    """Wait for the check of an import, enter its rows and wait until they are written."""
    commit = "form[action$='/commit/'] button"
    wait_for(page, commit)
    with page.expect_navigation():
        page.locator(commit).first.click()
    wait_for(page, ".status--good")
