"""A season of admission from the first request to the published result, by all who take part."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import Site, choose_language, enter, submit, through_mapping, wait_for
from tests.e2e.test_look import overflow, violations

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
SCHOOL = "职业学校（演示）"
PASSWORD, CHOICE_CODE = "a-long-password-of-mine-7", "mine2027"
PEOPLE = {
    "270001": ("云一", "990101200803150019", (280, 180, 230)),
    "270002": ("云二", "990101200803150027", (250, 150, 200)),
}


def identity_number(serial: int) -> str:
    body = f"99010120080315{serial:03d}"
    total = sum(pow(2, 17 - at, 11) * int(digit) for at, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


@dataclass
class Season:
    site: Site
    pages: dict[str, Page]
    address: str = ""

    def go(self, who: str, path: str = "") -> Page:
        page = self.pages[who]
        page.goto(f"{self.site.address}{self.address}{path}")
        return page

    def step(self, arrow: str, *, signed: bool = False, by: str = "clerk") -> None:
        """Take a step as one person and sign it as another; wait for the run that it starts."""
        page = self.go(by)
        with page.expect_navigation():
            page.locator(f"form[action$='/steps/{arrow}/'] button").click()
        if signed:
            lead = self.go("lead")
            with lead.expect_navigation():
                lead.locator("form[action$='/sign/'] button").click()

    def state(self, word: str) -> None:
        page = self.go("clerk")
        try:
            wait_for(page, f"main .status:has-text('{word}')")
        except AssertionError:
            page.goto(f"{self.site.address}/jobs/")
            page.locator("main tbody a").first.click()
            raise AssertionError(page.locator("main").inner_text()) from None

    def window(self, hours_from: int, hours_until: int) -> None:
        page = self.go("clerk", "window/")
        now = timezone.now().astimezone(ZONE)
        for name, hours in (("choices_from", hours_from), ("choices_until", hours_until)):
            page.fill(f"[name={name}]", f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M}")
        page.fill("[name=reason]", "演示")
        submit(page)

    def bring_in(self, table: str, *lines: str, by: str = "clerk", **options: str) -> None:
        page = self.pages[by]
        page.goto(f"{self.site.address}/imports/new/{table}/")
        page.fill("textarea[name=text]", "\n".join(lines))
        submit(page)
        through_mapping(page)
        season = page.locator("select[name=season] option:has-text('2027')")
        page.select_option("select[name=season]", season.get_attribute("value"))
        for name, value in options.items():
            page.select_option(f"select[name={name}]", value)
        submit(page)
        enter(page)


def opened(browser: Browser, site: Site, login: str | None, language: str, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    if login:
        site.sign_in(page, login)
    choose_language(page, site, language)
    return page


@pytest.fixture(scope="module")
def season(browser: Browser, site: Site) -> Iterator[Season]:
    pages = {
        "clerk": opened(browser, site, "clerk", "zh-hans", 1440),
        "lead": opened(browser, site, "lead", "en", 1440),
        "school": opened(browser, site, "school", "zh-hans", 360),
        "270001": opened(browser, site, None, "zh-hans", 360),
        "270002": opened(browser, site, None, "en", 360),
    }
    yield Season(site, pages)
    for page in pages.values():
        page.context.close()


def look(page: Page) -> None:
    """Nothing to scroll sideways and nothing that a reader of screens would miss."""
    assert overflow(page) <= 0
    assert violations(page) == []


def test_season_is_played_from_requests_to_a_result_that_can_be_checked(season, site, tmp_path):
    ask_and_approve_places(season, site)
    season.step("freeze-places", signed=True)
    bring_candidates(season)
    season.window(-1, 2)
    season.step("open-choices")
    season.state("志愿填报中")
    for number in PEOPLE:
        choose(season, site, number)
    season.window(-2, -1)
    season.step("freeze-choices", signed=True)
    mark(season)
    season.step("run-trial")
    season.state("模拟投档已完成")
    season.step("open-review")
    files = season.go("school", "files/")
    expect(files.locator("main")).to_contain_text("270001")
    look(files)
    season.step("run-final")
    season.state("正式录取运行已完成")
    season.step("confirm", by="lead")
    season.step("publish", signed=True)
    season.state("已公布结果")
    read_results(season, site, tmp_path)


def ask_and_approve_places(season: Season, site: Site) -> None:
    clerk, school = season.pages["clerk"], season.pages["school"]
    clerk.goto(f"{site.address}/admissions/new/")
    clerk.select_option("select[name=scheme]", "he-classified")
    clerk.fill("[name=year]", "2027")
    submit(clerk)
    season.address = clerk.url.removeprefix(site.address)
    for code in ("N1", "N2"):
        page = season.go("school", "places/new/")
        look(page)
        page.fill("[name=code]", code)
        page.fill("[name=major]", "计算机应用技术")
        for name, value in (("batch", "college"), ("exam_type", "secondary"),
                            ("category", "computer"), ("pathway", "direct")):  # fmt: skip
            page.select_option(f"select[name={name}]", value)
        page.fill("[name=requested]", "1")
        submit(page)
        season.go("school", f"places/?q={code}")
        school.locator("#rows tbody a").first.click()
        with school.expect_navigation():
            school.locator("form[action$='/submit/'] button").click()
        season.go("clerk", f"places/?q={code}")
        clerk.locator("#rows tbody a").first.click()
        clerk.locator("a[href$='/review/']").click()
        clerk.fill("[name=words]", "渝教计〔2027〕1号")
        submit(clerk)
    look(season.go("clerk", "places/"))
    look(season.go("clerk", "ledger/"))


def bring_candidates(season: Season) -> None:
    rows = [
        f"{number}\t{name}\t{identity_number(at)}\t中职对口类\t计算机类\t{SCHOOL}"
        for at, (number, (name, _, _marks)) in enumerate(PEOPLE.items(), start=1)
    ]
    head = "number\tname\tidentity_number\texam_type\tcategory\tschool"
    season.bring_in("admissions.candidates", head, *rows)


def choose(season: Season, site: Site, number: str) -> None:
    """Open the account with the paper's code, list two programmes and lock them, on a phone."""
    clerk = season.go("clerk", f"candidates/?q={number}")
    clerk.locator("main tbody a").first.click()
    with clerk.expect_navigation():
        clerk.locator("form[action$='/code/'] button").click()
    code = clerk.locator("dd strong").inner_text()
    page = season.pages[number]
    open_account(page, site, number, code)
    page.locator("a[href$='/choices/']").click()
    with page.expect_navigation():
        page.locator("button[name=search]").click()
    for _ in range(2):
        with page.expect_navigation():
            page.locator("button[name=add]").first.click()
        with page.expect_navigation():
            page.locator("button[name=search]").click()
    look(page)
    page.fill("[name=choice_code]", CHOICE_CODE)
    with page.expect_navigation():
        page.locator("button[name=save]").click()
    page.goto(f"{site.address}/admissions/own/")
    page.locator("a[href$='/lock/']").click()
    page.fill("[name=choice_code]", CHOICE_CODE)
    submit(page)
    expect(page.locator("main code").first).to_be_visible()


def open_account(page: Page, site: Site, number: str, code: str) -> None:
    page.goto(f"{site.address}/admissions/first-sign-in/")
    look(page)
    for name, value in (("number", number), ("code", code), ("password", PASSWORD),
                        ("choice_code", CHOICE_CODE)):  # fmt: skip
        page.fill(f"[name={name}]", value)
    submit(page)


def mark(season: Season) -> None:
    head = "number\tculture_paper\ttheory\tpractice"
    rows = [f"{number}\t" + "\t".join(map(str, marks)) for number, (*_, marks) in PEOPLE.items()]
    for entry, by in (("first", "clerk"), ("second", "lead")):
        season.bring_in("admissions.scores", head, *rows, by=by, entry=entry)
    page = season.go("clerk")
    with page.expect_navigation():
        page.locator("form[action$='/seal/'] button").click()


def read_results(season: Season, site: Site, folder: Path) -> None:
    first, second = season.pages["270001"], season.pages["270002"]
    for page in (first, second):
        page.goto(f"{site.address}/admissions/own/")
        look(page)
    expect(first.locator("main section .status--good").first).to_contain_text("已录取")
    expect(second.locator("main")).to_contain_text("is below that of the last one admitted")
    run = second.locator("a[href^='/runs/']").first.get_attribute("href")
    for name, address in (
        ("my-leaf.json", second.locator("a[href$='leaf.json']").get_attribute("href")),
        ("bundle.json", f"{run}bundle.json"),
        ("leaves.txt", f"{run}leaves.txt"),
    ):
        (folder / name).write_bytes(second.request.get(site.address + address).body())
    public = second.context.browser.new_context().new_page()
    public.goto(site.address + run)
    look(public)
    public.context.close()
    command = [sys.executable, "-I", "-S", str(ROOT / "verifier" / "zhiqiao_verify.py"), "leaf"]
    files = [str(folder / name) for name in ("bundle.json", "leaves.txt", "my-leaf.json")]
    assert subprocess.run([*command, *files], check=False).returncode == 0
    assert "270002" not in (folder / "bundle.json").read_text(encoding="utf-8")
    told = json.loads((folder / "my-leaf.json").read_text(encoding="utf-8"))
    assert "270002" in told["content"]


def test_sample_candidate_reads_why(site, browser):
    login = (site.home / "sample-candidate").read_text().strip()
    page = opened(browser, site, login, "zh-hans", 360)

    page.goto(f"{site.address}/admissions/own/")

    expect(page.locator("body")).to_contain_text("演示数据")
    expect(page.locator("main section .status--good").first).to_contain_text("已录取")
    look(page)
    page.context.close()
