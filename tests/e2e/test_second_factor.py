"""A passkey from setting it up to signing in with it alone, on a virtual authenticator."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import Site, choose_language, submit
from tests.e2e.test_look import overflow, violations

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def faults_of(page: Page) -> list[str]:
    """Say what is wrong with the page as it stands: rules of accessibility, and its width."""
    wide = [f"{page.url}: wider than the screen"] if overflow(page) > 0 else []
    return wide + violations(page)


@pytest.fixture
def by_name(site: Site) -> Site:
    """Browsers bind keys to names, not to numbers of machines."""
    return replace(site, address=site.address.replace("127.0.0.1", "localhost"), _cookies={})


@pytest.fixture
def with_key(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 360, "height": 800}).new_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_passkey_is_set_up_and_signs_in_alone(
    with_key: Page, by_name: Site, language: str
) -> None:
    page, login = with_key, "school"
    choose_language(page, by_name, language)
    by_name.sign_in(page, login)
    page.goto(f"{by_name.address}/accounts/2fa/")
    assert faults_of(page) == []
    page.locator("main a[href$='/webauthn/add/']").click()
    page.fill("input[name=password]", by_name.password)
    submit(page)
    assert faults_of(page) == []
    page.check("input[name=passwordless]")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/")
    expect(page.locator("ul.codes li")).to_have_count(10)
    assert faults_of(page) == []
    page.goto(f"{by_name.address}/accounts/logout/")
    submit(page)
    page.goto(f"{by_name.address}/accounts/login/")
    assert faults_of(page) == []
    page.locator("#passkey_login").click()
    page.wait_for_url("**/workspace/")
    page.goto(f"{by_name.address}/accounts/sessions/")
    expect(page.locator("main tbody tr").first).to_be_visible()
    assert faults_of(page) == []
    _remove_keys(page, by_name)


def _remove_keys(page: Page, site: Site) -> None:
    """Leave the sample account as it was found."""
    page.goto(f"{site.address}/accounts/2fa/webauthn/")
    page.locator("main a[href*='/remove/']").first.click()
    if page.locator("#mfa_webauthn_reauthenticate").count():
        page.locator("#mfa_webauthn_reauthenticate").click()
        page.wait_for_url("**/remove/**")
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", site.password)
        submit(page)
    submit(page)
    expect(page.locator("main a[href*='/remove/']")).to_have_count(0)
