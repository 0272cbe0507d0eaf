"""The pages of attendance: what a browser gets, what may be sent, and how often the database is asked."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Access
from portal.family.models import SchoolNotice
from portal.record import faces
from portal.record.contents import section
from portal.sections.attendance.models import Explanation, Mark
from portal.sections.attendance.reading import read
from portal.students.models import Student
from tests import cast
from tests.sections.attendance_rows import MONDAY, calendar, marks

ATTENDANCE = section("attendance")


@pytest.fixture
def absent(on) -> cast.Cast:
    """Ana missed Monday, and it is Tuesday."""
    family = on(MONDAY + timedelta(days=1))
    calendar(family.oak, date(2026, 9, 28), date(2026, 10, 30))
    marks(family.ana, [(MONDAY, "unverifiedAbsence")])
    return family


def page_of(student: Student) -> str:
    return f"/students/{student.ref}/attendance/"


def sent_reasons() -> list[dict]:
    """What the table keeps, past the gate: a test has no grant for every parent at once."""
    return list(
        Explanation.rows.for_import().values(
            "student__given_name", "on", "reason", "note", "state", "sent_by__first_name"
        )
    )


def queries(client: Client, address: str) -> int:
    """Statements one request sends, without those that only mark a transaction."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in captured)


def test_the_page_says_the_answer_the_month_and_the_days(absent, visit):
    page = visit(absent.mother).get(page_of(absent.ana)).content.decode()
    for words in (
        "<bdi>Ana</bdi> missed 1 of 7 school days.",
        "Attendance is not taken yet today. Most schools finish by 10:00\u00a0AM.",
        "<caption>October 2026, 1 absence, 0 late</caption>",
        "Monday 5: Absent, no reason yet",
        f'href="{page_of(absent.ana)}explain/2026-10-05/"',
        "School days <bdi>Ana</bdi> was not there, with or without a reason.",
    ):
        assert words in page


@pytest.mark.parametrize("classic", [False, True], ids=["new", "classic"])
def test_a_school_that_sent_nothing_is_not_made_to_say_no_missed_days(on, visit, classic):
    family = on(MONDAY)
    calendar(family.oak, date(2026, 9, 28), date(2026, 10, 30))
    family.mother.classic = classic
    family.mother.save()
    page = visit(family.mother).get(page_of(family.ana)).content.decode()
    assert "The school has not sent attendance yet." in page
    assert "No missed days so far." not in page
    assert "On track" not in page


def test_classic_mode_lists_the_days_without_a_grid_or_a_drawing(absent, visit):
    absent.mother.classic = True
    absent.mother.save()
    answer = visit(absent.mother).get(page_of(absent.ana))
    page = answer.content.decode()
    assert "Absent, no reason yet" in page
    assert not any(tag in page for tag in ("<svg", '<table class="month"', "<script"))
    assert len(answer.content) < 10_000


def test_the_json_is_the_same_reading(absent, visit, admit):
    answer = visit(absent.mother).get(f"/students/{absent.ana.ref}/attendance.json").json()
    reading = read(admit(absent.mother, absent.ana, ATTENDANCE))
    assert answer == {
        "student": absent.ana.ref,
        "section": "attendance",
        "as_of": None,
        "reading": faces.plain(reading),
    }
    assert answer["reading"]["days"][0]["category"] == "unverifiedAbsence"


def test_codes_of_the_sending_system_never_reach_the_page(absent, visit):
    Mark(
        **cast.rostered("odd"), student=absent.ana, school=absent.oak, on=date(2026, 10, 2), scope="day",
        category="ext:zq7", local_code="ZQ7-LOCAL", local_text="Truant",
    ).save()  # fmt: skip
    client = visit(absent.mother)
    for address in (page_of(absent.ana), f"/students/{absent.ana.ref}/attendance.json", "/home/"):
        page = client.get(address).content.decode()
        assert not any(code in page for code in ("zq7", "ZQ7-LOCAL", "Truant"))


@pytest.mark.parametrize(
    "nonsense",
    [
        "2026-13/",
        "2026-00/",
        "26-10/",
        "2026-10-05/",
        "9999-12/",
        "0001-01/",
        "explain/2026-02-30/",
        "explain/x/",
    ],
)
def test_nonsense_in_an_address_is_no_page(absent, visit, nonsense):
    assert visit(absent.mother).get(page_of(absent.ana) + nonsense).status_code == 404


def test_the_months_before_are_pages_too(absent, visit):
    page = visit(absent.mother).get(page_of(absent.ana) + "2026-09/").content.decode()
    assert "<caption>September 2026, 0 absences, 0 late</caption>" in page
    assert f'href="{page_of(absent.ana)}2026-10/"' in page


def test_a_mother_tells_the_school_why_and_the_mark_stays(absent, visit):
    client, form = visit(absent.mother), page_of(absent.ana) + "explain/2026-10-05/"

    answer = client.post(form, {"reason": "doctor", "note": "Dr. Peña,\n10 am"})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{page_of(absent.ana)}?done=explain")
    assert sent_reasons() == [
        {
            "student__given_name": "Ana", "on": MONDAY, "reason": "doctor", "note": "Dr. Peña,\n10 am",
            "state": "sent", "sent_by__first_name": "Marisol",
        }
    ]  # fmt: skip
    assert list(SchoolNotice.objects.values_list("school__name", "student__given_name", "kind")) == [
        ("Oak School", "Ana", "absence_explained")
    ]
    assert Mark.rows.for_import().get().category == "unverifiedAbsence"
    assert Access.objects.filter(action="explain", student=absent.ana).count() == 1
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Your reason was sent to the attendance office. They may call you." in page
    assert "Sent to the attendance office on" in page


def test_a_second_sending_replaces_nothing_and_says_so(absent, visit):
    client, form = visit(absent.mother), page_of(absent.ana) + "explain/2026-10-05/"
    client.post(form, {"reason": "doctor"})

    again = client.post(form, {"reason": "sick", "note": "No, the flu"})

    assert again.status_code == 422
    assert "You sent a reason for this day before." in again.content.decode()
    assert [row["reason"] for row in sent_reasons()] == ["doctor"]


def test_the_same_form_sent_twice_is_sent_once(absent, visit):
    client, form = visit(absent.mother), page_of(absent.ana) + "explain/2026-10-05/"
    sent = {"reason": "sick", "once": "k" * 43}
    first, second = client.post(form, sent), client.post(form, sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(sent_reasons()) == 1
    assert Access.objects.filter(action="explain").count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"note": "We had the flu"}, "Choose a reason, like Sick."),
        ({"reason": "aliens", "note": "We had the flu"}, "Choose one from the list."),
        (
            {"reason": "sick", "note": "We had the flu" + "x" * 2000},
            "Use 2000 characters or fewer. You entered 2014.",
        ),
        ({"reason": "sick", "note": "We had the flu\x00"}, "This has characters we cannot read."),
    ],
    ids=["no reason", "unknown reason", "too long", "control characters"],
)
def test_a_form_with_a_mistake_says_what_to_do_and_keeps_what_was_typed(absent, visit, typed, said):
    answer = visit(absent.mother).post(page_of(absent.ana) + "explain/2026-10-05/", typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "We had the flu" in answer.content.decode()
    assert sent_reasons() == []


@pytest.mark.parametrize("day", ["2026-10-01", "2026-10-06", "2027-10-05", "0001-01-01", "9999-12-31"])
def test_there_is_no_form_for_a_day_that_was_not_missed(absent, visit, day):
    marks(absent.ana, [(date(2026, 10, 1), "tardy")])
    client = visit(absent.mother)
    address = f"{page_of(absent.ana)}explain/{day}/"
    assert (client.get(address).status_code, client.post(address, {"reason": "sick"}).status_code) == (
        404,
        404,
    )


def test_after_ten_school_days_the_page_says_whom_to_call(on, visit):
    family = on(date(2026, 10, 30))
    calendar(family.oak, MONDAY, date(2026, 10, 30))
    marks(family.ana, [(date(2026, 10, 15), "unverifiedAbsence")])
    client, address = visit(family.mother), page_of(family.ana) + "explain/2026-10-15/"
    assert "A reason for this day cannot be sent here." in client.get(address).content.decode()
    refused = client.post(address, {"reason": "sick"})
    assert refused.status_code == 422
    assert "The time to send a reason for this day is over." in refused.content.decode()
    assert sent_reasons() == []


def test_a_parent_of_a_student_who_left_reads_but_sends_nothing(absent, visit):
    absent.ana.left_on = MONDAY
    absent.ana.save()
    client = visit(absent.mother)
    page = client.get(page_of(absent.ana)).content.decode()
    assert "is no longer enrolled at" in page
    assert "Tell the school why" not in page
    assert client.post(page_of(absent.ana) + "explain/2026-10-05/", {"reason": "sick"}).status_code == 403
    assert sent_reasons() == []


def test_every_look_is_written_down(absent, visit):
    visit(absent.mother).get(page_of(absent.ana))
    assert list(
        Access.objects.values_list("person__first_name", "student__given_name", "section", "action", "why")
    ) == [("Marisol", "Ana", "attendance", "see", "guardian")]


@pytest.fixture
def four(on) -> cast.Cast:
    """Marisol has four children at Oak."""
    family = on(date(2027, 6, 4))
    calendar(family.oak, date(2026, 8, 17), date(2027, 6, 9))
    for name in ("Cal", "Dee", "Eli"):
        child = Student.objects.create(
            **cast.rostered(name), student_id=name, given_name=name, family_name="Reyes", grade="02",
            school=family.oak, entered_on=date(2026, 8, 17),
        )  # fmt: skip
        cast.link(family.mother, cast.guardianship(child, family.mothers_right.guardian))
    return family


def everything_missed(days: int) -> Callable[[Student], None]:
    return lambda student: marks(
        student,
        [
            (date(2027, 6, 4) - timedelta(days=n), "unverifiedAbsence", *period)
            for n in range(days)
            for period in ((), ("1",), ("2",))
        ],
    )


@pytest.mark.parametrize(
    ("address", "most"), [("attendance/", 8), ("attendance/2027-05/", 8), ("attendance.json", 8)]
)
def test_the_database_is_asked_as_often_for_180_days_as_for_a_month(four, visit, address, most):
    client, address = visit(four.mother), f"/students/{four.ana.ref}/{address}"
    client.get(address)  # connections and templates are made once
    everything_missed(1)(four.ana)
    few = queries(client, address)
    Mark.rows.for_import().delete()
    everything_missed(180)(four.ana)
    assert queries(client, address) == few <= most


def test_the_familys_page_asks_as_often_for_four_children_as_for_one(on, visit, four):
    single, many = visit(four.bens_mother), visit(four.mother)
    for student in Student.objects.all():
        everything_missed(90)(student)
    single.get("/family/attendance/")
    assert queries(single, "/family/attendance/") == queries(many, "/family/attendance/") <= 8
