"""J5: guessing a PIN is answered with one sentence, then with a long wait, a mail and a line in the record."""

import pytest

from tests.journeys.walking import DESKTOP, PHONE, Letter, Open, Portal, add_student, join

NO_MATCH = "These three do not match our records. Check them against the PIN letter."
WAIT = "Too many tries. For safety, wait 60 minutes, or call the Family Hotline: (213) 555-0100."


@pytest.mark.parametrize(
    ("size", "guardian", "student", "name"),
    [
        (PHONE, "cast-tara", "cast-kaila", "Tara Brooks"),
        (DESKTOP, "cast-hayk", "cast-narek", "Hayk Grigoryan"),
    ],
    ids=["phone", "desktop"],
)
def test_five_wrong_pins_end_in_an_hours_wait(
    portal: Portal, open_page: Open, size: tuple[int, int], guardian: str, student: str, name: str
) -> None:
    letter = portal.letter(guardian, student)
    wrong = Letter(letter.student_id, letter.born, f"{(int(letter.pin) + 1) % 10**8:08}")
    email = f"{guardian}@example.org"
    page = open_page(size)
    join(page, portal, *name.split(), email)

    said = []
    for _try in range(5):
        add_student(page, wrong)
        said.append(page.get_by_role("alert").inner_text())
    assert len(set(said)) == 1
    assert NO_MATCH in said[0]
    add_student(page, letter)
    assert WAIT in page.get_by_role("alert").inner_text()
    assert page.locator("input[name=student_id]").input_value() == letter.student_id

    assert [mail for mail in portal.mail_to(email) if "Hotline" in mail["text"] and "PIN" in mail["text"]]
    notes = portal.database.execute(
        """SELECT section, action FROM audit_access
           JOIN people_person ON people_person.id = person_id WHERE email = %s""",
        [email],
    ).fetchall()
    assert notes == [("link", "wrong_tries")]
