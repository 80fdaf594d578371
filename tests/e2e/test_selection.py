"""A call from the announcement to the acceptance of what was built, by all who take part in it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.e2e.selection_steps import (
    TITLE,
    WORD,
    Selection,
    announce,
    hand_in,
    path_of,
    press,
    put,
    recommend_and_check,
    write,
)
from tests.e2e.steps import Site, counted, submit, wait_for
from tests.e2e.test_admission import ZONE, identity_number, look, opened

ROOT = Path(__file__).parents[2]
RESEARCH_CENTRES = "T13"
PASSWORD = "a-long-password-of-experts-5"
EXPERTS = {"reader-1": "甲一", "reader-2": "乙二", "reader-3": "丙三", "reader-4": "丁四"}
ONE_DAY_AGO = """
from datetime import timedelta
from zhiqiao.apps.projects.models import Application
from zhiqiao.core.dates import today
print(Application.objects.filter(uid="{uid}").update(publicity_until=today() - timedelta(days=1)))
"""


@pytest.fixture(scope="module")
def selection(browser: Browser, site: Site) -> Iterator[Selection]:
    seen = {
        "clerk": ("clerk", "zh-hans", 1440),
        "lead": ("lead", "en", 1440),
        "sysadmin": ("sysadmin", "zh-hans", 1440),
        "school": ("school", "en", 1440),
        "body": ("body", "zh-hans", 360),
        "visitor": (None, "zh-hans", 360),
    }
    pages = {who: opened(browser, site, *how) for who, how in seen.items()}
    played = Selection(site, browser, pages)
    yield played
    for page in [*pages.values(), *played.experts.values()]:
        page.context.close()


def test_call_is_played_from_its_announcement_to_the_acceptance(selection, tmp_path):
    announce(selection)
    write(selection)
    hand_in(selection)
    recommend_and_check(selection)
    enter_experts(selection)
    review(selection)
    sit_as_a_panel(selection)
    put_on_notice(selection)
    object_and_answer(selection)
    recognise(selection, tmp_path)
    build(selection)
    stand_in_the_register(selection)

    public = selection.go("visitor", "/registers/school-rd-centre/")
    expect(public.locator("main")).not_to_contain_text(TITLE)


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


def sit_as_a_panel(play: Selection) -> None:
    play.move("to-panel", by="clerk")
    day = f"{timezone.now().astimezone(ZONE):%Y-%m-%d}"
    page = play.go("clerk", f"{play.call}panels/new/")
    play.look(page)
    for name, value in (("title", "研发中心评审会"), ("held_on", day), ("place", "第一会议室")):
        page.fill(f"[name={name}]", value)
    page.locator("[name=applications]").first.check()
    submit(page)
    press(page, "main tbody a[href^='/panels/']")
    panel = path_of(page, play.site)
    for name in EXPERTS.values():
        play.fill("clerk", f"{panel}seat/", name=name)
    attend(play, panel)
    page = play.go("clerk", panel)
    press(page, "a[href*='/items/']")
    votes = (("votes_for", "4"), ("votes_against", "0"), ("abstentions", "0"))
    for name, value in (*votes, ("advice", "recognise")):
        put(page, name, value)
    submit(page)
    play.fill("clerk", f"{panel}minutes/", minutes="专家一致同意。")
    play.look(play.go("clerk", f"{panel}sheet/"))
    page = play.go("clerk", panel)
    play.look(page)
    press(page, "form[action$='/close/'] button")
    play.move("close-panel", by="clerk")


def attend(play: Selection, panel: str) -> None:
    page = play.go("clerk", f"{panel}attendance/")
    play.look(page)
    for control in page.locator("select[name^='present_']").all():
        control.select_option("yes")
    for control in page.locator("[name^='fee_']").all():
        control.fill("800")
    page.locator("[name^='chair_']").first.check()
    submit(page)
    expect(page.locator("main")).to_contain_text("3200.00")


def put_on_notice(play: Selection) -> None:
    """Propose by rank, and announce with two signatures."""
    page = play.go("clerk", f"{play.call}results/")
    play.look(page)
    for name, value in (("first", "1"), ("reserve", "0"), ("grounds", "名额已满。")):
        page.locator(f"form[action$='/by-rank/'] [name={name}]").fill(value)
    press(page, "form[action$='/by-rank/'] button")
    play.look(page)
    play.move("announce", by="clerk", signed_by="lead")


def object_and_answer(play: Selection) -> None:
    """A visitor objects; the answer is found by the receipt, and the notice shows it to everybody."""
    page = play.go("visitor", f"{play.call}notice/")
    play.look(page)
    press(page, "a[href$='/object/']")
    play.look(page)
    for name, value in (("text", "场地已出租。"), ("name", "市民"), ("contact", "13800000000")):
        page.fill(f"[name={name}]", value)
    submit(page)
    receipt = path_of(page, play.site)
    play.look(page)
    clerk = play.go("clerk", f"{play.call}objections/")
    play.look(clerk)
    press(clerk, "main a[href^='/objections/']")
    play.look(clerk)
    put(clerk, "upheld", "no")
    put(clerk, "answer", "经核查，场地由学校自用。")
    submit(clerk)

    for path in (receipt, f"{play.call}notice/"):
        told = play.go("visitor", path)
        expect(told.locator("main")).to_contain_text("经核查")
        expect(told.locator("main")).not_to_contain_text("场地已出租")


def recognise(play: Selection, folder: Path) -> None:
    """The days of the notice pass, two sign, and anybody checks the certificate that follows.

    As a demonstration it moves no figure of the board.
    """
    before = counted(play.pages["visitor"], play.site, RESEARCH_CENTRES)
    end_notice(play)
    play.move("recognise", by="clerk", signed_by="lead")
    project = play.application.replace("/applications/", "/building/")
    page = play.go("school", project)
    play.look(page)
    certificate = page.request.get(f"{play.site.address}{project}certificate.pdf")
    check = page.locator("a[href^='/certificates/']").get_attribute("href")
    (folder / "certificate.pdf").write_bytes(certificate.body())
    visitor = play.go("visitor", str(check))
    play.look(visitor)

    assert counted(visitor, play.site, RESEARCH_CENTRES) == before
    assert certificate.headers["content-type"] == "application/pdf"
    assert (folder / "certificate.pdf").read_bytes().startswith(b"%PDF-")
    expect(visitor.locator("main .status").first).to_have_text(re.compile("真实有效"))
    expect(visitor.locator("main")).to_contain_text(TITLE)


def end_notice(play: Selection) -> None:
    """Nobody can wait five working days here: the last day of the notice is set to yesterday."""
    uid = play.application.removeprefix("/applications/").strip("/")
    command = [sys.executable, "-m", "zhiqiao", "manage", "shell", "-v", "0", "-c"]
    done = subprocess.run(
        [*command, ONE_DAY_AGO.format(uid=uid)],
        cwd=ROOT,
        env=play.site.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "1"


def build(play: Selection) -> None:
    """Hand every report in and have it judged, apply for acceptance, pass."""
    project = play.application.replace("/applications/", "/building/")
    page = play.go("school", project)
    reports = [
        str(one.get_attribute("href"))
        for one in page.locator("main tbody a[href^='/building-reports/']").all()
    ]
    for report in reports:
        report_once(play, report)
        play.fill("clerk", f"{report}judge/", verdict="passed")
    play.look(play.go("school", project))
    play.move("apply-for-acceptance", by="school")
    play.fill("clerk", f"{project}acceptance/", passed="yes", findings="任务全部完成。")
    play.move("accept", by="clerk", signed_by="lead")

    assert len(reports) > 1
    expect(play.go("lead", play.application).locator("main .status").first).to_contain_text(
        "Accepted"
    )


def report_once(play: Selection, report: str) -> None:
    page = play.go("school", report)
    play.look(page)
    put(page, "text", "按计划建设。")
    put(page, "reached_people_trained", "600")
    press(page, "main form:not([action]) button")
    press(page, "form[action$='/hand-in/'] button")
    expect(page.locator("main form textarea")).to_have_count(0)


def stand_in_the_register(play: Selection) -> None:
    """The list of the call leads to the page of the item."""
    page = play.go("visitor", f"{play.call}recognised/")
    play.look(page)
    press(page, "main tbody a")
    play.look(page)
    expect(page.locator("main h1")).to_contain_text(TITLE)


def test_demonstration_call_says_that_it_is_one_and_the_register_leaves_it_out(page, site):
    page.goto(f"{site.address}/calls/")
    press(page, "main .card a:has-text('在线精品课程')")
    look(page)
    expect(page.locator("body")).to_contain_text("演示数据")
    address = page.url
    page.goto(f"{address}recognised/")
    look(page)
    item = page.locator("main tbody a").first
    name = item.inner_text()
    press(page, "main tbody a")
    expect(page.locator("body")).to_contain_text("演示数据")
    look(page)

    page.goto(f"{site.address}/registers/online-course/")
    expect(page.locator("main")).not_to_contain_text(name)


def test_sample_expert_writes_the_last_review_on_a_phone(site, browser):
    login = (site.home / "sample-expert").read_text().strip()
    page = opened(browser, site, login, "zh-hans", 360)
    page.goto(f"{site.address}/my-reviews/")
    press(page, "main tbody a")
    undertake(page)
    give_marks(page, "85")

    expect(page.locator(".notice--success")).to_be_visible()
    page.context.close()
