"""The demonstration's own call as its people meet it: what stands there, and from the board to the evidence."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import Site, submit
from tests.e2e.test_admission import look, opened

OF_DEMONSTRATION = "?records=demonstration"
COURSES = "T02"
SEEN = (("zh-hans", 360), ("en", 1440))
PUBLIC = {"notice", "recognised"}
# What each role is led to from the page of the call, and from the pages that it opens there.
ROLES = {
    "clerk": PUBLIC | {"applications", "reviews", "results", "scores", "objections"},
    "lead": PUBLIC | {"applications", "reviews", "results", "scores", "objections"},
    "body": PUBLIC | {"recommending"},
    "school": PUBLIC,
    "expert": PUBLIC,
}


@pytest.fixture(scope="module")
def visits(browser: Browser, site: Site) -> Iterator[dict[tuple[str, str], Page]]:
    """Open a window for each role in each language; the last one is nobody's."""
    logins = [*(name for name in ROLES if name != "expert"), expert_of(site), None]
    names = [*ROLES, "visitor"]
    pages = {
        (name, language): opened(browser, site, login, language, width)
        for name, login in zip(names, logins, strict=True)
        for language, width in SEEN
    }
    yield pages
    for page in pages.values():
        page.context.close()


def expert_of(site: Site) -> str:
    return (site.home / "sample-expert").read_text(encoding="utf-8").split()[0]


def go(page: Page, site: Site, path: str) -> Page:
    answer = page.goto(path if path.startswith("http") else f"{site.address}{path}")
    assert answer is not None
    assert answer.status == 200, path
    return page


def links(page: Page, pattern: str) -> list[str]:
    """Return the addresses in the main part that fit a pattern, each once and in order."""
    found = page.locator("main a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return list(dict.fromkeys(one for one in found if re.search(pattern, one)))


def call_of(page: Page, site: Site) -> str:
    """Find the call from the public board: a counted course leads to its page, and that to its call."""
    go(page, site, f"/targets/{COURSES}/{OF_DEMONSTRATION}")
    (item, *_others) = links(page, r"^/recognitions/[0-9a-f-]{36}/$")
    go(page, site, item)
    (call, *_others) = links(page, r"^/calls/[0-9a-f-]{36}/$")
    return call


@pytest.mark.parametrize(("language", "_width"), SEEN)
def test_board_leads_from_the_figure_to_the_evidence_of_a_course(visits, site, language, _width):
    page = go(visits["visitor", language], site, f"/board/{OF_DEMONSTRATION}")
    expect(page.locator(".ribbon")).to_be_visible()
    figure = page.locator(f"a.board__figure[href^='/targets/{COURSES}/']")
    number = int(re.sub(r"\D", "", figure.inner_text()))
    look(page)

    figure.click()
    expect(page.locator(".ribbon")).to_be_visible()
    items = links(page, r"^/recognitions/[0-9a-f-]{36}/$")
    look(page)
    go(page, site, items[0])

    assert 0 < number == len(items)
    expect(page.locator(".ribbon")).to_be_visible()
    expect(page.locator("[aria-labelledby=evidence] a").first).to_be_visible()
    look(page)
    real = go(page, site, f"/targets/{COURSES}/")
    assert [one for one in links(real, "^/recognitions/") if one in items] == []


@pytest.mark.parametrize(("language", "_width"), SEEN)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_finds_its_pages_of_the_call(visits, site, role, language, _width):
    page = visits[role, language]
    call = call_of(visits["visitor", language], site)
    pattern, led_to = f"^{call}[a-z-]+/$", {}
    waiting = [call]
    while waiting:
        go(page, site, waiting.pop())
        expect(page.locator(".ribbon")).to_be_visible()
        look(page)
        for one in links(page, pattern):
            name = one.removeprefix(call).strip("/")
            if name in ROLES[role] and name not in led_to:
                led_to[name] = one
                waiting.append(one)

    assert led_to.keys() == ROLES[role]


def test_revoked_course_is_told_to_everybody_and_counts_no_more(visits, site):
    page = visits["visitor", "en"]
    call = call_of(page, site)
    recognised = go(page, site, f"{call}recognised/")
    look(recognised)
    everything = links(recognised, r"^/recognitions/[0-9a-f-]{36}/$")
    go(page, site, f"/targets/{COURSES}/{OF_DEMONSTRATION}")
    counted = links(page, r"^/recognitions/[0-9a-f-]{36}/$")

    (revoked,) = set(everything) - set(counted)
    go(page, site, revoked)
    expect(page.locator("main")).to_contain_text("revoked", ignore_case=True)


def test_notice_takes_an_objection_and_gives_its_receipt(visits, site):
    page = visits["visitor", "zh-hans"]
    go(page, site, f"{call_of(page, site)}notice/")
    (objecting, *_others) = links(page, r"/object/$")
    go(page, site, objecting)
    look(page)
    for name, value in {"text": "课程资源与申报不一致。", "name": "某人", "contact": "13800000000"}.items():  # fmt: skip
        page.fill(f"main [name={name}]", value)
    submit(page)

    assert "/receipts/" in page.url
    look(page)
