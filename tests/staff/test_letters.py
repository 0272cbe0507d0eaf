"""My list and the printing of PIN letters: who gets one, once, and nothing beyond one's places."""

import io
import re
from datetime import timedelta

import pytest
from django.utils.timezone import now
from pypdf import PdfReader

from portal.access.models import Post
from portal.audit.models import Access
from portal.family import pins
from portal.family.models import ContactPoint, Guardian, Guardianship, Link, Pin
from portal.people.models import Session
from portal.staff import printing
from portal.staff.models import Letter, Listed, Printing
from portal.students.models import Student
from tests import cast

LIST = "/staff/list/"
PRINT = {"act": "letters", "reason": "not_linked"}


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#39;", "'")


def address(guardian, **more) -> ContactPoint:
    values = {
        "kind": "homeAddress",
        "value": "12 Elm Street",
        "city": "Los Angeles",
        "state": "CA",
        "postal_code": "90001",
    }
    return ContactPoint.objects.create(
        **cast.rostered(f"at-{guardian.pk}-{len(more)}"), guardian=guardian, **values | more
    )


@pytest.fixture
def school(family):
    """Ana's mother, not linked yet, has an address; Ms Reed has Ana and Ben on her list."""
    Link.objects.filter(guardianship=family.mothers_right).delete()
    address(family.mothers_right.guardian)
    for student in (family.ana, family.ben):
        Listed.objects.create(person=family.ms_reed, student=student)
    return family


def run(asked: Printing) -> Printing:
    printing.work(asked.pk)
    asked.refresh_from_db()
    return asked


def test_ticked_students_go_on_my_list_once_and_only_from_my_places(family, visit):
    client = visit(family.ms_reed)
    for _n in range(2):
        client.post("/staff/list/add/", {"student": [family.ana.ref], "next": "/staff/search/?x=1"})
    visit(family.ms_lee).post("/staff/list/add/", {"student": [family.ana.ref]})
    assert list(Listed.objects.values_list("person", "student")) == [(family.ms_reed.pk, family.ana.pk)]
    assert "Ana Reyes" in words(client.get(LIST))
    client.post(LIST, {"remove": family.ana.ref})
    assert "Your list is empty." in words(client.get(LIST))


def test_a_letter_in_the_parents_language_and_english_goes_to_the_address_on_file(school, visit):
    client = visit(school.ms_reed)
    answer = client.post(LIST, PRINT)
    asked = Printing.objects.get()
    assert answer["Location"] == f"/staff/list/letters/{asked.ref}/"
    assert "0 of 1 letter" in words(client.get(answer["Location"]))
    assert run(asked).state == Printing.State.READY
    pin = Pin.objects.get()
    pdf = client.post(answer["Location"] + "pdf/")
    text = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    for expected in (
        "Marisol Reyes", "12 Elm Street", "Los Angeles, CA 90001", pins.grouped(pins.read(pin)), "204518X327",
        "This PIN is yours.", "Este PIN es suyo.", "Oak School",
    ):  # fmt: skip
        assert expected in re.sub(r"\s+", " ", text), expected
    assert str(school.ana.birth_date.year) not in text
    assert pin.given_by == "office_manager, Oak School"
    noted = Access.objects.get(action="letter_printed")
    assert (noted.student, noted.about_id if hasattr(noted, "about_id") else noted.about) == (
        school.ana, school.mothers_right.pk,
    )  # fmt: skip


def test_the_file_is_downloaded_once_by_the_one_who_asked(school, visit):
    visit(school.ms_reed).post(LIST, PRINT)
    asked = run(Printing.objects.get())
    page = f"/staff/list/letters/{asked.ref}/"
    assert visit(school.ms_lee).get(page).status_code == 404
    assert visit(school.ms_lee).post(page + "pdf/").status_code == 404
    client = visit(school.ms_reed)
    assert client.post(page + "pdf/")["Content-Type"] == "application/pdf"
    assert client.post(page + "pdf/").status_code == 404
    assert "downloaded" in words(client.get(page))


def test_sheets_nobody_fetched_are_gone_after_a_day(school, visit):
    visit(school.ms_reed).post(LIST, PRINT)
    asked = run(Printing.objects.get())
    Printing.objects.update(ready_at=now() - timedelta(hours=25))
    assert printing.take(asked) is None
    printing.clear_up()
    asked.refresh_from_db()
    assert (asked.sealed, asked.state) == (None, Printing.State.STOPPED)


def test_who_gets_no_letter_is_said_with_the_reason(school, visit):
    address(school.bens_right.guardian)
    other = Guardian.objects.create(**cast.rostered("g-two"), given_name="Two", family_name="Homes")
    cast.guardianship(school.ana, other)
    hidden = Guardian.objects.create(**cast.rostered("g-safe"), given_name="Safe", family_name="Home")
    cast.guardianship(school.ana, hidden)
    address(hidden)
    address(hidden, kind="mailAddress", do_not_publish=True)
    visit(school.ms_reed).post(LIST, PRINT)
    said = {row.guardianship.guardian.given_name: row.skipped for row in Letter.objects.all()}
    assert said == {"Marisol": "", "Grace": "linked", "Two": "no_address", "Safe": "confidential"}


def test_a_reason_is_asked_for(school, visit):
    answer = visit(school.ms_reed).post(LIST, {"act": "letters"})
    assert (answer.status_code, "Choose why you print these letters." in words(answer)) == (422, True)


def test_the_same_form_sent_twice_prints_once(school, visit):
    client = visit(school.ms_reed)
    once = re.search(r'name="once" value="([^"]+)"', client.get(LIST).content.decode())[1]
    first, second = (client.post(LIST, PRINT | {"once": once})["Location"] for _n in range(2))
    assert (first, Printing.objects.count()) == (second, 1)


def test_a_job_that_runs_twice_gives_one_pin_and_writes_once(school, visit):
    visit(school.ms_reed).post(LIST, PRINT)
    asked = Printing.objects.get()
    run(asked)
    Printing.objects.update(state=Printing.State.PRINTING)
    Letter.objects.update(printed_at=None)
    run(asked)
    assert Pin.objects.count() == 1


def test_a_post_that_ends_before_the_job_runs_prints_nothing(school, visit):
    visit(school.ms_reed).post(LIST, PRINT)
    Post.objects.filter(person=school.ms_reed).update(ends_at=now())
    assert run(Printing.objects.get()).state == Printing.State.STOPPED
    assert not Pin.objects.exists()


def test_a_right_that_ends_before_the_job_runs_gets_no_letter(school, visit):
    visit(school.ms_reed).post(LIST, PRINT)
    Guardianship.objects.filter(pk=school.mothers_right.pk).update(active=False)
    assert run(Printing.objects.get()).state == Printing.State.STOPPED


def test_an_old_sign_in_is_asked_for_again(school, visit):
    client = visit(school.ms_reed)
    Session.objects.update(unlocked_at=now() - timedelta(minutes=6))
    assert client.post(LIST, PRINT)["Location"].startswith("/staff/sign-on/?next=")
    assert not Printing.objects.exists()


def test_without_the_right_to_pins_there_are_no_letters(school, visit):
    Post.objects.filter(person=school.ms_reed).update(gives_pins=False)
    client = visit(school.ms_reed)
    assert "Print PIN letters" not in words(client.get(LIST))
    assert client.post(LIST, PRINT).status_code == 422
    assert not Printing.objects.exists()


def test_many_letters_wait_for_a_second_person_of_the_same_school(school, visit, settings):
    from dataclasses import replace

    settings.DISTRICT = replace(settings.DISTRICT, letters_alone=0)
    client = visit(school.ms_reed)
    client.post(LIST, PRINT)
    asked = Printing.objects.get()
    page = f"/staff/list/letters/{asked.ref}/"
    assert asked.state == Printing.State.SECOND
    assert client.post(page).status_code == 404, "not by oneself"
    assert visit(school.ms_lee).post(page).status_code == 404, "not from another school"
    second = cast.person("Ed", "Ito", "ed.ito@staff.example.org", kind="staff")
    Post.objects.create(
        person=second, role=Post.Role.PRINCIPAL, place=school.oak, gives_pins=True, begins_at=now()
    )
    colleague = visit(second)
    assert "Joan Reed wants to print 1 letters" in words(colleague.get(page))
    colleague.post(page)
    asked.refresh_from_db()
    assert (asked.state, asked.agreed_by) == (Printing.State.PRINTING, second)


def test_letters_for_three_thousand_ask_as_little_as_for_three(school, django_assert_max_num_queries):
    rows = [
        Student(**cast.rostered(f"s{n}"), student_id=f"5{n:05}X001", given_name="N", family_name=f"N{n}", school=school.oak)
        for n in range(3000)
    ]  # fmt: skip
    students = Student.objects.bulk_create(rows)
    adults = Guardian.objects.bulk_create(
        Guardian(**cast.rostered(f"g{n}"), given_name="G", family_name=f"G{n}") for n in range(3000)
    )
    Guardianship.objects.bulk_create(
        Guardianship(**cast.rostered(f"gs{n}"), guardian=adults[n], student=students[n],
                     relationship="mother", educational_rights="full")
        for n in range(3000)
    )  # fmt: skip
    ContactPoint.objects.bulk_create(
        ContactPoint(
            **cast.rostered(f"a{n}"), guardian=adults[n], kind="homeAddress", value=f"{n} Elm Street"
        )
        for n in range(3000)
    )
    from portal.access import gate

    with django_assert_max_num_queries(20):
        asked = printing.ask(gate.Actor(school.ms_reed), students, "not_linked")
    assert asked is not None
    assert (asked.state, asked.letters.filter(skipped="").count()) == (Printing.State.SECOND, 3000)
