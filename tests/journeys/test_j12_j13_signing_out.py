"""J12, J13 and a form on another house's page, in a real browser. The parts of J12 without a network come with the app."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect

from tests.journeys.walking import PASSWORD, PHONE, SIZES, Open, Portal, sign_in, sign_out

EMAIL = "marisol.reyes@example.org"
ENDED = "You were signed out to keep records safe. Sign in to go back to where you were."


@SIZES
def test_j12_after_signing_out_back_shows_nothing(portal: Portal, open_page: Open, size):
    page = open_page(size)
    sign_in(page, EMAIL)
    page.goto("/students/")
    name = page.locator("main h2").first.inner_text()
    page.goto("/preferences/")
    with page.expect_response(lambda answer: answer.url.endswith("/logout/")) as left:
        sign_out(page)
    assert left.value.all_headers()["clear-site-data"] == '"cache", "cookies", "storage"'
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.go_back()
    assert name not in page.content()
    assert page.context.cookies() == [] or all(
        cookie["name"] not in ("family", "device") for cookie in page.context.cookies()
    )
    page.goto("/home/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_j13_an_idle_shared_phone_asks_then_signs_out_and_keeps_what_was_typed(
    portal: Portal, open_page: Open
):
    page = open_page(PHONE)
    page.clock.install()
    sign_in(page, EMAIL)
    page.goto("/preferences/email/")
    page.clock.fast_forward("13:01")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("status")).to_have_text(
        "To keep school records safe, we will sign you out in 2 minutes."
    )
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.clock.fast_forward("01:00")
    expect(dialog.get_by_role("status")).to_have_text(
        "To keep school records safe, we will sign you out in 1 minute."
    )
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    page.locator("input[name=email]").fill("half.typed@example.org")
    portal.database.execute("UPDATE people_session SET seen_at = seen_at - interval '16 minutes'")
    page.clock.fast_forward("13:01")
    page.clock.fast_forward("02:30")
    expect(page.locator(".notice")).to_contain_text(ENDED)
    page.locator("input[name=username]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Email")
    expect(page.locator("input[name=email]")).to_have_value("half.typed@example.org")
    expect(page.locator(".notice")).to_contain_text("Your answers are still here.")


@pytest.fixture
def other_house(portal: Portal) -> Iterator[str]:
    """A site on another port of the same machine, whose page posts to the portal at once."""
    page = (
        f'<!doctype html><form method="post" action="{portal.url}/preferences/language/">'
        '<input name="language" value="es"></form><script>document.forms[0].submit()</script>'
    ).encode()

    class House(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), House)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()


def test_another_houses_page_posts_and_nothing_changes(portal: Portal, browser, other_house: str):
    context = browser.new_context(base_url=portal.url)
    page = context.new_page()
    sign_in(page, EMAIL)
    with page.expect_response(lambda answer: answer.url.endswith("/preferences/language/")) as sent:
        page.goto(other_house)
    assert sent.value.status == 403
    assert "family=" in sent.value.request.all_headers()["cookie"], "the browser did send her cookie along"
    page.goto("/preferences/")
    assert page.locator("html").get_attribute("lang") == "en"
    context.close()
