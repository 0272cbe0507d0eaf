"""Arranging attendance: a school's calendar and marks as attendance.csv brings them."""

from collections.abc import Iterable
from datetime import date, timedelta

from portal.sections.attendance.models import Mark
from portal.students.models import Org, SchoolDay, Student
from tests.cast import rostered

MONDAY = date(2026, 10, 5)


def calendar(school: Org, first: date, last: date, closed: dict[date, str] | None = None) -> None:
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
