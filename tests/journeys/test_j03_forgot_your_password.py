"""J3: a forgotten password; nobody learns from the page who has an account."""

from playwright.sync_api import Page

from tests.journeys.walking import OWN_PASSWORD, SIZES, Open, Portal, join

TOO_OLD = "That link is too old or was already used. We can send a new one."


def ask(page: Page, email: str) -> str:
    """Asks for a link; returns what the page answers, without the address."""
    page.goto("/password/forgot/")
    page.locator("input[name=email]").fill(email)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/password/sent/")
    return page.locator("main").inner_html().replace(email, "…")


@SIZES
def test_known_and_unknown_addresses_get_the_same_page_and_only_one_gets_mail(
    portal: Portal, open_page: Open, size: tuple[int, int]
) -> None:
    known, unknown = f"rita.moss.{size[0]}@example.org", f"nobody.{size[0]}@example.org"
    page = open_page(size)
    join(page, portal, "Rita", "Moss", known)

    stranger = open_page(size)
    assert ask(stranger, known) == ask(stranger, unknown)
    assert "/password/reset/" in portal.link_to(known, "/password/reset/")
    assert portal.mail_to(unknown) == []

    link = portal.link_to(known, "/password/reset/")
    stranger.goto(link)
    stranger.locator("input[name=password]").fill(OWN_PASSWORD + " again")
    stranger.get_by_role("button", name="Save password").click()
    stranger.wait_for_url("**/password/changed/")
    stranger.goto(link)
    assert TOO_OLD in stranger.locator("main").inner_text()

    page.goto("/home/")  # the phone that was signed in before
    assert "/login/" in page.url
    page.context.clear_cookies()
    sign_in_to_nothing(page, known, OWN_PASSWORD)
    assert "do not match" in page.get_by_role("alert").inner_text()


def sign_in_to_nothing(page: Page, email: str, password: str) -> None:
    """A sign-in that does not lead home."""
    page.goto("/login/")
    page.locator("input[name=username]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.get_by_role("alert").wait_for()


def test_the_new_password_opens_the_door(portal: Portal, open_page: Open) -> None:
    page = open_page()
    join(page, portal, "Ada", "Moss", "ada.moss@example.org")
    ask(open_page(), "ada.moss@example.org")
    elsewhere = open_page()
    elsewhere.goto(portal.link_to("ada.moss@example.org", "/password/reset/"))
    elsewhere.locator("input[name=password]").fill("a lantern over the harbour")
    elsewhere.get_by_role("button", name="Save password").click()
    elsewhere.wait_for_url("**/password/changed/")

    other = open_page()
    other.goto("/login/")
    other.locator("input[name=username]").fill("ada.moss@example.org")
    other.locator("input[name=password]").fill("a lantern over the harbour")
    other.locator("input[name=password]").press("Enter")
    other.wait_for_url("**/welcome/1/")
