"""A call from the announcement to the acceptance of what was built, by all who take part in it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.e2e.selection_steps import (
    EXPERTS,
    ONE_DAY_AGO,
    RESEARCH_CENTRES,
    ROOT,
    TITLE,
    Selection,
    announce,
    enter_experts,
    give_marks,
    hand_in,
    path_of,
    press,
    put,
    recommend_and_check,
    review,
    undertake,
    write,
)
from tests.e2e.steps import Site, counted, submit
from tests.e2e.test_admission import ZONE, look, opened


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
    assert TITLE in stand_in_the_register(selection)


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


def stand_in_the_register(play: Selection) -> str:
    """Return the heading of the item's page; as a demonstration no list counts it."""
    page = play.go("visitor", f"{play.call}recognised/")
    play.look(page)
    press(page, "main tbody a")
    play.look(page)
    heading = page.locator("main h1").inner_text()
    public = play.go("visitor", "/registers/school-rd-centre/")
    expect(public.locator("main")).not_to_contain_text(TITLE)
    return heading


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
