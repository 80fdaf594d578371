"""A quarter of coordination: the bureau, its lead, a department and a school, in both languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import Site, choose_language, submit
from tests.e2e.test_look import faults_of

TASK = "K27"
BODIES = {"body": "部门或区县（演示）", "school": "职业学校（演示）"}
PERIOD = "2026-09-30"


def signed_in(browser: Browser, site: Site, login: str, language: str, width: int = 1440) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    site.sign_in(page, login)
    choose_language(page, site, language)
    return page


def open_task(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/tasks/?q={TASK}")
    page.locator("main tbody a[href*='/tasks/']").first.click()
    page.wait_for_load_state()


def assign(page: Page, site: Site, body: str, role: str) -> None:
    open_task(page, site)
    page.locator("a[href$='/assign/']").click()
    page.fill("input[name=body]", body)
    page.select_option("select[name=role]", role)
    page.fill("input[name=starts_on]", "2026-07-01")
    submit(page)


def write(page: Page, site: Site, words: str) -> None:
    page.goto(f"{site.address}/obligations/")
    page.locator(f"a[href$='/reports/{PERIOD}/']").first.click()
    page.fill("textarea[name=progress]", words)
    with page.expect_navigation():
        page.locator("button[name=hand_in]").click()


def first_to_review(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/tasks/overview/")
    page.locator("main a[href^='/reports/']").first.click()
    page.wait_for_load_state()


def review(page: Page, button: str, note: str = "") -> None:
    page.fill("textarea[name=note]", note)
    with page.expect_navigation():
        page.locator(f"button[name={button}]").click()


@pytest.fixture(scope="module")
def pages(browser: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """Four people at work; the body leads the task and the school takes part."""
    opened = {
        "clerk": signed_in(browser, site, "clerk", "zh-hans"),
        "lead": signed_in(browser, site, "lead", "en"),
        "body": signed_in(browser, site, "body", "en", 360),
        "school": signed_in(browser, site, "school", "zh-hans", 360),
    }
    assign(opened["clerk"], site, BODIES["body"], "lead")
    assign(opened["clerk"], site, BODIES["school"], "with")
    yield opened
    for page in opened.values():
        page.context.close()


def test_report_is_returned_corrected_and_accepted(pages, site):
    clerk, lead, body = pages["clerk"], pages["lead"], pages["body"]
    write(body, site, "Two rural colleges are open.")
    expect(body.locator("main")).to_contain_text("Handed in")
    first_to_review(clerk, site)
    review(clerk, "return", "请写明两所学院的名称。")
    body.reload()
    expect(body.locator("main")).to_contain_text("Returned for correction")

    write(body, site, "Two rural colleges are open: A and B.")
    first_to_review(lead, site)
    review(lead, "accept")

    expect(lead.locator("main")).to_contain_text("Accepted")
    assert faults_of(lead, lead.url, axe=True) == []
    lead.goto(f"{site.address}/tasks/progress/")
    expect(lead.locator("main")).to_contain_text("Two rural colleges are open: A and B.")


def test_reminder_is_answered_and_the_bureau_reads_it(pages, site):
    clerk, lead, school = pages["clerk"], pages["lead"], pages["school"]
    open_task(clerk, site)
    part = clerk.locator("main article", has_text=BODIES["school"])
    part.locator("a[href$='/ask/reminder/']").click()
    clerk.fill("textarea[name=text]", "请报送第三季度进展。")
    submit(clerk)
    school.goto(f"{site.address}/obligations/")
    expect(school.locator("main")).to_contain_text("主管部门的催办")

    school.locator("a[href*='/supervisions/']").first.click()
    school.fill("textarea[name=text]", "本周内报送。")
    submit(school)

    open_task(lead, site)
    expect(lead.locator("main")).to_contain_text("本周内报送。")
    expect(lead.locator("main")).to_contain_text("answered on")


@pytest.mark.parametrize("person", ["clerk", "lead", "body", "school"])
def test_page_of_the_task_is_accessible_and_fits(pages, site, person):
    page = pages[person]
    open_task(page, site)

    assert faults_of(page, page.url, axe=True) == []
