"""The first half of a call in the browser, from its announcement to the last review."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import Site, submit, wait_for
from tests.e2e.test_admission import ZONE, identity_number, look, opened

ROOT = Path(__file__).parents[2]
RESEARCH_CENTRES = "T13"
DISTRICT = "部门或区县（演示）"
TITLE, WORD = "智能网联汽车技术研发中心", "智能网联"
PASSWORD = "a-long-password-of-experts-5"
EXPERTS = {"reader-1": "甲一", "reader-2": "乙二", "reader-3": "丙三", "reader-4": "丁四"}
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # fmt: skip
ONE_DAY_AGO = """
from datetime import timedelta
from zhiqiao.apps.projects.models import Application
from zhiqiao.core.dates import today
print(Application.objects.filter(uid="{uid}").update(publicity_until=today() - timedelta(days=1)))
"""


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


def enter_experts(play: Selection) -> None:
    """The administrator opens accounts, the clerk enters experts and says which account is whose.

    Their words fit the application best, so the assignment takes them before all others.
    """
    for serial, (login, name) in enumerate(EXPERTS.items(), start=811):
        page = play.fill("sysadmin", "/accounts/users/new/", login=login, name=name)
        once = page.locator("main code").inner_text()
        page = play.fill(
            "clerk", "/experts/new/", name=name, identity_number=identity_number(serial),
            category="industry", employer_text=f"{name}研究院（演示）", topics=WORD,
        )  # fmt: skip
        play.fill("clerk", f"{path_of(page, play.site)}account/", login=login)
        play.experts[name] = first_visit(play, login, once)


def first_visit(play: Selection, login: str, once: str) -> Page:
    """Sign in on a phone with the password that is shown once, and replace it."""
    language = "en" if login.endswith("1") else "zh-hans"
    page = opened(play.browser, play.site, None, language, 360)
    play.site.fill_sign_in(page, login, once)
    play.look(page)
    for name, value in (("oldpassword", once), ("password1", PASSWORD), ("password2", PASSWORD)):
        page.fill(f"input[name={name}]", value)
    submit(page)
    return page


def review(play: Selection) -> None:
    """Assign, let one refuse, let the assignment find another, and mark; then count."""
    first = assign(play)
    refuse(play, first[0])
    second = assign(play)
    for marks, name in zip(("80", "84", "88"), [*first[1:], *second], strict=True):
        mark(play, name, marks)
    page = play.go("clerk", f"{play.call}scores/")
    press(page, "form[action$='/compute/'] button")
    play.look(page)

    assert (len(first), len(second)) == (3, 1)
    assert {*first, *second} == set(EXPERTS.values())
    expect(page.locator("main tbody strong").nth(1)).to_have_text("84.00")


def assign(play: Selection) -> list[str]:
    """Let the worker assign what is missing, confirm it, and return who was chosen."""
    page = play.go("clerk", f"{play.call}reviews/")
    play.look(page)
    press(page, "form[action$='/draws/'] button")
    press(page, "main a[href^='/draws/']")
    wait_for(page, "form[action$='/confirm/'] button")
    play.look(page)
    chosen = [one.inner_text() for one in page.locator("main tbody tr td:nth-child(3)").all()]
    press(page, "form[action$='/confirm/'] button")
    return chosen


def own_review(play: Selection, name: str) -> Page:
    page = play.experts[name]
    page.goto(f"{play.site.address}/workspace/")
    play.look(page)
    page.goto(f"{play.site.address}/my-reviews/")
    play.look(page)
    press(page, "main tbody a")
    play.look(page)
    return page


def refuse(play: Selection, name: str) -> None:
    page = own_review(play, name)
    press(page, "main a[href$='/refuse/']")
    page.fill("[name=reason]", "本月在国外。")
    submit(page)
    expect(page.locator("main tbody a")).to_have_count(0)


def mark(play: Selection, name: str, marks: str) -> None:
    """Undertake, read and mark on a phone; the sheet is saved with gaps before it is handed in."""
    page = own_review(play, name)
    undertake(page)
    expect(page.locator("main")).to_contain_text(WORD)
    give_marks(page, marks)


def undertake(page: Page) -> None:
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    press(page, "form[action$='/accept/'] button")
    look(page)


def give_marks(page: Page, marks: str) -> None:
    for control in page.locator("main [name^='mark_']").all():
        control.fill(marks)
    press(page, "button[name=save]")
    for control in page.locator("main select[name^='out_']").all():
        control.select_option("no")
    page.fill("[name=words]", "目标明确，举措可行，预算与任务相称，建议支持建设，并加强企业参与。")
    press(page, "button[name=hand-in]")
    look(page)
    expect(page.locator("main form")).to_have_count(0)
