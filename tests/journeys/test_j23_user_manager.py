"""J23: a principal adds a clerk, who then reaches their own school and no other."""

from tests.journeys.walking import DESKTOP, Open, Portal, staff_sign_in


def test_a_principal_adds_a_clerk_who_finds_another_school_closed(portal: Portal, open_page: Open) -> None:
    page = open_page(DESKTOP, script=False)
    staff_sign_in(page, "Patricia Hall")
    page.locator(".menu a[href='/staff/tools/user-manager/']").click()
    page.locator("main a[href$='/add/']").click()
    page.locator("input[name=first_name]").fill("Joan")
    page.locator("input[name=last_name]").fill("Reed")
    page.locator("main form[method=get] button").click()
    page.locator("input[name=employee]").first.check()
    page.locator("select[name=module]").select_option("pins")
    page.get_by_role("button", name="Add User").click()
    page.wait_for_url("**added=**")
    assert "can log in within 24 hours" in page.locator("main").inner_text()

    clerk = open_page(DESKTOP, script=False)
    staff_sign_in(clerk, "Joan Reed")
    found = portal.database.execute(
        "SELECT ref FROM students_student WHERE sourced_id = 'cast-ana'"
    ).fetchone()
    assert found
    clerk.goto("/staff/reason/?next=/staff/home/")
    if clerk.locator("input[name=purpose]").count():
        clerk.locator("input[name=purpose]").first.check()
        clerk.locator("main form button").first.click()
    answer = clerk.goto(f"/staff/students/{found[0]}/")
    assert answer
    assert answer.status == 404
    assert "Ana" not in clerk.locator("main").inner_text()
    tried = portal.database.execute(
        "SELECT count(*) FROM audit_access a JOIN students_student s ON s.id = a.student_id"
        " WHERE s.sourced_id = 'cast-ana' AND a.action = 'refused'"
    ).fetchone()
    assert tried
    assert tried[0] >= 1
