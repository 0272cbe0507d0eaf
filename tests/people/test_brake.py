"""One account cannot take the school's records out, and somebody hears when it tries."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import now

from portal.access import brake, gate
from portal.audit.models import Access
from portal.people import jobs, limits
from portal.people.models import Session
from portal.people.sign_on import Identity
from portal.record.contents import section
from portal.staff import sign_on
from portal.students.models import Student
from tests.cast import Cast
from tests.people.conftest import words


@pytest.fixture
def small(monkeypatch):
    """Two students an hour instead of sixty, and one row a day."""
    monkeypatch.setitem(limits.RULES, "opened_hour", limits.Limit(2, timedelta(hours=1)))
    monkeypatch.setitem(limits.RULES, "listed_day", limits.Limit(1, timedelta(days=1)))


@pytest.fixture
def students(family: Cast) -> list[Student]:
    """Six more children at Oak."""
    made = []
    for n in range(6):
        child = Student.objects.get(sourced_id="ben")
        child.pk, child.sourced_id, child.student_id = None, f"child-{n}", f"20451900{n:02}"
        child.ref = f"child2345{n + 2}"
        child.save()
        made.append(child)
    return made


def opens(family: Cast, student: Student, signed_in_minutes_ago: int = 60) -> None:
    actor = gate.Actor(family.ms_reed, now() - timedelta(minutes=signed_in_minutes_ago))
    gate.admit(actor, student.ref, section("attendance"))


def test_the_same_student_again_is_no_other_student(family: Cast, small, students):
    for _ in range(9):
        opens(family, students[0])
    assert limits.tried("opened_hour", str(family.ms_reed.pk)) == 1


def test_beyond_the_limit_only_a_fresh_sign_on_goes_on(family: Cast, small, students):
    opens(family, students[0])
    opens(family, students[1])
    with pytest.raises(brake.SignOnAgain):
        opens(family, students[2])
    opens(family, students[3], signed_in_minutes_ago=1)
    with pytest.raises(brake.SignOnAgain):
        opens(family, students[0])


def test_at_twice_the_limit_the_account_is_stopped_and_the_district_hears(
    family: Cast, small, students, settings, rf
):
    for child in students[:4]:
        opens(family, child, signed_in_minutes_ago=1)
    with pytest.raises(brake.Suspended):
        opens(family, students[4], signed_in_minutes_ago=1)
    with pytest.raises(brake.Suspended):
        opens(family, students[0], signed_in_minutes_ago=1)
    assert Access.objects.filter(person=family.ms_reed, section="bulk_brake", action="suspended").count() == 1
    jobs.deliver_waiting()
    (letter,) = mail.outbox
    assert letter.to == ["security@schools.example.org"]
    assert family.ms_reed.last_name not in letter.body + letter.subject
    family.ms_reed.subject = "sign-on reed"
    family.ms_reed.save()
    with pytest.raises(brake.Suspended):
        sign_on.signed_on(rf.get("/staff/"), Identity("sign-on reed", "", now()))
    brake.lift(family.ms_reed)
    opens(family, students[5])


def test_the_page_signs_out_and_asks_to_sign_on_again_then_stops(family: Cast, small, students, visit):
    reed = visit(family.ms_reed)
    pages = [f"/staff/students/{child.ref}/" for child in students]
    assert [reed.get(page).status_code for page in pages[:2]] == [200, 200]
    Session.objects.update(unlocked_at=now() - timedelta(minutes=20))
    asked = reed.get(pages[2])
    assert asked["Location"].startswith("/staff/?next=")
    reed = visit(family.ms_reed)
    reed.get(pages[3])
    stopped = reed.get(pages[4])
    assert (stopped.status_code, "Your access is stopped" in words(stopped)) == (403, True)
    assert not Session.objects.filter(person=family.ms_reed).exists()


def test_rows_of_a_search_count_too(family: Cast, small, students, visit):
    reed = visit(family.ms_reed)
    search = "/staff/search/?search_by=student&student_id=204519X328&active=on"
    assert "Okafor" in words(reed.get(search))
    Session.objects.update(unlocked_at=now() - timedelta(minutes=20))
    assert reed.get(search)["Location"].startswith("/staff/?next=")
    assert visit(family.ms_reed).get(search).status_code == 403
