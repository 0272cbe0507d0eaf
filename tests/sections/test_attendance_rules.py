"""What a rate of attendance is called, at the edge of each level."""

from datetime import date
from decimal import Decimal

import pytest

from portal.record.contents import section
from portal.sections.attendance import rules
from portal.sections.attendance.reading import MonthSum, Shape, read
from tests.sections.attendance_rows import calendar, marks


@pytest.mark.parametrize(
    ("missed", "days", "rate", "level"),
    [
        (0, 180, "100.0", "Advanced"),
        (0, 1, "100.0", "Advanced"),
        (1, 180, "99.4", "Proficient"),
        (7, 180, "96.1", "Proficient"),
        (4, 100, "96.0", "Proficient"),
        (8, 180, "95.5", "Basic"),
        (3, 71, "95.7", "Basic"),  # just under the goal, and never rounded up to it
        (41, 1000, "95.9", "Basic"),
        (8, 100, "92.0", "Basic"),
        (15, 180, "91.6", "Below Basic"),
        (13, 100, "87.0", "Below Basic"),
        (24, 180, "86.6", "Far Below Basic"),
        (131, 1000, "86.9", "Far Below Basic"),
        (1, 1, "0.0", "Far Below Basic"),
    ],
)
def test_the_rate_is_cut_off_and_the_level_goes_by_what_was_missed(missed, days, rate, level):
    assert rules.rate(missed, days) == Decimal(rate)
    assert str(rules.level(missed, days)) == level


@pytest.mark.parametrize(
    ("missed", "days", "district", "state"),
    [(8, 100, False, False), (9, 100, True, False), (16, 180, False, False), (17, 180, True, False),
     (99, 1000, True, False), (10, 100, True, True), (17, 171, True, False), (18, 180, True, True)],
)  # fmt: skip
def test_chronic_begins_at_nine_percent_for_the_district_and_ten_for_the_state(missed, days, district, state):
    assert rules.chronic(missed, days, rules.DISTRICT_CHRONIC) is district
    assert rules.chronic(missed, days, rules.STATE_CHRONIC) is state


def test_the_year_is_laid_out_by_month_up_to_today(on, admit):
    family = on(date(2026, 10, 5))
    calendar(family.oak, date(2026, 9, 28), date(2026, 10, 30))
    marks(
        family.ana,
        [(date(2026, 9, 28), "excusedAbsence"), (date(2026, 9, 29), "present"), (date(2026, 10, 2), "tardy"),
         (date(2026, 10, 5), "unverifiedAbsence")],
    )  # fmt: skip
    assert read(admit(family.mother, family.ana, section("attendance"))).months == (
        MonthSum(date(2026, 9, 1), (Shape.EXCUSED, Shape.PRESENT, Shape.BLANK), 1, 0),
        MonthSum(date(2026, 10, 1), (Shape.BLANK, Shape.LATE, Shape.ABSENT), 1, 1),
    )


def test_the_page_draws_the_year_and_says_rate_and_level(on, visit):
    family = on(date(2026, 10, 5))
    calendar(family.oak, date(2026, 9, 1), date(2026, 10, 30))
    marks(family.ana, [(date(2026, 9, 28), "excusedAbsence"), (date(2026, 10, 2), "tardy")])
    body = visit(family.mother).get(f"/students/{family.ana.ref}/attendance/").content.decode()
    assert "The year so far" in body
    assert body.count('class="day ') == 2
    assert "Attendance 96%" in body
    assert "The district calls this level Proficient." in body
