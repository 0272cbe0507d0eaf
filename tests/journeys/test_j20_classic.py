"""J20: Viewing in Classic Mode, without script: everything there is can be done, and every page is small."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Request

from tests.journeys.walking import SIZES, Open, Portal, add_student, join, school_today, sign_in

Classic = Callable[[tuple[int, int], str], Page]
MOST_HTML, MOST_REQUESTS = 10 * 1024, 2  # bytes of markup; the page and its styles


class Meter:
    """How large the pages were that a browser opened, and how many requests each took."""

    def __init__(self, page: Page) -> None:
        page.goto("about:blank")
        self.visits: list[list[Request]] = []  # a page and what it asked for, in this order
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        if request.is_navigation_request():
            self.visits.append([])
        self.visits[-1].append(request)

    def too_large(self) -> list[tuple[str, int, int]]:
        """Address, bytes of markup as sent and requests of what went over the limits."""
        found = [(page.url, page.sizes()["responseBodySize"], 1 + len(more)) for page, *more in self.visits]
        return [visit for visit in found if visit[1] > MOST_HTML or visit[2] > MOST_REQUESTS]


@pytest.fixture
def classic(portal: Portal, open_page: Open) -> Iterator[Classic]:
    """classic(size, email): a family of the cast that views in Classic Mode, without script."""

    def signed_in(size: tuple[int, int], email: str) -> Page:
        page = open_page(size, script=False)
        sign_in(page, email)
        turn_on(page)
        return page

    yield signed_in
    portal.database.execute("UPDATE people_person SET classic = false")


def turn_on(page: Page) -> None:
    page.goto("/preferences/display/")
    page.locator("input[name=classic]").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/preferences/**")


def turn_off(page: Page) -> None:
    page.goto("/home/")
    page.get_by_role("button", name="Go to the new view.").click()
    page.wait_for_url("**/home/")
    assert page.locator("header.top").count() == 1


@SIZES
def test_the_tasks_of_every_day_work_in_classic_mode(classic: Classic, size: tuple[int, int]) -> None:
    page = classic(size, "marisol.reyes@example.org")
    meter = Meter(page)

    page.goto("/home/")  # 1 does anything need me?
    assert "Viewing in Classic Mode." in page.locator("header").inner_text()
    if school_today():
        page.get_by_role("link", name="Ana was marked absent today").click()  # 2 what was missed?
    else:
        page.get_by_role("rowheader", name="Ana Reyes").get_by_role("link").click()
        page.get_by_role("link", name="Attendance").first.click()
    assert (
        "Ana missed 3 of" in page.locator("main").inner_text() or "why" in page.locator("main").inner_text()
    )
    page.goto("/family/attendance/")
    assert "Tomás" in page.get_by_role("table").inner_text()
    page.goto("/home/")  # 3 what work is missing or due?
    page.get_by_role("link", name="1 thing not turned in").first.click()
    assert "not turned in" in page.locator("main").inner_text().lower()
    page.goto("/family/assignments/")
    assert "Leo" in page.get_by_role("table").first.inner_text()
    page.goto("/home/")  # 4 how are the grades?
    page.get_by_role("rowheader", name="Ana Reyes").get_by_role("link").click()
    page.get_by_role("link", name="Grades").click()
    assert "Drawing" in page.get_by_role("table", name="Course Summary").inner_text()
    assert page.locator("a[href^='mailto:']").count() > 5  # 7 reach the teacher and the principal
    page.get_by_role("link", name="English 9").click()
    assert "English 9" in page.get_by_role("heading", level=1).inner_text()
    for address in ("/students/", "/preferences/", "/preferences/devices/", "/help/", "/help/find-your-pin/"):
        page.goto(address)
        assert page.get_by_role("heading", level=1).count() == 1

    assert meter.visits
    assert meter.too_large() == []
    assert page.locator("script, svg, img").count() == 0
    turn_off(page)


@SIZES
def test_a_reason_is_told_in_classic_mode(portal: Portal, classic: Classic, size: tuple[int, int]) -> None:
    portal.database.execute("DELETE FROM attendance_explanation")
    page = classic(size, "parisa.rostami@example.org")
    meter = Meter(page)
    page.goto("/home/")
    page.get_by_role("rowheader", name="Kian").get_by_role("link").click()
    page.get_by_role("link", name="Attendance").first.click()
    page.locator("a[href*='/attendance/explain/']").first.click()
    page.get_by_role("radio").first.check()
    page.locator("main form button").last.click()
    assert "Sent" in page.locator("main").inner_text()
    assert meter.visits
    assert meter.too_large() == []


@SIZES
def test_a_child_is_added_in_classic_mode(portal: Portal, open_page: Open, size: tuple[int, int]) -> None:
    letter = portal.letter("cast-colette", "cast-zoe")
    page = open_page(size, script=False)
    join(page, portal, "Colette", "D'Angelo", f"colette.{size[0]}@example.org")
    turn_on(page)
    meter = Meter(page)
    page.goto("/students/add/")
    add_student(page, letter)
    page.wait_for_url("**/students/add/done/**")
    assert "Zoë" in page.get_by_role("heading", level=1).inner_text()
    assert meter.visits
    assert meter.too_large() == []
