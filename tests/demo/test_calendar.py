"""The sample district's calendar holds in every year."""

from datetime import date, timedelta

import pytest

from portal.demo.district.year import SchoolYear, school_year


@pytest.fixture(params=range(2020, 2060))
def year(request: pytest.FixtureRequest) -> SchoolYear:
    return school_year(date(request.param, 9, 1))


def test_a_school_year_is_180_weekdays_from_a_thursday_in_august_into_june(year: SchoolYear):
    first, last = year.days[0], year.days[-1]
    assert len(set(year.days)) == 180
    assert list(year.days) == sorted(year.days)
    assert all(day.weekday() < 5 for day in year.days)
    assert (first.month, first.weekday()) == (8, 3)
    assert 11 <= first.day <= 17
    assert (last.year, last.month) == (first.year + 1, 6)


def test_every_weekday_of_the_year_is_taught_or_closed_and_never_both(year: SchoolYear):
    first, last = year.days[0], year.days[-1]
    weekdays = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    weekdays = {day for day in weekdays if day.weekday() < 5}
    assert weekdays == set(year.days) | {day for day in year.closed if first <= day <= last}
    assert not set(year.days) & set(year.closed)


def test_winter_recess_is_three_weeks_around_the_new_year(year: SchoolYear):
    recess = sorted(day for day, title in year.closed.items() if title == "Winter recess")
    assert len(recess) == 15
    assert recess[0] <= date(year.starts, 12, 24)
    assert date(year.ends, 1, 2) <= recess[-1]


def test_marking_periods_and_trimesters_follow_one_another_and_end_on_school_days(year: SchoolYear):
    periods = [end for half in year.marking_periods for end in half]
    assert periods == sorted(set(periods))
    assert list(year.trimesters) == sorted(set(year.trimesters))
    assert {*periods, *year.trimesters} <= set(year.days)
    assert periods[-1] == year.trimesters[-1] == year.days[-1]


def test_the_holidays_of_2026_27():
    days = {title: [day for day, name in school_year(date(2026, 9, 1)).closed.items() if name == title] for title in (
        "Labor Day", "Veterans Day", "Thanksgiving", "Martin Luther King Jr. Day", "Presidents' Day", "Memorial Day",
    )}  # fmt: skip
    assert days == {
        "Labor Day": [date(2026, 9, 7)],
        "Veterans Day": [date(2026, 11, 11)],
        "Thanksgiving": [date(2026, 11, 26), date(2026, 11, 27)],
        "Martin Luther King Jr. Day": [date(2027, 1, 18)],
        "Presidents' Day": [date(2027, 2, 15)],
        "Memorial Day": [date(2027, 5, 31)],
    }


def test_a_holiday_on_a_weekend_is_kept_on_the_nearest_weekday():
    veterans = {
        day
        for starts in (2028, 2029)
        for day, title in school_year(date(starts, 9, 1)).closed.items()
        if title == "Veterans Day"
    }
    assert veterans == {date(2028, 11, 10), date(2029, 11, 12)}


@pytest.mark.parametrize(
    ("today", "starts"),
    [
        (date(2026, 8, 13), 2026),
        (date(2027, 1, 3), 2026),
        (date(2027, 6, 4), 2026),
        (date(2027, 6, 5), 2027),
        (date(2027, 8, 1), 2027),
    ],
)
def test_a_day_belongs_to_the_year_that_runs_and_a_summer_day_to_the_next(today: date, starts: int):
    assert school_year(today).starts == starts
