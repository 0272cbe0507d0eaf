"""T19 in a real browser: a principal types new hours, sees at once what families would read, and saves; without script too."""

import pytest
from playwright.sync_api import expect

from portal.demo.district import cast
from tests.journeys.walking import DESKTOP, PHONE, Open, Portal, sign_in, staff_sign_in


@pytest.fixture
def settings_back(portal: Portal):
    """Afterwards no school has a value of its own."""
    yield
    portal.database.execute("DELETE FROM people_setting WHERE school_id IS NOT NULL")


def test_the_principal_sees_what_families_will_read_before_saving_it(
    portal: Portal, open_page: Open, settings_back: None
):
    principal, parent = open_page(DESKTOP), open_page(PHONE)
    staff_sign_in(principal, "Patricia Hall")
    principal.goto("/staff/school-settings/")
    principal.get_by_role("link", name="School office: hours").click()
    preview = principal.locator("#preview")
    expect(preview).not_to_contain_text("9:10 AM")
    principal.locator("input[name=value]").fill("9:10–15:25")
    expect(preview).to_contain_text("9:10 AM–3:25 PM")
    principal.locator("input[name=value]").fill("9:10")  # no hours yet: the piece stays as it was
    principal.wait_for_timeout(1000)
    expect(preview).to_contain_text("9:10 AM–3:25 PM")
    principal.locator("input[name=value]").fill("9:10–15:25")
    principal.get_by_role("button", name="Save").click()
    expect(principal.locator("p.notice[role=status]")).to_contain_text("School office: hours: changed.")
    sign_in(parent, cast.GRACE.email)
    parent.goto("/students/")
    parent.locator(".child-card", has_text="Ben").locator("a[href^='/students/']").first.click()
    expect(parent.locator("#office")).to_contain_text("9:10 AM–3:25 PM")


def test_tiles_move_by_buttons_that_keep_the_focus_and_enter_saves(
    portal: Portal, open_page: Open, settings_back: None
):
    principal = open_page(DESKTOP)
    staff_sign_in(principal, "Patricia Hall")
    principal.goto("/staff/school-settings/")
    principal.get_by_role("link", name="Order of the tiles").click()
    principal.locator("button[value='up:grades']").press("Enter")
    expect(principal.locator("button[value='up:grades']")).to_be_focused()
    expect(principal.locator("#preview .tile").nth(1)).to_have_text("Grades")
    principal.locator("input[name=reason]").press("Enter")
    expect(principal.locator("p.notice[role=status]")).to_contain_text("Order of the tiles: changed.")
