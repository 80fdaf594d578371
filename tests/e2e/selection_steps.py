"""What the journey of a call does until the check of form, and how its pages are used."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import Site, submit
from tests.e2e.test_admission import ZONE, identity_number, look

DISTRICT = "部门或区县（演示）"
TITLE, WORD = "智能网联汽车技术研发中心", "智能网联"
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # fmt: skip


@dataclass
class Selection:
    site: Site
    browser: Browser
    pages: dict[str, Page]
    call: str = ""
    application: str = ""
    experts: dict[str, Page] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)

    def go(self, who: str, path: str) -> Page:
        page = self.pages[who]
        answer = page.goto(f"{self.site.address}{path}")
        assert answer is not None
        assert answer.status == 200
        return page

    def look(self, page: Page) -> None:
        """Look at each kind of page once."""
        kind = re.sub(r"[0-9a-f-]{36}", "", path_of(page, self.site))
        if kind not in self.looked:
            self.looked.add(kind)
            look(page)

    def fill(self, who: str, path: str, **given: str) -> Page:
        """Open a form, look at it, fill it in and send it; a refusal ends the journey."""
        page = self.go(who, path)
        self.look(page)
        for name, value in given.items():
            put(page, name, value)
        submit(page)
        assert page.locator(".error-summary").all_inner_texts() == []
        return page

    def move(self, name: str, *, by: str, reason: str = "", signed_by: str = "") -> None:
        """Take a move on its own page, and have a second person sign it where it wants one."""
        given = {"reason": reason} if reason else {}
        self.fill(by, f"{self.application}moves/{name}/", **given)
        if signed_by:
            page = self.go(signed_by, self.application)
            look(page)
            press(page, "form[action$='/sign/'] button")


def put(page: Page, name: str, value: str) -> None:
    control = page.locator(f"main [name='{name}']").first
    kind = control.evaluate("one => one.type || one.tagName")
    if kind == "radio":
        page.locator(f"main [name='{name}'][value='{value}']").check()
    elif kind == "checkbox":
        control.check()
    elif kind.startswith("select"):
        control.select_option(value)
    else:
        control.fill(value)


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def path_of(page: Page, site: Site) -> str:
    return page.url.removeprefix(site.address)


def announce(play: Selection) -> None:
    """Prepare a call of the standard lifecycle, give the district a quota, look at the rules, publish."""
    now = timezone.now().astimezone(ZONE)
    opens, closes = (f"{now + timedelta(hours=one):%Y-%m-%dT%H:%M}" for one in (-1, 240))
    page = play.fill(
        "clerk", "/calls/new/", kind="school-rd-centre", level="municipal", year="2026", batch="1",
        title_zh="关于申报学校研发中心的通知", title_en="Call for research centres of schools",
        document="渝教职成〔2026〕9号", opens_at=opens, closes_at=closes, places="1",
        text_zh="各学校按条件申报。", text_en="Schools apply by the conditions below.",
    )  # fmt: skip
    play.call = path_of(page, play.site)
    play.fill("clerk", f"{play.call}quotas/", lines=f"{DISTRICT} 2")
    play.fill("clerk", f"{play.call}publish/")
    play.look(play.go("clerk", play.call))
    play.look(play.go("visitor", play.call))


def write(play: Selection) -> None:
    """Save with gaps, meet the check, and fill them."""
    page = play.go("school", play.call)
    play.look(page)
    page.locator("a[href^='/apply/']").click()
    play.look(page)
    page.fill("[name=title]", TITLE)
    submit(page)
    draft = path_of(page, play.site)
    play.application = draft.replace("/writing/", "/applications/")
    play.fill("school", f"{draft}parts/plan/", goals=f"建成{WORD}研发中心。")
    missing = play.go("school", f"{draft}problems/")
    play.look(missing)
    gaps = missing.locator("main a[href*='/parts/']").count()
    fill_all_parts(play, f"{draft}parts/")
    page = play.go("school", f"{draft}problems/")

    assert gaps == 5
    expect(page.locator("main a[href*='/parts/']")).to_have_count(0)


def fill_all_parts(play: Selection, parts: str) -> None:
    leader = {"name": "云一", "part": "负责人", "employer": "", "identity": identity_number(801)}
    people = {f"contact_people-0-{name}": value for name, value in leader.items()}
    year = timezone.now().astimezone(ZONE).year
    money = {f"{one}-{year}": "200000" for one in ("lines-equipment", "sources-public")}
    finish = f"{year + 2}-12-31"
    play.fill("school", f"{parts}basis/", basis=f"已有{WORD}实验室。", **people)
    play.fill(
        "school", f"{parts}plan/", goals=f"建成{WORD}研发中心。", measures="分三年建设。",
        finish_on=finish,
    )  # fmt: skip
    play.fill("school", f"{parts}form-budget/", **money)
    play.fill("school", f"{parts}form-indicators/", people_trained="500")
    play.fill("school", f"{parts}form-declarations/", truthful="on")


def hand_in(play: Selection) -> None:
    """Print the paper copy, add its scan with the number at its foot, and hand in."""
    draft = play.application.replace("/applications/", "/writing/")
    paper = play.go("school", f"{draft}paper/")
    play.look(paper)
    number = paper.locator(".paper__foot code").first.inner_text()
    page = play.go("school", f"{draft}files/")
    play.look(page)
    form = page.locator("form[action$='/files/sealed_copy/']")
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": SCAN}
    form.locator("[name=file]").set_input_files(scan)
    form.locator("[name=printed]").fill(number)
    press(page, "form[action$='/files/sealed_copy/'] button")
    play.fill("school", f"{draft}hand-in/")
    play.look(page)
    expect(page.locator("main strong").first).to_have_text("2026-00001")


def recommend_and_check(play: Selection) -> None:
    """The district gives it a place and recommends; the clerk answers every question and passes it."""
    page = play.go("body", f"{play.call}recommending/")
    play.look(page)
    page.locator("main [name^='rank-']").first.fill("1")
    submit(page)
    play.move("recommend", by="body")
    page = play.go("clerk", f"{play.application}check/")
    play.look(page)
    for answer in page.locator("input[type=radio][value=yes]").all():
        answer.check()
    submit(page)
    play.move("pass-check", by="clerk")
