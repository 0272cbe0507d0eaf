"""The sample district's own calendar: 180 days of instruction, computed for the school year of any date."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

INSTRUCTION_DAYS = 180
MONDAY, THURSDAY, FRIDAY = 0, 3, 4


@dataclass(frozen=True)
class SchoolYear:
    """One school year. `days` are the 180 days of instruction; `closed` names each weekday without school."""

    starts: int  # the calendar year of the first day: 2026 for 2026-27
    days: tuple[date, ...]
    closed: dict[date, str]
    winter: date  # first Monday of the winter recess

    @property
    def name(self) -> str:
        return f"{self.starts}-{(self.starts + 1) % 100:02d}"

    @property
    def ends(self) -> int:
        """The calendar year in which the school year ends, as OneRoster names it."""
        return self.starts + 1

    @cached_property
    def semesters(self) -> tuple[tuple[date, ...], tuple[date, ...]]:
        """The days of the fall and of the spring semester."""
        fall = tuple(day for day in self.days if day < self.winter)
        return fall, self.days[len(fall) :]

    @cached_property
    def marking_periods(self) -> tuple[tuple[date, ...], tuple[date, ...]]:
        """Last days of the 5-, 10- and 15-week and the final marking period, for each semester."""
        return tuple(  # type: ignore[return-value]
            (
                *(
                    _last_of(
                        days, days[0] - timedelta(days=days[0].weekday()) + timedelta(weeks=weeks, days=-3)
                    )
                    for weeks in (5, 10, 15)
                ),
                days[-1],
            )
            for days in self.semesters
        )

    @cached_property
    def trimesters(self) -> tuple[date, date, date]:
        """Last days of the three elementary reporting periods."""
        thanksgiving = _nth_weekday(self.starts, 11, THURSDAY, 4)
        second_friday = _nth_weekday(self.ends, 3, MONDAY, 2) + timedelta(days=4)
        return (
            _last_of(self.days, thanksgiving - timedelta(days=6)),
            _last_of(self.days, second_friday),
            self.days[-1],
        )

    @cached_property
    def minimum_days(self) -> dict[date, str]:
        """Days of early dismissal: the last of each semester, and the elementary conference week."""
        conference_week = [day for day in self.days if day <= self.trimesters[0]][-5:]
        early = dict.fromkeys(conference_week, "Parent-teacher conferences")
        return early | {days[-1]: "Last day of the semester" for days in self.semesters}

    def taught_by(self, today: date) -> int:
        """How many days of instruction have begun by the end of `today`."""
        return sum(day <= today for day in self.days)


def school_year(today: date) -> SchoolYear:
    """The school year that `today` belongs to; in summer, the year to come."""
    running = _year(today.year - 1)
    return running if today <= running.days[-1] else _year(today.year)


def _year(starts: int) -> SchoolYear:
    ends = starts + 1
    labor_day = _nth_weekday(starts, 9, MONDAY, 1)
    veterans_day = date(starts, 11, 11)
    thanksgiving = _nth_weekday(starts, 11, THURSDAY, 4)
    winter = _on_or_after(date(starts, 12, 17), MONDAY)
    spring = _nth_weekday(ends, 3, MONDAY, 4)
    closed = {
        labor_day - timedelta(days=3): "Admission Day observed",
        labor_day: "Labor Day",
        _nth_weekday(starts, 10, MONDAY, 2): "Staff learning day, no school for students",
        # A holiday on a weekend is kept on the nearest weekday.
        veterans_day + timedelta(days={5: -1, 6: 1}.get(veterans_day.weekday(), 0)): "Veterans Day",
        thanksgiving: "Thanksgiving",
        thanksgiving + timedelta(days=1): "Thanksgiving",
        **dict.fromkeys(_weekdays(winter, weeks=3), "Winter recess"),
        winter + timedelta(weeks=3): "Staff learning day, no school for students",
        _nth_weekday(ends, 1, MONDAY, 3): "Martin Luther King Jr. Day",
        _nth_weekday(ends, 2, MONDAY, 3): "Presidents' Day",
        **dict.fromkeys(_weekdays(spring, weeks=1), "Spring recess"),
        spring + timedelta(weeks=1): "March state holiday observed",
        _on_or_after(date(ends, 4, 22), FRIDAY): "Staff learning day, no school for students",
        _on_or_after(date(ends, 5, 25), MONDAY): "Memorial Day",
    }
    days: list[date] = []
    day = _on_or_after(date(starts, 8, 11), THURSDAY)
    while len(days) < INSTRUCTION_DAYS:
        if day.weekday() < 5 and day not in closed:
            days.append(day)
        day += timedelta(days=1)
    return SchoolYear(starts, tuple(days), closed, winter)


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    return _on_or_after(date(year, month, 1), weekday) + timedelta(weeks=nth - 1)


def _weekdays(monday: date, weeks: int) -> list[date]:
    return [monday + timedelta(weeks=week, days=day) for week in range(weeks) for day in range(5)]


def _last_of(days: tuple[date, ...], limit: date) -> date:
    return max(day for day in days if day <= limit)
