"""Every kind of page, in both languages and at two widths: accessible, clean, and nothing cut off."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.e2e.steps import choose_language

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = {
    "home": "/",
    "board": "/board/",
    "print": "/board/print/",
    "compare": "/board/compare/?earlier=2026-01-01&later=2026-11-26",
    "wall": "/board/wall/",
    "articles": "/articles/",
    "article": "/articles/A01/",
    "target": "/targets/T05/",
    "registers": "/registers/",
    "register": "/registers/vet-group/",
    "organisations": "/organisations/",
    "regions": "/regions/",
    "catalogues": "/catalogues/",
    "published": "/published-figures/",
    "mechanisms": "/mechanisms/",
    "duties": "/duties/",
    "freezes": "/freezes/",
    "search": "/search/?q=重庆",
    "sign-in": "/accounts/login/",
}
OWN_PAGES = {
    "workspace": "/workspace/",
    "pending": "/pending/",
    "imports": "/imports/",
    "new import": "/imports/new/projects.recognitions/",
    "jobs": "/jobs/",
    "declare": "/registers/vet-group/declare/",
    "tasks": "/tasks/",
    "overview": "/tasks/overview/",
    "obligations": "/obligations/",
    "matter": "/tasks/new/",
    "progress": "/tasks/progress/",
    "notices": "/notices/",
    "wishes": "/notices/wishes/",
}
FORMS = ("correct", "match", "evidence", "revoke")


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{page.url} {violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def faults_of(page: Page, address: str, *, axe: bool) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    faults = [] if answer.status == 200 else [f"{address}: status {answer.status}"]
    if overflow(page) > 0:
        faults.append(f"{address}: {overflow(page)} px wider than the screen")
    return faults + (violations(page) if axe else [])


@pytest.mark.parametrize(
    ("language", "width", "axe"),
    [("zh-hans", 360, True), ("en", 1440, True), ("en", 360, False), ("zh-hans", 1440, False)],
)
def test_public_pages_are_accessible_and_fit(page, site, language, width, axe):
    """The rules of accessibility are tried once in each language and once at each width."""
    page.set_viewport_size({"width": width, "height": 900})
    choose_language(page, site, language)
    addresses = [site.address + path for path in PAGES.values()]
    assert [f for address in addresses for f in faults_of(page, address, axe=axe)] == []


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 360)])
def test_clerks_pages_are_accessible_and_fit(page, site, language, width):
    page.set_viewport_size({"width": width, "height": 900})
    site.sign_in(page, "clerk")
    choose_language(page, site, language)
    page.goto(f"{site.address}/registers/vet-group/")
    row = site.address + str(page.locator("main tbody a").first.get_attribute("href"))
    page.goto(f"{site.address}/pending/")
    decision = page.locator("main a.button[href^='/pending/']").first.get_attribute("href")
    addresses = [site.address + path for path in (*OWN_PAGES.values(), str(decision))]
    addresses += [row, *(f"{row}{form}/" for form in FORMS)]
    assert [f for address in addresses for f in faults_of(page, address, axe=True)] == []


def test_hovering_and_opening_breaks_no_policy(page, site, complaints):
    page.goto(f"{site.address}/targets/T05/")
    for summary in page.locator("summary").all():
        summary.hover()
    for link in page.locator("main a").all()[:10]:
        link.hover()
    assert complaints == []


def test_english_browser_gets_chinese_until_a_person_chooses(page, site):
    page.goto(site.address + "/board/")
    before = page.locator("html").get_attribute("lang")
    page.goto(site.address + "/")
    page.locator("form[action='/language/'] button[value=en]").first.click()
    page.goto(site.address + "/board/")
    after = page.locator("html").get_attribute("lang")

    assert (before, after) == ("zh-Hans", "en")
