"""T10 in a browser without script: the registrar writes an order down, sees what changes, and saves; the mother sees nothing of it."""

from datetime import date

from tests.journeys.walking import Open, Portal, faults, look_up, sideways, staff_sign_in

TABLET, PHONE_OF_STAFF = (768, 1024), (390, 844)


def test_the_registrar_writes_an_order_down_after_seeing_what_changes(
    portal: Portal, open_page: Open
) -> None:
    page = open_page(TABLET, script=False)
    staff_sign_in(page, "Inés Vega")
    page.goto("/staff/registrar/")
    listed = page.locator("main").inner_text()
    assert "Ben Okafor" in listed
    assert "Mateo Delgado" in listed

    look_up(page, "Zoë D'Angelo")
    page.get_by_role("link", name="Registrar desk").last.click()
    desk = page.url
    for tab in ("", "rights/", "orders/", "contacts/", "address/"):
        page.goto(desk + tab)
        assert sideways(page) == 0, tab
    page.goto(desk + "orders/")
    page.locator("input[name=who]").first.check()
    page.locator("input[name=kind][value=custody]").check()
    page.locator("input[name=court]").fill("Superior Court, Sample County")
    for name, number in (("month", 9), ("day", 1), ("year", date.today().year)):
        page.locator(f"input[name=begins_{name}]").fill(str(number))
    page.locator("input[name=no_pick_up]").check()
    page.get_by_role("button", name="See what changes").click()
    assert "Enter the case number on the paper." in page.locator("main").inner_text()
    assert page.locator("input[name=court]").input_value() == "Superior Court, Sample County"
    page.locator("input[name=number]").fill("26FL0007")
    page.get_by_role("button", name="See what changes").click()
    assert "The school may not let Colette D'Angelo pick up Zoë." in page.locator("main").inner_text()
    page.get_by_role("button", name="Save").click()
    assert "The court order is written down." in page.locator("main").inner_text()
    kept = portal.database.execute(
        "SELECT count(*) FROM family_courtorder WHERE number = '26FL0007'"
    ).fetchone()
    assert kept == (1,)


def test_the_desk_is_whole_on_a_phone_and_for_a_screen_reader(open_page: Open) -> None:
    page = open_page(PHONE_OF_STAFF)
    staff_sign_in(page, "Inés Vega")
    look_up(page, "Ben Okafor")
    page.get_by_role("link", name="Registrar desk").last.click()
    desk = page.url
    for tab in ("", "rights/", "orders/", "contacts/", "address/", "guardians/"):
        page.goto(desk + tab)
        assert faults(page) == [], tab
        assert sideways(page) == 0, tab
