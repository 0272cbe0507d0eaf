"""J4: a PIN letter whose PIN starts with 0, typed with spaces and in Persian digits."""

import pytest

from tests.journeys.walking import SIZES, Letter, Open, Portal, add_student, join, look_up, staff_sign_in

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@SIZES
@pytest.mark.parametrize("how", ["spaces", "persian"])
def test_a_pin_that_starts_with_zero_links_the_child_however_it_is_typed(
    portal: Portal, open_page: Open, size: tuple[int, int], how: str
) -> None:
    letter = portal.letter("cast-hoa", "cast-minh-anh", starts="0")
    assert letter.pin.startswith("0")
    pin = f" {letter.pin[:4]} {letter.pin[4:]} "
    typed = Letter(
        f"{letter.student_id[:6]} {letter.student_id[6:].lower()}",
        letter.born,
        pin.translate(PERSIAN) if how == "persian" else pin,
    )
    page = open_page(size)
    join(page, portal, "Thị Hoa", "Trần", f"hoa.{how}.{size[0]}@example.org")

    add_student(page, typed)
    page.wait_for_url("**/students/add/done/**")
    said = page.locator("main").inner_text()
    assert "Minh Anh is now on your account." in said
    assert "Grade 11" in said
    assert "Lincoln High" in said

    clerk = open_page(size)
    staff_sign_in(clerk, "Hana Lee")
    look_up(clerk, "Minh Anh Nguyễn")
    assert "Used" in clerk.get_by_role("row").filter(has_text="Trần").inner_text()
