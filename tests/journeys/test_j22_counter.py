"""J22: an office manager at the counter, by keyboard alone, from the name to the letter."""

import re

from playwright.sync_api import Page

from tests.journeys.walking import DESKTOP, Open, Portal, say_why, sign_in, staff_sign_in

KEYS_AT_MOST = 25  # after the name


def test_from_the_name_to_the_letter_by_keyboard(portal: Portal, open_page: Open) -> None:
    page = open_page(DESKTOP)
    staff_sign_in(page, "Joan Reed")
    page.goto("/staff/reason/?next=/staff/search/")
    say_why(page)
    page.goto("/staff/search/")
    page.locator("input[name=last_name]").fill("okafor")

    keys = Keys(page)
    keys.press("Enter")
    keys.wait_at("**search_by=student**")
    assert page.evaluate("() => document.activeElement.id") == "result"
    keys.press("Tab", "Tab", "Tab")  # the table, the tick, View
    keys.press("Enter")
    keys.wait_at("**/staff/students/*/")
    keys.press("Enter")  # Give PIN has the focus
    keys.wait_at("**/pin/**")
    assert page.locator(".pin").count() == 0, "no PIN before the last step"
    keys.press("Space")  # at the counter
    for _question in range(5):
        keys.press("Tab", "Space")
    keys.press("Tab")  # past the answers
    for _tick in ("photo ID", "face"):
        keys.press("Tab", "Space")
    keys.press("Tab", "Tab", "Enter")
    page.wait_for_url("**/pin/letter/")

    assert keys.pressed <= KEYS_AT_MOST
    letter = page.locator("main").inner_text()
    assert "Ben Okafor" in letter
    born = portal.database.execute(
        "SELECT birth_date FROM students_student WHERE sourced_id = 'cast-ben'"
    ).fetchone()
    assert born
    assert not re.search(rf"{born[0]:%B} {born[0].day}|{born[0].isoformat()}", letter)

    mother = open_page(DESKTOP)
    sign_in(mother, "grace.okafor@example.org")
    mother.goto("/privacy/")
    mother.locator("a[href*='/log/']").first.click()
    assert "PIN" in mother.locator("main").inner_text()


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def wait_at(self, address: str) -> None:
        """Wait for a page and for the focus it sets, which a slow browser moves after the page has loaded."""
        self.page.wait_for_url(address)
        self.page.wait_for_function("() => document.activeElement !== document.body")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1
