"""J8: one tap leads to the same section of the other child."""

from tests.journeys.walking import SIZES, Open, sign_in


@SIZES
def test_the_switcher_opens_the_same_section_of_the_other_child(
    open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(size)
    sign_in(page, "marisol.reyes@example.org")
    page.get_by_role("link", name="View Student Details").first.click()
    page.locator("a.tile[href$='/attendance/']").click()
    assert page.title() == "Attendance – Ana – Parent Portal"

    switcher = page.get_by_role("navigation", name="Students")
    switcher.get_by_role("link", name="Leo").click()
    page.wait_for_url("**/attendance/")
    assert page.title() == "Attendance – Leo – Parent Portal"
    assert page.get_by_role("heading", level=1).inner_text() == "Attendance"
    assert switcher.locator("[aria-current]").all_inner_texts() == ["L\nLeo"]
