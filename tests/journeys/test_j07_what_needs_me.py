"""J7: a mother of four at three schools sees at once what needs her."""

from tests.journeys.walking import SIZES, Open, Portal, school_today, sign_in


@SIZES
def test_home_tells_of_all_children_and_one_list_has_all_work(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page(size)
    sign_in(page, "marisol.reyes@example.org")

    needs = page.locator(".attention-row > a").all_inner_texts()
    children = page.locator(".child-card h2").all_inner_texts()
    absent = [need for need in needs if "Ana was marked absent today" in need]
    assert absent == (needs[:1] if school_today() else [])
    work = [need.partition(":")[0].strip() for need in needs if "turned in" in need]
    assert sorted(work) == ["Ana", "Leo"]
    assert children == ["Ana Reyes", "Leo Reyes", "Mia Reyes", "Tomás Reyes"]

    page.locator(".attention-row > a", has_text="Leo: 2 things not turned in").click()
    page.goto("/family/assignments/")
    rows = page.get_by_role("table", name="Not turned in").get_by_role("row").all_inner_texts()
    listed = [[name for name in ("Ana", "Leo") if name in row] for row in rows[1:]]
    assert sorted(listed) == [["Ana"], ["Leo"], ["Leo"]]


@SIZES
def test_a_line_put_away_stays_away(portal: Portal, open_page: Open, size: tuple[int, int]) -> None:
    portal.database.execute("DELETE FROM record_putaway")
    page = open_page(size, script=False)
    sign_in(page, "parisa.rostami@example.org", language="en")
    before = page.locator(".attention-row > a").all_inner_texts()
    page.locator(".attention-row").first.get_by_role("button", name="Done").click()
    page.wait_for_url("**/home/?put-away=1")
    page.goto("/home/")
    assert page.locator(".attention-row > a").all_inner_texts() == before[1:]
    portal.database.execute("DELETE FROM record_putaway")
