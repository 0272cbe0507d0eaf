"""J17: the whole page is mirrored for Persian; names, numbers and addresses stay whole."""

import pytest
from playwright.sync_api import Page

from tests.journeys.walking import SIZES, Open, faults, sideways, sign_in, speaks

LATIN = r"""[...document.querySelectorAll('main *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && /@|\d{3,}[A-Z]?\d/.test(n.data)))
  .filter(e => !e.closest('style,script'))
  .filter(e => e.closest('[dir=ltr]') === null || getComputedStyle(e).direction !== 'ltr')
  .filter(e => /\S+@\S+|\d{6}[A-Z]\d/.test(e.textContent))
  .map(e => e.outerHTML.slice(0, 120))"""


def mirrored(page: Page) -> bool:
    """Whether the logo stands on the right and the heading begins there."""
    middle = page.viewport_size["width"] / 2
    logo, heading = page.locator("header .name svg").bounding_box(), page.locator("h1")
    return logo["x"] > middle and heading.evaluate("e => getComputedStyle(e).direction") == "rtl"


@SIZES
@pytest.mark.parametrize("where", ["F1", "F3", "R0", "R2", "R3", "R4"])
def test_a_page_in_persian_is_mirrored_and_whole(open_page: Open, size: tuple[int, int], where: str) -> None:
    page = open_page(size)
    sign_in(page, "parisa.rostami@example.org", language="fa")
    if where == "F3":
        page.goto("/students/add/")
    elif where.startswith("R"):
        page.locator(".child-card .button").first.click()
        section = {"R2": "attendance", "R3": "assignments", "R4": "grades"}.get(where)
        if section:
            page.locator(f"a.tile[href$='/{section}/']").click()
            page.wait_for_url(f"**/{section}/")
    assert speaks(page, "fa")
    assert mirrored(page)
    assert page.evaluate(LATIN) == []
    assert sideways(page) == 0
    assert faults(page) == []


def test_names_and_addresses_are_isolated_from_the_sentence_around_them(open_page: Open) -> None:
    page = open_page()
    sign_in(page, "parisa.rostami@example.org", language="fa")
    page.locator(".child-card .button").first.click()
    page.locator("a.tile[href$='/grades/']").click()
    emails = page.locator("main a[href^='mailto:']")
    assert emails.count() > 5
    assert emails.locator("bdi[dir=ltr]").count() == emails.count()
    assert page.locator("main bdi", has_text="Samuel Ito").count() == 1
    bars = page.locator(".grade-bar").first.evaluate("e => getComputedStyle(e).transform")
    assert bars == "matrix(-1, 0, 0, 1, 0, 0)"  # the bar grows from right to left
