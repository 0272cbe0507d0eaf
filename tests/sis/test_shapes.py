"""What each shape makes of a cell: a value, a fault or a repair; no cell makes the database raise."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection

from portal.family.models import Guardianship
from portal.record.feed import Column, Kind
from portal.record.gradebook.models import LineItem
from portal.sections.attendance.models import Mark
from portal.sections.bus.models import Ride
from portal.sis import shapes
from portal.students.models import Org, Student

pytestmark = pytest.mark.django_db

FIELDS = {
    Kind.TEXT: (Org, "name"),
    Kind.NOTE: (LineItem, "description"),
    Kind.UPPER: (Student, "student_id"),
    Kind.DAY: (Student, "birth_date"),
    Kind.LAST_DAY: (Student, "birth_date"),
    Kind.MOMENT: (Mark, "entered_at"),
    Kind.WHOLE: (Mark, "minutes_missed"),
    Kind.DECIMAL: (LineItem, "most"),
    Kind.YES_NO: (Guardianship, "lives_with"),
    Kind.GRADE: (Student, "grade"),
    Kind.CODE: (Mark, "category"),
    Kind.CODES: (Mark, "category"),
    Kind.CLOCK: (Ride, "at"),
}
CATEGORIES = ("present", "excusedAbsence")


def read(kind: Kind, cell: str, **more):
    """Value, fault and repair of one cell."""
    model, into = FIELDS[kind]
    column = Column("column", into, kind, **more)
    shape = shapes.shape(column, model._meta.get_field(into), "s.cell", "v.value")
    with connection.cursor() as cursor:
        cursor.execute(shapes.CALENDAR)
        cursor.execute(
            f"""SELECT v.value, {shape.fault}, {shape.repair} FROM (SELECT %(cell)s::text AS cell) s {shape.join}
                CROSS JOIN LATERAL (SELECT {shape.value} AS value) v""",
            {"cell": cell or None},
        )
        return cursor.fetchone()


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "cell", "value", "repair"),
    [
        (Kind.TEXT, "Oak", "Oak", None),
        (Kind.NOTE, "two\nlines", "two\nlines", None),
        (Kind.UPPER, "204518 x327", "204518X327", None),
        (Kind.DAY, "2026-09-14", date(2026, 9, 14), None),
        (Kind.DAY, "2024-02-29", date(2024, 2, 29), None),
        (Kind.DAY, "2000-02-29", date(2000, 2, 29), None),
        (Kind.DAY, "9/14/2026", date(2026, 9, 14), "date_repaired"),
        (Kind.DAY, "14/9/2026", date(2026, 9, 14), "date_repaired"),
        (Kind.DAY, "09/14/2026 00:00", date(2026, 9, 14), "date_repaired"),
        (Kind.DAY, "5/5/2026", date(2026, 5, 5), "date_repaired"),
        (Kind.DAY, "2026-09-14 00:00:00", date(2026, 9, 14), "date_repaired"),
        (Kind.DAY, "2026-09-14T00:00:00.000Z", date(2026, 9, 14), "date_repaired"),
        (
            Kind.DAY,
            "2026-09-15T06:59:00.000Z",
            date(2026, 9, 14),
            "date_repaired",
        ),  # still the 14th at school
        (Kind.MOMENT, "2026-09-14T16:05:00.000Z", utc(2026, 9, 14, 16, 5), None),
        (Kind.MOMENT, "2026-09-14T09:05:00-07:00", utc(2026, 9, 14, 16, 5), None),
        (Kind.MOMENT, "2026-09-14 09:05:00", utc(2026, 9, 14, 16, 5), "time_repaired"),  # the school's time
        (Kind.MOMENT, "2026-09-14", utc(2026, 9, 14, 7), "time_repaired"),
        (Kind.WHOLE, "0", 0, None),
        (Kind.WHOLE, "12.0", 12, "number_repaired"),
        (Kind.DECIMAL, "0", Decimal("0.00"), None),
        (Kind.DECIMAL, "-3.456", Decimal("-3.46"), None),
        (Kind.YES_NO, "true", True, None),
        (Kind.YES_NO, "FALSE", False, "boolean_case"),
        (Kind.GRADE, "09", "09", None),
        (Kind.GRADE, "9", "09", "grade_repaired"),
        (Kind.GRADE, "KN", "KG", "grade_repaired"),
        (Kind.GRADE, "10,11", "10", "grade_repaired"),
        (Kind.GRADE, "other", "Other", "grade_repaired"),
        (Kind.CODE, "excusedAbsence", "excusedAbsence", None),
        (Kind.CODE, "ExcusedAbsence", "excusedAbsence", "code_case"),
        (Kind.CODE, "ext:atTheZoo", "ext:atTheZoo", None),
        (Kind.CODES, "present , excusedAbsence,ext:zoo", "present,excusedAbsence,ext:zoo", None),
        (Kind.CLOCK, "06:52", time(6, 52), None),
        (Kind.CLOCK, "6:52", time(6, 52), None),
        (Kind.CLOCK, "23:59:59", time(23, 59, 59), None),
    ],
)
def test_a_cell_is_read(kind, cell, value, repair):
    assert read(kind, cell, codes=CATEGORIES) == (value, None, repair)


@pytest.mark.parametrize(
    ("kind", "cell", "fault"),
    [
        (Kind.TEXT, "two\nlines", "control_character"),
        (Kind.TEXT, "x" * 256, "too_long"),
        (Kind.NOTE, "x" * 20_000, "too_long"),
        (Kind.UPPER, "9" * 41, "too_long"),
        (Kind.DAY, "03/04/2026", "ambiguous_date"),
        (Kind.DAY, "3/4/2026", "ambiguous_date"),
        (Kind.DAY, "2026-02-29", "bad_date"),
        (Kind.DAY, "1900-02-29", "bad_date"),
        (Kind.DAY, "2026-04-31", "bad_date"),
        (Kind.DAY, "31/04/2026", "bad_date"),
        (Kind.DAY, "2026-13-01", "bad_date"),
        (Kind.DAY, "0001-01-01", "bad_date"),
        (Kind.DAY, "99/99/2026", "bad_date"),
        (Kind.DAY, "14.9.2026", "bad_date"),
        (Kind.DAY, "soon", "bad_date"),
        (Kind.DAY, "T", "bad_date"),
        (Kind.DAY, "2026-09-14T25:00:00Z'); DROP TABLE x; --", "bad_date"),
        (Kind.MOMENT, "2026-09-14T24:00:00Z", "bad_moment"),
        (Kind.MOMENT, "2026-02-30T10:00:00Z", "bad_moment"),
        (Kind.MOMENT, "2026-09-14T10:00:00+99:00", "bad_moment"),
        (Kind.MOMENT, "noon", "bad_moment"),
        (Kind.WHOLE, "-1", "bad_number"),
        (Kind.WHOLE, "32768", "bad_number"),
        (Kind.WHOLE, "99999999999999999999", "bad_number"),
        (Kind.WHOLE, "1.5", "bad_number"),
        (Kind.DECIMAL, "eighteen", "bad_number"),
        (Kind.DECIMAL, "12345678", "bad_number"),
        (Kind.DECIMAL, "9999999.999", "bad_number"),
        (Kind.DECIMAL, "NaN", "bad_number"),
        (Kind.DECIMAL, "1e5", "bad_number"),
        (Kind.YES_NO, "yes", "bad_boolean"),
        (Kind.GRADE, "0", "unknown_code"),
        (Kind.GRADE, "ninth", "unknown_code"),
        (Kind.CODE, "sleepy", "unknown_code"),
        (Kind.CODE, "ext:", "unknown_code"),
        (Kind.CODE, "ext:" + "x" * 40, "unknown_code"),
        (Kind.CODES, "present,", "unknown_code"),
        (Kind.CODES, "present;excusedAbsence", "unknown_code"),
        (Kind.CODES, "Present", "unknown_code"),
        (Kind.CODES, ",".join(["present"] * 40), "too_long"),
        (Kind.CLOCK, "25:00", "bad_time"),
        (Kind.CLOCK, "24:00", "bad_time"),
        (Kind.CLOCK, "12:60", "bad_time"),
        (Kind.CLOCK, "7", "bad_time"),
        (Kind.CLOCK, "7 AM", "bad_time"),
    ],
)
def test_a_cell_that_cannot_be_read_is_a_fault_and_never_a_guess(kind, cell, fault):
    assert read(kind, cell, codes=CATEGORIES)[1] == fault


@pytest.mark.parametrize("kind", FIELDS)
def test_an_empty_cell_is_nothing_and_no_fault(kind):
    assert read(kind, "", codes=CATEGORIES) == (None, None, None)


def test_a_word_in_no_list_becomes_the_narrowest_where_one_is_named():
    assert read(Kind.CODE, "ext:odd", codes=("full", "none"), otherwise="none") == ("none", None, "narrowed")


def test_a_last_day_is_the_day_before_where_ends_are_exclusive(monkeypatch):
    assert read(Kind.LAST_DAY, "2026-12-18")[0] == date(2026, 12, 18)
    monkeypatch.setattr(settings, "DISTRICT", replace(settings.DISTRICT, end_date_exclusive=True))
    assert read(Kind.LAST_DAY, "2026-12-18")[0] == date(2026, 12, 17)
