"""J16: a parent edits her cell number for two children; report, her page and the school's system agree."""

import re
import time

import httpx
from playwright.sync_api import expect

from portal.demo.district import cast
from tests.journeys.walking import DESKTOP, PHONE, Open, Portal, sign_in, staff_sign_in

REPORT = "/staff/reports/new-emergency-contacts/"


def at_the_school(portal: Portal) -> dict[str, str]:
    """What the simulated school system has as the mother's cell, by child."""
    page = httpx.get(f"{portal.url}/demo/", timeout=10).text
    simulator = re.search(r'href="(http://127\.0\.0\.1:\d+)/"[^>]*>The school system', page)
    assert simulator
    cards = httpx.get(f"{simulator[1]}/cards.json", timeout=10).json()
    return {
        card["student"]: card["fields"].get("cell", "")
        for card in cards
        if card["guardian"] == cast.MARISOL.id
    }


def test_a_new_cell_number_for_two_children_reaches_the_office_and_the_school(
    portal: Portal, open_page: Open
) -> None:
    children = {"Mia", "Tomás"}
    cell = f"213-555-{1000 + int(time.time()) % 9000}"
    mother = open_page(PHONE)
    sign_in(mother, cast.MARISOL.email)
    mother.goto("/students/")
    home = (
        mother.locator(".child-card", has_text="Mia")
        .locator("a[href^='/students/']")
        .first.get_attribute("href")
    )
    mother.goto(f"{home}emergency-contacts/change/")
    mother.get_by_label("Cell phone").fill(cell)
    mother.get_by_role("group", name="Which number do we call first?").get_by_label("Cell").check()
    mother.get_by_role("group", name="How do we reach you in an emergency?").get_by_label("Call").check()
    for other in ("Ana", "Leo"):
        mother.get_by_label(other, exact=True).uncheck()
    mother.get_by_role("button", name="Save").click()
    expect(mother.locator("p.notice[role=status]")).to_contain_text(
        re.compile(r"Saved\. (Sending to the school|The school has it)\.")
    )

    clerk = open_page(DESKTOP)
    staff_sign_in(clerk, "Joan Reed")
    clerk.goto(REPORT)
    shown = f"({cell[:3]}) {cell[4:]}"
    lines = clerk.locator("tbody tr", has_text=shown)
    expect(lines).to_have_count(2)
    assert {child for child in children if lines.filter(has_text=child).count()} == children

    deadline = time.monotonic() + 30
    while "The school has it." not in mother.inner_text("main") and time.monotonic() < deadline:
        mother.goto(f"{home}emergency-contacts/")
    assert "The school has it." in mother.inner_text("main")
    assert shown in mother.inner_text("main")
    dialed = f"+1{cell.replace('-', '')}"
    theirs = at_the_school(portal)
    assert {name for name, value in theirs.items() if value == dialed} == {cast.MIA.id, cast.TOMAS.id}

    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="Download CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.count(shown) == 2
    for box in lines.get_by_role("checkbox").all():
        box.check()
    clerk.get_by_role("button", name="Mark reviewed").click()
    expect(clerk.locator(".notice[role=status]")).to_contain_text("2 changes marked reviewed.")
    expect(clerk.locator("tbody tr", has_text=shown)).to_have_count(0)
    clerk.get_by_role("button", name="Undo").click()
    expect(clerk.locator("tbody tr", has_text=shown)).to_have_count(2)
