"""The days of every student so far: one row a day, and the periods of days that were not simply present."""

from collections.abc import Iterator
from random import Random

from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.draw import draw_for
from portal.demo.district.people import Event, Student
from portal.demo.district.teaching import PERIODS, Clock, Group

_ABSENT = (
    (
        Event("excusedAbsence", "1", "Illness", reason="Sick"),
        Event("excusedAbsence", "2", "Medical appointment"),
        Event("excusedAbsence", "4", "Personal reason"),
        Event("unexcusedAbsence", "8", "Unexcused"),
        Event("unexcusedAbsence", "3", "Truant"),
        Event("unverifiedAbsence", "UC", "Uncleared"),
        Event("suspension", "5", "Suspension"),
    ),
    (52, 12, 6, 12, 3, 14, 1),
)
_UNCLEARED = Event("unverifiedAbsence", "UC", "Uncleared")
_PARTLY = (
    (
        Event("tardy", "T", "Tardy", minutes=8),
        Event("tardy", "T", "Tardy", minutes=25),
        Event("excusedTardy", "T", "Tardy, excused", minutes=15, reason="Appointment"),
        Event("earlyDeparture", "LE", "Left early", minutes=45),
        Event("partialDay", "UC", "Uncleared", periods=(5, 6)),
        Event("partialDay", "1", "Illness", periods=(1, 2, 3)),
        Event("fieldTrip", "7", "School activity"),
        Event("independentStudy", "9", "Independent study"),
    ),
    (50, 10, 10, 10, 6, 4, 7, 3),
)
PARTLY_RATE = 0.03
# By ten in the morning only these have been taken.
TAKEN_TODAY = (1, 2, 3)


def write(bundle: Bundle, group: Group, clock: Clock, seed: int) -> None:
    """Append a group's days to attendance.csv. A few groups have not taken today's attendance yet."""
    if not clock.taught:
        return
    records = [student.record for student in group.students if student.record]
    chance = draw_for(seed, "today", group.school.id, group.number, clock.today).random()
    late = any(not record.today_taken for record in records) if records else chance < 0.05
    not_taken = clock.taught - 1 if clock.is_school_day and late else None
    stamps = [
        (f"{day:%y%m%d}", day.isoformat(), f"{day}T17:05:00.000Z") for day in clock.year.days[: clock.taught]
    ]
    fall = len(clock.year.semesters[0])
    classes = [{each.period: each.id for each in half} for half in group.classes]
    for student in group.students:
        last = clock.taught if student.leaves is None else min(clock.taught, student.leaves)
        days = _days(student, student.joins, last, clock, seed)
        rows: list[Row] = []
        for index in range(student.joins, last):
            if index == not_taken:
                continue
            mark, day, entered = stamps[index]
            event = days.get(index)
            if event is None:
                rows.append(
                    (f"{student.id}.{mark}", student.id, group.school.id, day, "day", "", "", "present")
                )
                continue
            known = (event.code, event.text, event.minutes, entered, event.reason)
            rows.append(
                (f"{student.id}.{mark}", student.id, group.school.id, day, "day", "", "", event.category, *known)
            )  # fmt: skip
            if group.is_elementary:
                continue
            today = index == clock.taught - 1 and clock.is_school_day
            for period in TAKEN_TODAY if today else PERIODS:
                category = _in_period(event, period)
                rows.append(
                    (
                        f"{student.id}.{mark}.{period}", student.id, group.school.id, day, "period",
                        classes[index >= fall][period], period, category,
                        *(known if category != "present" else ("", "", "", entered, "")),
                    )
                )  # fmt: skip
        bundle.write("attendance", rows)


def _days(student: Student, first: int, last: int, clock: Clock, seed: int) -> dict[int, Event]:
    """The days on which a student was not simply present, by index of the day of instruction.

    Days already drawn stay as they are when the bundle is made again on a later day.
    """
    if student.record:
        days = {}
        if student.record.every:
            step, events = student.record.every
            days = {index: events[index // step % len(events)] for index in range(step - 1, last, step)}
        days |= {number - 1: event for number, event in student.record.days.items() if number <= last}
        if student.record.today and clock.is_school_day:
            days[clock.taught - 1] = student.record.today
        return days
    return dict(_drawn(student, first, last, clock.taught, draw_for(seed, "days", student.id)))


def _drawn(student: Student, first: int, last: int, taught: int, draw: Random) -> Iterator[tuple[int, Event]]:
    absent, partly = student.absence_rate, student.absence_rate + PARTLY_RATE
    for index in range(first, last):
        chance = draw.random()
        if chance < absent:
            event = draw.choices(*_ABSENT)[0]
            # A reason takes a day or two to reach the office.
            yield index, event if index < taught - 2 else _UNCLEARED
        elif chance < partly:
            yield index, draw.choices(*_PARTLY)[0]


def _in_period(event: Event, period: int) -> str:
    if event.category == "partialDay":
        missed = "excusedAbsence" if event.code == "1" else "unverifiedAbsence"
        return missed if period in event.periods else "present"
    if event.category in ("tardy", "excusedTardy"):
        return event.category if period == PERIODS[0] else "present"
    if event.category == "earlyDeparture":
        return event.category if period == PERIODS[-1] else "present"
    return event.category
