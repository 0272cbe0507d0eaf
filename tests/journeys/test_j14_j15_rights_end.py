"""J14 and J15 in a real browser: a right ends by an order, and by its date; the phone that had it open meets the words at once.

The order comes from the school's system, or from the registrar's desk, where a second person checks what was taken
away and must agree before it is given back. The saved pages of the installed app come with that app.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from portal.demo.district import cast
from portal.demo.district.people import Adult, Student
from tests.journeys.walking import DESKTOP, PHONE, Open, Portal, look_up, say_why, sign_in, staff_sign_in
from tests.sis import small

ENDED = "You no longer have access to this student's records. Contact the school office if you have questions: (213) 555-0100."
RIGHT = """
FROM students_student s, family_guardian a WHERE s.id = g.student_id AND a.id = g.guardian_id
AND s.sourced_id = %s AND a.sourced_id = %s
"""


@pytest.fixture
def right(portal: Portal) -> Iterator[None]:
    """Afterwards the two adults stand to the two children as before."""
    yield
    for student, adult in ((cast.JORDAN, cast.NEIL), (cast.MATEO, cast.ROSA_DELGADO)):
        portal.database.execute(
            f"UPDATE family_guardianship g SET access_restriction = 'none', ends = NULL {RIGHT}",
            [student.id, adult.id],
        )


def record_of(page: Page, student: Student) -> str:
    """The address of the child's page, by way of the list."""
    page.goto("/students/")
    card = page.locator(".child-card", has_text=student.given)
    return card.locator("a[href^='/students/']").first.get_attribute("href") or ""


def order(portal: Portal, student: Student, adult: Adult, folder: Path) -> None:
    """The school's system sends the one row of the order."""
    with (portal.data / "bundles" / "companion" / "guardianships.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        (row,) = [
            row for row in csv.DictReader(file)
            if (row["studentSourcedId"], row["guardianSourcedId"]) == (student.id, adult.id)
        ]  # fmt: skip
    changed = row | {"accessRestriction": "noRecords", "basisDocument": "courtOrder"}
    bundle = small.write(folder / "order", {"guardianships": [changed]}, version="1.0", mode="delta")
    portal.run("-m", "portal", "import", str(bundle), "--source", "sample-sis")


def test_j14_an_order_closes_his_phone_at_its_next_request_and_the_mother_sees_no_change(
    portal: Portal, open_page: Open, right: None, tmp_path: Path
):
    his, hers = open_page(PHONE), open_page(PHONE)
    sign_in(his, cast.NEIL.email)
    sign_in(hers, cast.DANA.email)
    record = record_of(his, cast.JORDAN)
    for page in (his, hers):
        page.goto(f"{record}attendance/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Attendance")
    order(portal, cast.JORDAN, cast.NEIL, tmp_path)
    with his.expect_response(lambda answer: answer.url.endswith("/attendance/")) as closed:
        his.reload()
    assert (closed.value.status, closed.value.header_value("x-forget")) == (403, "1")
    expect(his.locator("main")).to_contain_text(ENDED)
    his.go_back()
    expect(his.locator("main")).not_to_contain_text("Attendance")
    his.goto("/home/")
    expect(his.locator("main")).to_contain_text(ENDED)
    hers.reload()
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Attendance")


def test_j14_the_desk_takes_away_at_once_and_gives_back_with_a_second_person(portal: Portal, open_page: Open):
    hers, his = open_page(PHONE), open_page(PHONE)  # whom the order limits, and the guardian at home
    sign_in(hers, cast.ELENA.email)
    sign_in(his, cast.ROSA_DELGADO.email)
    attendance = f"{record_of(hers, cast.MATEO)}attendance/"
    for page in (hers, his):
        page.goto(attendance)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Attendance")
    registrar, principal = open_page(DESKTOP), open_page(DESKTOP)
    staff_sign_in(registrar, "Inés Vega")
    look_up(registrar, "Mateo Delgado")
    registrar.get_by_role("link", name="Registrar desk").last.click()
    registrar.get_by_role("link", name="Court orders", exact=True).click()
    registrar.get_by_label("Elena Delgado").check()
    registrar.locator("input[name=kind][value=custody]").check()
    registrar.locator("input[name=court]").fill("Superior Court, Sample County")
    registrar.locator("input[name=number]").fill("26FL0014")
    fill_day(registrar, "begins")
    registrar.locator("input[name=no_records]").check()
    registrar.get_by_role("button", name="See what changes").click()
    expect(registrar.locator("main")).to_contain_text("Elena Delgado loses the whole record of Mateo now.")
    registrar.get_by_role("button", name="Save").click()
    expect(registrar.locator("main")).to_contain_text("The court order is written down.")

    hers.reload()
    expect(hers.locator("main")).to_contain_text(ENDED)
    his.reload()
    expect(his.get_by_role("heading", level=1)).to_contain_text("Attendance")

    staff_sign_in(principal, "Patricia Hall")
    decide(principal, "Taken away, to be checked", "I checked the paper")
    registrar.get_by_role("link", name="It no longer holds").click()
    registrar.locator("input[name=paper]").first.check()
    fill_day(registrar, "paper_on")
    registrar.get_by_role("button", name="See what changes").click()
    registrar.get_by_role("button", name="Save").click()
    hers.goto(attendance)
    expect(hers.locator("main")).to_contain_text(ENDED)
    decide(principal, "Waits for a second person", "Agree")
    hers.goto(attendance)
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Attendance")


def fill_day(page: Page, name: str) -> None:
    """Today, in the three boxes of a date."""
    today = datetime.now(ZoneInfo("America/Los_Angeles")).date()
    for part in ("month", "day", "year"):
        page.locator(f"input[name={name}_{part}]").fill(str(getattr(today, part)))


def decide(page: Page, list_of: str, answer: str) -> None:
    """The second person opens what the list holds of Elena and Mateo, and answers."""
    page.goto("/staff/registrar/")
    rows = page.get_by_role("table", name=list_of).get_by_role("row").filter(has_text="Elena Delgado")
    with page.expect_navigation():
        rows.filter(has_text="Court order").get_by_role("link").click()
    say_why(page)
    page.get_by_role("button", name=answer).click()


def test_j15_rights_until_a_date_close_the_day_after(portal: Portal, open_page: Open, right: None):
    page, registrar = open_page(PHONE), open_page(DESKTOP)
    sign_in(page, cast.ROSA_DELGADO.email)
    record = record_of(page, cast.MATEO)
    staff_sign_in(registrar, "Inés Vega")
    last = f"UPDATE family_guardianship g SET ends = (now() AT TIME ZONE 'America/Los_Angeles')::date - %s {RIGHT}"
    portal.database.execute(last, [-30, cast.MATEO.id, cast.ROSA_DELGADO.id])
    registrar.goto("/staff/registrar/")
    soon = registrar.get_by_role("table", name="Ends within 30 days")
    expect(soon.get_by_role("row").filter(has_text="Rosa Delgado")).to_contain_text("Mateo Delgado")
    portal.database.execute(last, [0, cast.MATEO.id, cast.ROSA_DELGADO.id])
    page.goto(f"{record}grades/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Grades")
    portal.database.execute(last, [1, cast.MATEO.id, cast.ROSA_DELGADO.id])
    page.reload()
    expect(page.locator("main")).to_contain_text(ENDED)
    page.goto("/students/")
    expect(page.locator(".child-card", has_text=cast.MATEO.given)).to_contain_text("Access limited")
