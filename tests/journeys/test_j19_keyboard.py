"""J19: Add Student with two mistakes, by keyboard alone, at 400 % zoom, with high contrast and without motion."""

import pytest
from playwright.sync_api import Page

from tests.journeys.walking import ZOOMED, Open, Portal, join, sideways

RING = """() => {
  const look = getComputedStyle(document.activeElement);
  return parseFloat(look.outlineWidth) >= 2 && look.outlineStyle !== 'none';
}"""
SEEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  return box.bottom > 0 && box.top < innerHeight && (over === null || document.activeElement.contains(over)
    || over.contains(document.activeElement) || over.tagName === 'LABEL');
}"""


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is on the element; every stop on the way shows its ring and is in sight."""
    for _press in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(RING), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.locator(selector).first.evaluate("e => e === document.activeElement"):
            assert page.evaluate(SEEN), selector
            return
    raise AssertionError(f"Tab never reaches {selector}")


@pytest.mark.parametrize("colours", [None, "active"], ids=["our-colours", "forced-colours"])
def test_two_mistakes_are_found_and_mended_by_keyboard_alone(
    portal: Portal, open_page: Open, colours: str | None
) -> None:
    page = open_page(ZOOMED, contrast="more", reduced_motion="reduce", forced_colors=colours or "none")
    join(page, portal, "Kay", "Board", f"kay.{colours}@example.org")
    page.goto("/students/add/")
    tab_to(page, "input[name=student_id]")
    page.keyboard.type("205731X41")
    for name, typed in (("birth_month", "3"), ("birth_day", "14"), ("birth_year", "2012"), ("pin", "1234")):
        tab_to(page, f"input[name={name}]")
        page.keyboard.type(typed)
    tab_to(page, "input[name=robot]")
    page.keyboard.press("Space")
    tab_to(page, "main form .button.first")
    page.keyboard.press("Enter")

    summary = page.locator("#mistakes")
    summary.wait_for()
    assert summary.evaluate("e => e === document.activeElement")
    assert summary.get_by_role("heading").inner_text() == "Please fix 2 things"
    assert summary.get_by_role("link").all_inner_texts() == [
        "The Student ID has 10 characters. You entered 9.",
        "The PIN has 8 digits. You entered 4.",
    ]
    assert page.title().startswith("Error: ")
    assert sideways(page) == 0

    tab_to(page, "#mistakes a >> nth=1")
    page.keyboard.press("Enter")
    assert page.locator("input[name=pin]").evaluate("e => e === document.activeElement")
    assert page.evaluate(SEEN)
    kept = [
        page.locator(f"input[name={name}]").input_value()
        for name in ("student_id", "birth_month", "birth_day", "birth_year", "pin")
    ]
    assert kept == ["205731X41", "3", "14", "2012", "1234"]
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0


def test_the_skip_link_leads_past_the_menu(open_page: Open) -> None:
    page = open_page()
    page.goto("/login/")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("input[name=username]").evaluate("e => e === document.activeElement")


def test_the_drawer_keeps_the_focus_and_gives_it_back(portal: Portal, open_page: Open) -> None:
    page = open_page()
    join(page, portal, "Kay", "Drawer", "kay.drawer@example.org")
    page.goto("/students/")
    page.locator(".menu-open").focus()
    page.keyboard.press("Enter")
    drawer = page.locator("dialog.drawer")
    drawer.wait_for()
    for _press in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('main')")
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")
    assert page.locator(".menu-open").evaluate("e => e === document.activeElement")
