"""What changed marks of attendance become on the timeline."""

from datetime import date

import pytest

from portal.record.timeline import Change, Happening
from portal.sections.attendance.models import Mark
from portal.sections.attendance.timeline import events

MONDAY = date(2026, 10, 5)


def change(
    category: str, was: str | None = None, period: str = "", on: date = MONDAY, active: bool = True
) -> Change:
    row = Mark(
        student_id=7,
        on=on,
        scope="period" if period else "day",
        period=period,
        category=category,
        active=active,
    )
    return Change(row, {"category": was} if was else {})


def test_a_new_absence_is_told_once_for_the_day():
    told = events([change("unverifiedAbsence"), change("unverifiedAbsence", period="1")])
    assert list(told) == [Happening("attendance.absent", 7, MONDAY)]


def test_missed_periods_are_told_together():
    told = events(
        [
            change("tardy", period="2"),
            change("excusedAbsence", period="3"),
            change("excusedAbsence", period="1"),
        ]
    )
    assert list(told) == [
        Happening("attendance.late", 7, MONDAY, {"periods": ["2"]}),
        Happening("attendance.absent", 7, MONDAY, {"periods": ["1", "3"]}),
    ]


@pytest.mark.parametrize(
    "now", [change("present", was="unverifiedAbsence"), change("tardy", was="tardy", active=False)]
)
def test_a_correction_is_told_too(now):
    assert list(events([now])) == [Happening("attendance.corrected", 7, MONDAY)]


@pytest.mark.parametrize(
    "quiet",
    [
        change("present"),
        change("excusedAbsence", was="unverifiedAbsence"),
        change("excusedTardy", was="tardy"),
        change("ext:q7"),
        change("present", was="fieldTrip"),
        change("unverifiedAbsence", active=False),
    ],
)
def test_what_changes_nothing_for_a_family_is_not_told(quiet):
    assert list(events([quiet])) == []


def test_each_day_is_told_by_itself():
    tuesday = date(2026, 10, 6)
    told = events([change("tardy", on=tuesday), change("excusedAbsence")])
    assert list(told) == [Happening("attendance.late", 7, tuesday), Happening("attendance.absent", 7, MONDAY)]
