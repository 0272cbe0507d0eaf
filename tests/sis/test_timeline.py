"""Rows that come in become events once; what is long past, and what did not change, becomes none."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.record import printed
from portal.record.models import Event
from portal.sis import timeline
from portal.students.models import Student
from tests.sis import small
from tests.sis.small import row, take_companion, take_roster

pytestmark = pytest.mark.django_db


def marks(**categories: str) -> dict[str, small.Table]:
    """Marks of Ana's, as today_2="present" for two days ago."""
    return {
        "attendance": [
            row(name, studentSourcedId="ana", schoolSourcedId="oak", scope="day", category=category, period="",
                date=str(localdate() - timedelta(days=int(name.partition("_")[2]))))
            for name, category in categories.items()
        ]
    }  # fmt: skip


def events() -> list[tuple[str, str, int]]:
    """Section, kind and days ago of every event."""
    rows = Event.rows.for_import().order_by("pk").values_list("section", "kind", "on")
    return [(section, kind, (localdate() - on).days) for section, kind, on in rows]


def test_an_absence_that_comes_in_is_told_once(tmp_path):
    take_roster(tmp_path)
    for _day in range(2):
        take_companion(tmp_path, marks(today_1="unexcusedAbsence", today_2="present"))
    assert events() == [("attendance", "attendance.absent", 1)]


def test_a_correction_is_told_with_what_was_known_before(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, marks(today_1="unexcusedAbsence", today_2="unexcusedAbsence"))
    take_companion(tmp_path, marks(today_1="present", today_2="excusedAbsence"))
    assert events() == [
        ("attendance", "attendance.absent", 2),
        ("attendance", "attendance.absent", 1),
        ("attendance", "attendance.corrected", 1),
    ]


def test_an_absence_the_school_took_back_is_told(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, marks(today_1="unexcusedAbsence", today_2="present"))
    take_companion(tmp_path, marks(today_2="present"))
    assert events()[1:] == [("attendance", "attendance.corrected", 1)]


def test_a_file_of_changes_is_told_as_a_complete_one_is(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, marks(today_2="present", today_3="tardy"))
    for category in ("unexcusedAbsence", "unexcusedAbsence", "present"):
        take_companion(tmp_path, marks(today_1=category), mode="delta")
    assert events()[1:] == [("attendance", "attendance.absent", 1), ("attendance", "attendance.corrected", 1)]


@pytest.mark.parametrize(("loads", "told"), [(1, [3]), (2, [3, 20])])
def test_the_first_time_looks_back_two_weeks_and_later_times_a_month(tmp_path, loads, told):
    take_roster(tmp_path)
    if loads == 2:
        take_companion(tmp_path, marks(today_1="present"))
    take_companion(
        tmp_path,
        marks(today_1="present", today_3="unexcusedAbsence", today_20="unexcusedAbsence", today_40="tardy"),
    )
    assert sorted(days for _section, _kind, days in events()) == told


def test_each_student_is_told_of_whole_however_the_rows_are_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(timeline, "CHUNK", 1)
    take_roster(tmp_path)
    tables = marks(today_1="unexcusedAbsence", today_2="tardy")
    ben = [
        mark | {"sourcedId": f"b{mark['sourcedId']}", "studentSourcedId": "ben"}
        for mark in tables["attendance"]
    ]
    take_companion(tmp_path, {"attendance": [*tables["attendance"], *ben]})
    assert sorted(events()) == [
        ("attendance", "attendance.absent", 1),
        ("attendance", "attendance.absent", 1),
        ("attendance", "attendance.late", 2),
        ("attendance", "attendance.late", 2),
    ]


def test_a_report_card_that_comes_in_is_set_on_paper_by_the_queue(tmp_path):
    take_roster(tmp_path)
    posted = {
        "reportCardMarks": [
            row(f"m-{student}", studentSourcedId=student, academicSessionSourcedId="fall", classSourcedId="alg-1",
                subject="Algebra 1", markType="academic", mark="B", isFinal="true", postedAt=f"{day}T01:00:00.000Z",
                creditsAttempted="", creditsEarned="")
            for student, day in (("ana", localdate()), ("ben", localdate() - timedelta(days=40)))
        ]
    }  # fmt: skip
    for _day in range(2):
        take_companion(tmp_path, posted)
    asked = ProcrastinateJob.objects.filter(task_name=printed.AHEAD).values_list("args", flat=True)
    ana = Student.objects.get(sourced_id="ana").pk
    assert list(asked) == [{"section": "report-cards", "students": [ana]}]
