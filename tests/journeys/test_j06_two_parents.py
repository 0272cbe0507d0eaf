"""J6: two parents of one child never see each other, and neither can use the other's PIN."""

from playwright.sync_api import Page

from portal.demo.district import cast
from portal.demo.district.people import Adult
from tests.journeys.walking import SIZES, Open, Portal, add_student, join, sign_in

PAGES = ("/home/", "/students/", "/family/assignments/", "/family/attendance/", "/preferences/")
SECTIONS = ("", "attendance/", "assignments/", "grades/")


def everything(page: Page, child: str) -> str:
    """The markup of every page of this family that has anything to do with the child."""
    seen = []
    for address in PAGES:
        page.goto(address)
        seen.append(page.content())
    page.goto("/students/")
    home = (
        page.locator(".child-card", has_text=child)
        .locator("a[href^='/students/']")
        .first.get_attribute("href")
    )
    for section in SECTIONS:
        page.goto(f"{home}{section}")
        seen.append(page.content())
    return "\n".join(seen)


def traces(adult: Adult) -> list[str]:
    """What would give the adult away, as it might stand on a page."""
    phones = [phone for phone in (adult.mobile, adult.home, adult.work) if phone]
    ends = [f"{phone[-7:-4]}-{phone[-4:]}" for phone in phones]
    assert adult.address
    return [f"{adult.given} {adult.family}", adult.email, adult.address.street, *phones, *ends]


@SIZES
def test_the_other_parents_pin_does_not_work_and_no_page_shows_the_other_parent(
    portal: Portal, open_page: Open, size: tuple[int, int]
) -> None:
    mine = portal.letter(cast.LUIS.id, cast.ANA.id)
    father = open_page(size)
    join(father, portal, "Luis", "Reyes", f"luis.two.homes.{size[0]}@example.org")
    theirs = portal.run("-c", OTHER_LETTER, cast.MARISOL.id, cast.ANA.id).strip()

    add_student(father, type(mine)(mine.student_id, mine.born, theirs))
    assert "These three do not match our records." in father.get_by_role("alert").inner_text()
    add_student(father, mine)
    father.wait_for_url("**/students/add/done/**")
    mother = open_page(size)
    sign_in(mother, cast.MARISOL.email)

    of_father, of_mother = everything(father, "Ana"), everything(mother, "Ana")
    assert "Ana Reyes" in of_father
    assert "Ana Reyes" in of_mother
    assert [trace for trace in traces(cast.MARISOL) if trace in of_father] == []
    assert [trace for trace in traces(cast.LUIS) if trace in of_mother] == []


# A PIN for the mother, who stays linked as she is.
OTHER_LETTER = """
import sys
import django
django.setup()
from portal.family import pins
from portal.family.models import Guardianship
from portal.people.asking import opened
with opened("demo"):
    right = Guardianship.objects.get(guardian__sourced_id=sys.argv[1], student__sourced_id=sys.argv[2])
    print(pins.give(right, by="Main office", new=True)[1])
"""
