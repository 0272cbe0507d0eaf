"""Attendance as a family reads it."""

from collections.abc import Callable, Iterable
from datetime import date, time, timedelta

import pytest

from portal.access import gate
from portal.record.contents import section
from portal.sections.attendance.models import Mark
from portal.sections.attendance.reading import (
    Attendance,
    Band,
    Category,
    Cell,
    Line,
    Month,
    Shape,
    Today,
    read,
)
from portal.students.models import SchoolDay, Student
from tests.cast import Cast, rostered

MONDAY = date(2026, 10, 5)


def calendar(school, first: date, last: date, closed: dict[date, str] | None = None) -> None:
    """Every weekday from first to last is a school day, but for those closed."""
    closed = closed or {}
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    SchoolDay.objects.bulk_create(
        SchoolDay(
            **rostered(f"{school.sourced_id}-{day}"),
            school=school,
            on=day,
            kind="noSchool" if day in closed else "instruction",
            title=closed.get(day, ""),
        )
        for day in days
        if day.weekday() < 5
    )


def marks(student: Student, rows: Iterable[tuple]) -> None:
    """Rows as attendance.csv brings them: (day, category), or (day, category, period)."""
    for on, category, *period in rows:
        Mark(
            **rostered(f"{student.sourced_id}-{on}-{'-'.join(period)}"),
            student=student,
            school=student.school,
            on=on,
            scope="period" if period else "day",
            period=period[0] if period else "",
            category=category,
            reason_text="",
        ).save()


@pytest.fixture
def on(family: Cast, monkeypatch) -> Callable[[date], Cast]:
    """It is this day, in a school year that began on Monday, August 17, 2026."""

    def at(day: date) -> Cast:
        monkeypatch.setattr(gate, "localdate", lambda: day)
        for student in (family.ana, family.ben):
            student.entered_on = date(2026, 8, 17)
            student.save()
        return family

    return at


def line(on: date, shape: Shape, category: Category | None, **more) -> Line:
    values = {
        "words": category.label if category else "Other",
        "whole_day": False,
        "periods": (),
        "reason": "",
        "sent_on": None,
        "state": None,
        "may_explain": False,
    }
    return Line(on=on, shape=shape, category=category, **(values | more))


def test_a_mother_reads_the_days_her_daughter_missed(on, admit):
    family = on(MONDAY + timedelta(days=3))
    calendar(family.oak, date(2026, 9, 28), date(2026, 10, 30), {date(2026, 10, 12): "Staff learning day"})
    marks(
        family.ana,
        [
            (date(2026, 9, 28), "excusedAbsence"),
            *((date(2026, 9, 29) + timedelta(days=n), "present") for n in range(4)),
            (MONDAY, "unverifiedAbsence"),
            (MONDAY, "unverifiedAbsence", "1"),
            (MONDAY, "unverifiedAbsence", "2"),
            (MONDAY + timedelta(days=1), "present"),
            (MONDAY + timedelta(days=2), "tardy"),
            (MONDAY + timedelta(days=2), "tardy", "1"),
            (MONDAY + timedelta(days=2), "present", "2"),
        ],
    )
    missed = line(
        MONDAY, Shape.ABSENT, Category.UNVERIFIED, whole_day=True, periods=("1", "2"), may_explain=True
    )
    late = line(date(2026, 10, 7), Shape.LATE, Category.TARDY, periods=("1",))

    reading = read(admit(family.mother, family.ana, section("attendance")))

    assert reading == Attendance(
        begins=date(2026, 7, 1),
        missed=2,
        excused=1,
        late=1,
        school_days=9,
        band=Band.MUCH,
        counted_from=None,
        today=Today.NOT_TAKEN,
        today_line=None,
        starts=None,
        days=(late, missed, line(date(2026, 9, 28), Shape.EXCUSED, Category.EXCUSED, whole_day=True)),
        month=reading.month,
        taken_by=time(10),
        earlier=None,
        later=None,
    )
    assert reading.month == Month(
        first=date(2026, 10, 1),
        weeks=(
            (None, None, None, *present(1, 2)),
            (
                Cell(MONDAY, Shape.ABSENT, "Absent, no reason yet"),
                *present(6),
                Cell(date(2026, 10, 7), Shape.LATE, "Late"),
                Cell(date(2026, 10, 8), Shape.BLANK, "Not taken yet"),
                *blank(9),
            ),
            (Cell(date(2026, 10, 12), Shape.CLOSED, "Staff learning day"), *blank(13, 14, 15, 16)),
            blank(19, 20, 21, 22, 23),
            blank(26, 27, 28, 29, 30),
        ),
        absences=1,
        late=1,
        before=date(2026, 9, 1),
        after=None,
    )


def present(*days: int) -> tuple[Cell, ...]:
    return tuple(Cell(date(2026, 10, day), Shape.PRESENT, "Present") for day in days)


def blank(*days: int) -> tuple[Cell, ...]:
    return tuple(Cell(date(2026, 10, day), Shape.BLANK, "") for day in days)
