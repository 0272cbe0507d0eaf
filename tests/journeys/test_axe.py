"""Every page that exists, for everyone's eyes, hands and ears, in every dress."""

import pytest

from tests.journeys.people import PEOPLE, pages_of
from tests.journeys.walking import DESKTOP, NARROW, PHONE, Open, Portal, faults, sideways

EACH = pytest.mark.parametrize("who", PEOPLE)


@EACH
def test_every_page_can_be_used_by_everyone(portal: Portal, open_page: Open, who: str) -> None:
    """On a phone, at 320 px, and on a desk in light and dark; how it is mirrored, the walk in Persian looks for."""
    page = open_page(PHONE, reduced_motion="reduce")  # colors are looked at as they are, not on their way
    found, wide = [], []
    for address in pages_of(page, portal, who):
        page.goto(address)
        found += [f"{address} {fault}" for fault in faults(page)]
        page.set_viewport_size(NARROW)
        wide += [f"{address} by {more} px" for more in [sideways(page)] if more > 0]
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        found += [f"{address} on a desk {fault}" for fault in faults(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"{address} in the dark {fault}" for fault in faults(page, "color-contrast")]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert (found, wide) == ([], [])


@pytest.mark.parametrize("who", ["visitor", "mother", "newcomer"])
def test_every_page_can_be_used_in_classic_mode(portal: Portal, open_page: Open, who: str) -> None:
    page = open_page(PHONE)
    addresses = pages_of(page, portal, who)
    portal.database.execute("UPDATE people_person SET classic = true")
    page.context.add_cookies([{"name": "classic", "value": "on", "url": portal.url}])
    found = []
    try:
        for address in addresses:
            page.goto(address)
            assert page.locator("header", has_text="Viewing in Classic Mode.").count() or "/staff/" in address
            found += [f"{address} {fault}" for fault in faults(page)]
            page.set_viewport_size(NARROW)
            found += [f"{address} sideways {more}" for more in [sideways(page)] if more > 0]
    finally:
        portal.database.execute("UPDATE people_person SET classic = false")
    assert found == []


def test_the_high_contrast_theme_of_preferences_is_readable(portal: Portal, open_page: Open) -> None:
    page = open_page(PHONE, reduced_motion="reduce")
    addresses = pages_of(page, portal, "mother")
    page.goto("/preferences/display/")
    page.get_by_label("High contrast").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/preferences/**")
    found = []
    try:
        for address in addresses:
            page.goto(address)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                found += [f"{address} {scheme} {fault}" for fault in faults(page, "color-contrast")]
    finally:
        portal.database.execute("UPDATE people_person SET theme = 'phone'")
    assert found == []


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("address", ["/register/", "/login/", "/password/forgot/"])
def test_a_form_sent_empty_can_be_used_by_everyone(open_page: Open, address: str, language: str) -> None:
    page = open_page(PHONE)
    page.goto(f"/{language}{address}" if language != "en" else address)
    page.locator("main form .button.first").click()
    page.locator("#mistakes").wait_for()
    assert faults(page) == []
    page.set_viewport_size(NARROW)
    assert sideways(page) == 0
