"""J2: an employee's or student's address of the district opens no parent account."""

import pytest

from tests.journeys.walking import SIZES, Open, Portal

SAID = "Use a personal email. District emails cannot be used for a parent account."


@SIZES
@pytest.mark.parametrize("domain", ["schools.example.org", "STUDENTS.Example.Org", "oak.schools.example.org"])
def test_a_district_email_is_refused_in_words_and_makes_no_account(
    portal: Portal, open_page: Open, size: tuple[int, int], domain: str
) -> None:
    page = open_page(size)
    page.goto("/register/")
    for name, value in (("first_name", "Joan"), ("last_name", "Reed"), ("email", f"j.reed@{domain}")):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=robot]").check()
    page.get_by_role("button", name="Register").click()

    page.get_by_role("alert").wait_for()  # the robot box works for a moment before the form goes
    assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == [SAID]
    assert page.locator("#id_email_error").inner_text().strip() == SAID
    kept = [
        page.locator(f"input[name={name}]").input_value() for name in ("first_name", "last_name", "email")
    ]
    assert kept == ["Joan", "Reed", f"j.reed@{domain}"]
    made = portal.database.execute(
        "SELECT count(*) FROM people_person WHERE email ILIKE 'j.reed@%'"
    ).fetchone()
    assert made == (0,)
