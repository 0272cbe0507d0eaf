"""A clerk signs in through each provider in a real browser, lands on the staff home, and signs out."""

import json
import os
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from portal.config.env import SignOn
from tests import browser_for_tests
from tests.node import running
from tests.sign_on.conftest import HERE, NUMBERS, free_port, key_pair

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "apart"])]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ.update(browser_for_tests.environment())
    with sync_playwright() as driver:
        found = driver.chromium.launch(
            executable_path=browser_for_tests.path(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def walks(browser: Browser, address: str, at_the_provider: Callable[[Page], None]) -> None:
    page = browser.new_context(base_url=address).new_page()
    page.set_default_timeout(10_000)
    page.goto("/staff/search/")
    page.locator("main a[href*='/staff/sign-on/']").click()
    at_the_provider(page)
    page.wait_for_url("**/staff/search/")
    assert "Office manager · Oak School" in page.locator(".place").inner_text().replace("\u2068", "")
    page.goto("/staff/home/")
    assert page.locator("h1").is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/staff/")
    page.goto("/staff/home/")
    assert "/staff/home/" not in page.url.partition("?")[0]
    page.context.close()


def test_through_the_openid_provider(browser, live_server, settings, employees):
    port = free_port()
    back = f"{live_server.url}/staff/sign-on/oidc/"
    settings.BASE_URL = live_server.url
    settings.STAFF_SIGN_ON = SignOn(
        oidc_issuer=f"http://127.0.0.1:{port}", oidc_client="portal", oidc_secret="portal keeps this one"
    )

    def signs_in(page: Page) -> None:
        page.locator("input[name=login]").fill("joan")
        page.locator("input[name=password]").fill("x")
        page.locator("[type=submit]").click()
        page.locator("input[name=prompt][value=consent]").wait_for(state="attached")
        page.locator("[type=submit]").click()

    with running(HERE / "oidc.mjs", str(port), back, json.dumps(NUMBERS)):
        walks(browser, live_server.url, signs_in)


def test_through_the_saml_provider(browser, live_server, settings, employees, tmp_path):
    port, (key, certificate) = free_port(), key_pair(tmp_path)
    acs = f"{live_server.url}/staff/sign-on/saml/"
    settings.BASE_URL = live_server.url

    def signs_in(page: Page) -> None:
        page.locator("input[name=user]").fill("joan")
        page.locator("button").click()

    with running(HERE / "saml.mjs", str(port), str(key), str(certificate), json.dumps(NUMBERS), ACS=acs):
        metadata = httpx.get(f"http://localhost:{port}/metadata").text
        settings.STAFF_SIGN_ON = SignOn(saml_metadata=metadata)
        walks(browser, live_server.url, signs_in)
