"""Every kind of page, in both languages and at two widths: accessible, clean, and nothing cut off."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = {
    "home": "/",
    "board": "/board/",
    "print": "/board/print/",
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
}


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


def choose_language(page: Page, address: str, language: str) -> None:
    page.context.add_cookies([{"name": "zhiqiao_language", "value": language, "url": address}])


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_pages_are_accessible_and_fit(page, site, language, width):
    page.set_viewport_size({"width": width, "height": 900})
    choose_language(page, site.address, language)
    faults = []
    for path in PAGES.values():
        answer = page.goto(site.address + path)
        if answer.status != 200:
            faults.append(f"{path}: status {answer.status}")
        faults += violations(page)
        if overflow(page) > 0:
            faults.append(f"{path}: {overflow(page)} px wider than the screen")
    assert faults == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_clerks_pages_are_accessible(page, site, language):
    site.sign_in(page, "clerk")
    choose_language(page, site.address, language)
    faults = []
    for path in OWN_PAGES.values():
        answer = page.goto(site.address + path)
        if answer.status != 200:
            faults.append(f"{path}: status {answer.status}")
        faults += violations(page)
    assert faults == []


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
