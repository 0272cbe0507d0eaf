"""J10: work not graded, excused, missing and scored 0 are four different things, in words."""

from tests.journeys.walking import SIZES, Open, sign_in


@SIZES
def test_four_states_of_work_have_four_different_words_and_no_grade_is_no_zero(
    open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(size)
    sign_in(page, "marisol.reyes@example.org")
    page.get_by_role("link", name="View Student Details").first.click()
    page.locator("a.tile[href$='/assignments/']").click()
    page.get_by_text("Choose a class").click()
    page.get_by_role("navigation", name="Class").get_by_role("link", name="English 9").click()
    page.get_by_role("navigation", name="Assignments").get_by_role("link", name="All").click()
    more = page.get_by_role("link", name="Show more")
    said = set()
    while True:
        said |= set(page.locator(".pill").all_inner_texts())
        if not more.count():
            break
        more.click()
    words = {word.strip() for word in said}
    assert "Excused – does not count" in words
    assert "Turned in, waiting for a grade" in words
    assert [word for word in words if word.startswith("Not turned in")]
    assert [word for word in words if word.startswith("0 of ")]
    assert not {"0", "", "–"} & words

    page.get_by_role("link", name="Grades").last.click()
    drawing = page.get_by_role("row").filter(has_text="Drawing").inner_text()
    assert "No grade yet" in drawing
    assert "0 %" not in drawing
    assert "0%" not in drawing
