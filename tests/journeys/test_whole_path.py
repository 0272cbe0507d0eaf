"""The whole path without script: register, mail, password, welcome, a PIN from the counter, the child's record."""

import pytest
from playwright.sync_api import Page

from tests.journeys.walking import (
    DESKTOP,
    OWN_PASSWORD,
    SIZES,
    Letter,
    Open,
    Portal,
    join,
    look_up,
    register,
    sign_out,
    speaks,
    staff_sign_in,
    take_pin,
    type_letter,
)

PEOPLE = {
    "es": ("Luis", "Reyes", "cast-luis", "cast-ana", "Ana Reyes"),
    "fa": ("Thị Hoa", "Trần", "cast-hoa", "cast-minh-anh", "Minh Anh Nguyễn"),
}


@SIZES
@pytest.mark.parametrize("language", PEOPLE)
def test_a_parent_gets_from_nothing_to_the_childs_record(
    portal: Portal, open_page: Open, size: tuple[int, int], language: str
) -> None:
    first, last, guardian, child_id, child = PEOPLE[language]
    email = f"{guardian}.{language}.{size[0]}@example.org"
    on_file = portal.letter(guardian, child_id)
    page = open_page(size, script=False)

    page.goto("/")
    page.locator(f"a[hreflang={language}]").first.click()
    page.locator("main a[href$='/register/']").first.click()
    register(page, first, last, email)
    page.goto(portal.link_to(email, "/register/confirm/"))
    page.locator("input[name=password]").fill(OWN_PASSWORD)
    page.locator("main form .button.first").click()
    for card in (1, 2, 3):
        page.wait_for_url(f"**/welcome/{card}/")
        assert speaks(page, language)
        page.locator("main .actions .button.first").click()
    page.wait_for_url("**/students/")
    page.locator("main a[href='/students/add/']").first.click()

    pin = pin_from_the_counter(open_page(DESKTOP, script=False), child, f"{first} {last}")
    type_letter(page, Letter(on_file.student_id, on_file.born, pin))
    page.locator("main form .button.first").click()
    page.wait_for_url("**/students/add/done/**")
    assert child.split()[0] in page.get_by_role("heading", level=1).inner_text()

    page.goto("/home/")
    assert child in page.locator(".child-card").inner_text()
    page.locator(".child-card .button").first.click()
    for section, shows in (("attendance", ".month"), ("assignments", "main table"), ("grades", "main table")):
        assert page.get_by_role("heading", level=1).inner_text() == child
        page.locator(f"a.tile[href$='/{section}/']").click()
        page.wait_for_url(f"**/{section}/")
        assert speaks(page, language)
        assert page.locator(shows).first.is_visible()
        page.locator(".trail a").nth(-1).click()


def pin_from_the_counter(page: Page, child: str, guardian: str) -> str:
    """What the office manager of Lincoln reads out after the checklist."""
    staff_sign_in(page, "Hana Lee")
    look_up(page, child)
    return take_pin(page, guardian)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_back_after_sign_out_shows_nothing(portal: Portal, open_page: Open, script: bool) -> None:
    letter = portal.letter("cast-colette", "cast-chloe")
    page = open_page(script=script)
    join(page, portal, "Colette", "D'Angelo", f"colette.back.{script}@example.org")
    page.goto("/students/add/")
    type_letter(page, letter)
    page.locator("main form .button.first").click()
    page.wait_for_url("**/students/add/done/**")
    page.goto("/home/")
    assert "Chloé" in page.content()

    sign_out(page)
    page.go_back()
    page.locator("h1").wait_for()
    assert "Chloé" not in page.content()
    page.goto("/home/")
    assert "/login/" in page.url


def test_staff_who_hide_the_screen_leave_nothing_behind(open_page: Open) -> None:
    page = open_page(DESKTOP, script=False)
    staff_sign_in(page, "Joan Reed")
    look_up(page, "Ben Okafor")
    assert "Grace Okafor" in page.content()
    page.locator("form[action='/staff/hidden/'] button").click()
    page.wait_for_url("**/staff/hidden/**")
    page.go_back()
    page.locator("h1").wait_for()
    assert "Okafor" not in page.locator("main").inner_text()


def test_without_the_checklist_there_is_no_pin(open_page: Open) -> None:
    page = open_page(DESKTOP)
    staff_sign_in(page, "Hana Lee")
    look_up(page, "Ana Reyes")
    address = page.url
    for skipped in ("pin/show/", "pin/letter/"):
        page.goto(address + skipped)
        assert page.locator(".pin").count() == 0
        assert "/pin/" in page.url
        assert page.locator("input[name=photo_id]").count() == 1
