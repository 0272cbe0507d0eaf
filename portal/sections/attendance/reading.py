"""What a family reads of attendance: how many school days were missed, the month, and each day that was not plain."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg, StringAgg
from django.db import models
from django.http import Http404
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.access.kept import kept
from portal.people import settled
from portal.record.school_days import called
from portal.record.section import Words
from portal.record.years import school_year
from portal.sections.attendance import rules
from portal.sections.attendance.models import Explanation, Mark
from portal.students.models import SchoolDay, Student
from portal.web import formats

Category = Mark.Category
KNOWN = {category.value: category for category in Category}
Calendar = Mapping[date, tuple[str, str]]  # kind and title of each day of a school's calendar, in order

# The word of a day comes from its weightiest mark.
WEIGHTIEST_FIRST = (
    Category.UNVERIFIED, Category.UNEXCUSED, Category.SUSPENSION, Category.EXCUSED, Category.PART_DAY,
    Category.LEFT_EARLY, Category.TARDY, Category.EXCUSED_TARDY, None, Category.FIELD_TRIP,
    Category.INDEPENDENT, Category.PRESENT,
)  # fmt: skip
PLACE = {category: place for place, category in enumerate(WEIGHTIEST_FIRST)}
ABSENT = frozenset(WEIGHTIEST_FIRST[:4])
LATE = frozenset({Category.TARDY, Category.EXCUSED_TARDY})
# A suspension has the school's own reason, and is drawn and counted as the excused day it is.
EXCUSED = frozenset({Category.EXCUSED, Category.SUSPENSION})
WITHOUT_REASON = frozenset({Category.UNVERIFIED, Category.UNEXCUSED})


class Shape(StrEnum):
    """How a day looks in the month."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    LATE = "late"
    HALF = "half"
    CLOSED = "closed"
    NOTE = "note"  # a code of the district's own; the list says which
    BLANK = ""  # the school has said nothing


class Band(models.TextChoices):
    """How much of school was missed, against the district's thresholds."""

    ON_TRACK = "on_track", _("On track")
    WATCH = "watch", _("Keep an eye on it")
    MUCH = "much", _("Missing a lot of school")


class Today(models.TextChoices):
    """What can be said of today."""

    TAKEN = "taken", _("Taken")
    NOT_TAKEN = "not_taken", _("Not taken yet")
    NO_SCHOOL = "no_school", _("No school")
    NOT_STARTED = "not_started", _("Not started yet")
    OVER = "over", _("School year over")
    LEFT = "left", _("Not enrolled")
    UNKNOWN = "unknown", _("Nothing yet")  # no calendar and no mark


@dataclass(frozen=True)
class Line:
    """One day on which the school said something."""

    on: date
    shape: Shape
    category: Category | None  # None: a code of the district's own
    words: Words
    whole_day: bool  # missed from the first period to the last
    periods: tuple[str, ...]  # the periods the words speak of; empty for a mark of the day
    reason: str  # as the school wrote it
    sent_on: date | None  # when this parent told the school why
    state: Explanation.State | None  # what became of it
    may_explain: bool

    @property
    def absent(self) -> bool:
        """Whether all or part of the day was missed."""
        return self.category in ABSENT


@dataclass(frozen=True)
class Cell:
    """One weekday of the month."""

    on: date
    shape: Shape
    words: Words  # what the school said of the child, or of the day: "Veterans Day"
    periods: tuple[str, ...] = ()  # when the words do not speak of the whole day


@dataclass(frozen=True)
class Month:
    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]  # Monday to Friday; None: a day of another month
    absences: int  # whole school days
    late: int  # school days
    before: date | None  # first day of the month before, when the year has one
    after: date | None

    @property
    def weekdays(self) -> list[date]:
        """A Monday to Friday, for the names at the top."""
        return [self.first - timedelta(days=self.first.weekday() - n) for n in range(5)]


@dataclass(frozen=True)
class MonthSum:
    """One month of the year so far."""

    first: date
    days: tuple[Shape, ...]  # its school days, in order
    absences: int  # whole school days
    late: int  # school days


@dataclass(frozen=True)
class Attendance:
    """One school year of one student, with one of its months laid out."""

    begins: date  # of the school year, July 1
    missed: int  # whole school days, with or without a reason
    excused: int  # of these, the school days excused
    late: int  # school days
    taken: int  # school days the school has said anything about
    school_days: int | None  # so far; None when the school has sent no calendar
    band: Band | None  # None as long as there is nothing to measure
    counted_from: date | None  # when the student came after the year had begun
    today: Today
    today_line: Line | None
    starts: date | None  # first day of school, while it is still to come
    days: tuple[Line, ...]  # days that were not plainly present, newest first
    month: Month
    months: tuple[MonthSum, ...]  # from the first school day to today, or to the end
    taken_by: time  # when most schools have taken attendance
    earlier: date | None  # first day of the school year before, when the student was at this school then
    later: date | None  # first day of the school year after, when it has begun

    @property
    def rate(self) -> Decimal | None:
        """Percent of school days the student was there; None as long as there is nothing to measure."""
        return rules.rate(self.missed, self.school_days) if self.band and self.school_days else None

    @property
    def level(self) -> Words:
        """The district's word for the rate; empty without one."""
        return rules.level(self.missed, self.school_days) if self.band and self.school_days else ""

    @property
    def chronic_for_state(self) -> bool:
        return bool(self.school_days) and rules.chronic(
            self.missed, self.school_days or 1, rules.STATE_CHRONIC
        )

    @property
    def chronic_for_district(self) -> bool:
        return bool(self.school_days) and rules.chronic(
            self.missed, self.school_days or 1, rules.DISTRICT_CHRONIC
        )


class Joined(models.Func):
    """Texts one after the other, none of them NULL."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = models.TextField()


# Between the parts of a mark, and between the marks of a day, in what the database joins; no text of ours holds them.
PART, MARK = "\x1f", "\x1e"


class Said(NamedTuple):
    """What we read of a mark."""

    category: Category | None  # None: a code of the district's own
    code: str
    scope: str
    period: str
    reason: str


@dataclass(frozen=True)
class Year:
    """Everything known of one student's school year; loaded for many students at once."""

    student: Student
    on: date
    begins: date
    ends: date
    calendar: Calendar
    open_days: Sequence[date]  # with school, in order, whoever was there
    lines: Mapping[date, Line]

    @cached_property
    def first(self) -> date:
        """First day that counts for this student."""
        return max(self.begins, self.student.entered_on or self.begins)

    @cached_property
    def last(self) -> date:
        """Last day that counts so far."""
        return min(self.on, self.ends, self.student.left_on or self.on)

    @cached_property
    def counted(self) -> list[Line]:
        """The days that make up the sums: days with school, from entry to today or to leaving."""
        first, last, opened = self.first, self.last, set(self.open_days)
        return [
            line for day, line in self.lines.items() if first <= day <= last and (day in opened or not opened)
        ]

    @cached_property
    def _special(self) -> list[Line]:
        """Of these, the days on which not all was plain: few."""
        return [line for line in self.counted if line.shape is not Shape.PRESENT]

    @cached_property
    def missed(self) -> int:
        return sum(line.absent and line.whole_day for line in self._special)

    @property
    def excused(self) -> int:
        return sum(line.whole_day and line.category in EXCUSED for line in self._special)

    @property
    def late(self) -> int:
        return sum(line.category in LATE for line in self._special)

    @property
    def school_days(self) -> int | None:
        if not self.calendar:
            return None
        return max(0, bisect_right(self.open_days, self.last) - bisect_left(self.open_days, self.first))

    @property
    def band(self) -> Band | None:
        if not self.school_days or not self.counted:
            return None
        share = self.missed * 100 / self.school_days
        if share >= settings.DISTRICT.attendance.much_percent:
            return Band.MUCH
        return Band.WATCH if share >= settings.DISTRICT.attendance.watch_percent else Band.ON_TRACK

    @property
    def starts(self) -> date | None:
        """The student's first day of school, while it is still to come."""
        to_come = self.open_days[bisect_left(self.open_days, self.first) :][:1]
        return next((day for day in to_come if day > self.on), None)

    @property
    def today(self) -> Today:
        if self.student.left_on and self.student.left_on < self.on:
            return Today.LEFT
        if self.on in self.lines:
            return Today.TAKEN
        if not self.calendar:
            return Today.UNKNOWN
        if self.starts:
            return Today.NOT_STARTED
        if self.on > self.open_days[-1]:
            return Today.OVER
        kind, _title = self.calendar.get(self.on, (SchoolDay.Kind.NO_SCHOOL, ""))
        return Today.NO_SCHOOL if kind == SchoolDay.Kind.NO_SCHOOL else Today.NOT_TAKEN


def read(grant: Grant, month: date | None = None) -> Attendance:
    """The school year around a month, with that month laid out; by default the month of today.

    month: its first day. Raises Http404 for a month that lies outside the student's years at this school.
    """
    student = grant.student
    last = min(grant.on, student.left_on or grant.on)
    asked = month or last
    earliest, _end = school_year(min(last, student.entered_on or last))
    _begin, latest = school_year(grant.on)
    if not earliest <= asked <= latest:
        raise Http404
    begins, ends = school_year(asked)
    year = years([grant], asked)[student.pk]
    if year.open_days:
        # In summer there is nothing to lay out; the nearest month with school is shown.
        asked = min(max(asked, year.open_days[0]), year.open_days[-1])
    first_day = year.open_days[0] if year.open_days else begins
    return Attendance(
        begins=begins,
        missed=year.missed,
        excused=year.excused,
        late=year.late,
        taken=len(year.counted),
        school_days=year.school_days,
        band=year.band,
        counted_from=year.first if year.counted and year.first > first_day else None,
        today=year.today,
        today_line=year.lines.get(grant.on),
        starts=year.starts,
        days=tuple(
            line
            for _day, line in sorted(year.lines.items(), reverse=True)
            if line.category != Category.PRESENT
        ),
        month=_month(year, asked.replace(day=1)),
        months=tuple(_months(year)),
        taken_by=settled.of(grant.student.school_id).attendance.taken_at,
        earlier=begins.replace(year=begins.year - 1) if earliest < begins else None,
        later=begins.replace(year=begins.year + 1) if ends < latest else None,
    )


def between(grant: Grant, first: date, last: date) -> Iterable[tuple[Words, Words]]:
    """What a report card says of these days of one school year, as label and value; nothing where nothing was said."""
    year = years([grant], first)[grant.student.pk]
    lines = [line for line in year.counted if first <= line.on <= last]
    if not lines:
        return
    missed = sum(line.absent and line.whole_day for line in lines)
    days = sum(max(first, year.first) <= day <= min(last, year.last) for day in year.open_days)
    words = _("%(missed)s of %(days)s") if days else "%(missed)s"
    yield _("Missed days"), words % {"missed": formats.number(missed), "days": formats.number(days)}
    yield _("Late days"), formats.number(sum(line.category in LATE for line in lines))


def years(grants: Sequence[Grant], asked: date | None = None) -> dict[int, Year]:
    """The school year around a day (by default today) of several students, by student; three queries for any number."""
    if not grants:
        return {}
    on = grants[0].on
    begins, ends = school_year(asked or on)
    calendars: dict[int, dict[date, tuple[str, str]]] = defaultdict(dict)
    schools = {grant.student.school_id for grant in grants if grant.student.school_id}
    for school, kind, title, days in _calendars(sorted(schools), begins, ends):
        calendars[school] |= dict.fromkeys(days, (kind, title))
    in_order = {school: dict(sorted(calendar.items())) for school, calendar in calendars.items()}
    opened = {school: _open_days(calendar) for school, calendar in in_order.items()}
    judged: dict[str, Judged] = {}  # most days are like others
    said: dict[int, dict[date, Judged]] = defaultdict(dict)
    for student_id, day, marks in _marks(grants, begins, ends):
        said[student_id][day] = judged.get(marks) or judged.setdefault(marks, _judged(marks))
    sent = {
        (student_id, day): (sent_at, state) for student_id, day, sent_at, state in _sent(grants, begins, ends)
    }
    found = {}
    for grant in grants:
        student, key = grant.student, grant.student.pk
        open_days = opened.get(student.school_id or 0, [])
        oldest = _oldest_to_explain(open_days, on) if grant.may_change else None
        found[key] = Year(
            student=student,
            on=on,
            begins=begins,
            ends=ends,
            calendar=in_order.get(student.school_id or 0, {}),
            open_days=open_days,
            lines={day: _line(day, told, sent.get((key, day)), oldest) for day, told in said[key].items()},
        )
    return found


@kept
def _calendars(schools: Sequence[int], begins: date, ends: date) -> models.QuerySet[Any, Any]:
    """One row for all days alike of a school."""
    days = SchoolDay.objects.filter(school__in=schools, on__range=(begins, ends), active=True).order_by()
    alike = days.values("school_id", "kind", "title").annotate(days=ArrayAgg("on"))
    return alike.values_list("school_id", "kind", "title", "days")


@kept
def _marks(grants: Sequence[Grant], begins: date, ends: date) -> models.QuerySet[Any, Any]:
    """One row for all marks of a day."""
    part = models.Value(PART)
    mark = Joined("category", part, "scope", part, "period", part, "reason_text")
    days = Mark.rows.under(*grants).filter(on__range=(begins, ends)).order_by().values("student_id", "on")
    return days.annotate(marks=StringAgg(mark, MARK)).values_list("student_id", "on", "marks")


@kept
def _sent(grants: Sequence[Grant], begins: date, ends: date) -> models.QuerySet[Any, Any]:
    mine = Explanation.rows.under(*grants).filter(on__range=(begins, ends), sent_by=grants[0].person)
    return mine.values_list("student_id", "on", "sent_at", "state")


class Judged(NamedTuple):
    """What the marks of a day come to, whichever day it is."""

    shape: Shape
    category: Category | None
    words: Words
    whole_day: bool
    periods: tuple[str, ...]
    reason: str


def _judged(marks: str) -> Judged:
    """marks: as the query above joins them.

    A day is missed as a whole when no mark of it says otherwise: neither the day's own nor any period's.
    """
    rows = [Said(KNOWN.get(code), code, *more) for code, *more in (m.split(PART) for m in marks.split(MARK))]
    day = next((row for row in rows if row.scope == Mark.Scope.DAY), None)
    speaks = min(rows, key=lambda row: PLACE[row.category])
    whole = all(row.category in ABSENT for row in rows)
    if whole and day is not None:
        speaks = day
    category = speaks.category
    periods = [
        row.period
        for row in rows
        if row.scope == Mark.Scope.PERIOD
        and (row.category in ABSENT if category in ABSENT else row.category == category)
    ]
    return Judged(
        shape=_shape(category, whole),
        category=category,
        words=category.label if category else _own_word(speaks.code),
        whole_day=whole,
        periods=tuple(sorted(filter(None, periods), key=lambda period: (len(period), period))),
        reason=speaks.reason,
    )


def _line(on: date, told: Judged, sent: tuple[datetime, str] | None, oldest: date | None) -> Line:
    """One day in words.

    sent: when this parent told the school why, and what became of it.
    oldest: the earliest day that can still be explained; None when nothing can.
    """
    return Line(
        on,
        *told,
        sent_on=localdate(sent[0]) if sent else None,
        state=Explanation.State(sent[1]) if sent else None,
        may_explain=oldest is not None and on >= oldest and sent is None and told.category in WITHOUT_REASON,
    )


def _open_days(calendar: Calendar) -> list[date]:
    return [day for day, (kind, _title) in calendar.items() if kind != SchoolDay.Kind.NO_SCHOOL]


def _own_word(code: str) -> Words:
    """The district's word for a code of its own."""
    token = code.removeprefix("ext:")
    return settings.DISTRICT.labels.get("attendance", {}).get(token) or _("Other")


def _shape(category: Category | None, whole: bool) -> Shape:
    if category is None:
        return Shape.NOTE
    if category in ABSENT:
        if not whole:
            return Shape.HALF
        return Shape.ABSENT if category in WITHOUT_REASON else Shape.EXCUSED
    if category in LATE:
        return Shape.LATE
    return Shape.HALF if category in (Category.PART_DAY, Category.LEFT_EARLY) else Shape.PRESENT


def _oldest_to_explain(open_days: Sequence[date], on: date) -> date:
    """The earliest day a family can still explain: so many school days lie between it and today, today included.

    Without a calendar every weekday counts as a school day.
    """
    within = settings.DISTRICT.attendance.explain_school_days
    days = [day for day in open_days if day <= on] or [
        day for back in range(2 * within + 7, -1, -1) if (day := on - timedelta(days=back)).weekday() < 5
    ]
    return days[-within - 1] if len(days) > within else days[0]


def _month(year: Year, first: date) -> Month:
    following = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=n) for n in range((following - first).days)]
    cells = {day: _cell(year, day) for day in days}
    monday = first - timedelta(days=first.weekday())
    weeks = [
        tuple(cells.get(start + timedelta(days=n)) for n in range(5))
        for start in _every_week(monday, following)
    ]
    shown = [year.lines[day] for day in days if day in year.lines]
    known = year.open_days or list(year.lines) or [first]
    before = (first - timedelta(days=1)).replace(day=1)
    return Month(
        first=first,
        weeks=tuple(week for week in weeks if any(week)),
        absences=sum(line.absent and line.whole_day for line in shown),
        late=sum(line.category in LATE for line in shown),
        before=before if before >= min(known).replace(day=1) else None,
        after=following if following <= min(max(known), year.last) else None,
    )


def _months(year: Year) -> Iterable[MonthSum]:
    """The months with school so far; none without a calendar or before anything was said."""
    days = [day for day in year.open_days if year.first <= day <= year.last] if year.counted else []
    for first in dict.fromkeys(day.replace(day=1) for day in days):
        mine = [day for day in days if (day.year, day.month) == (first.year, first.month)]
        said = [year.lines[day] for day in mine if day in year.lines]
        yield MonthSum(
            first=first,
            days=tuple(year.lines[day].shape if day in year.lines else Shape.BLANK for day in mine),
            absences=sum(line.absent and line.whole_day for line in said),
            late=sum(line.category in LATE for line in said),
        )


def _every_week(monday: date, until: date) -> Iterable[date]:
    while monday < until:
        yield monday
        monday += timedelta(days=7)


def _cell(year: Year, day: date) -> Cell | None:
    """None for a day on which the student is not in the district."""
    line = year.lines.get(day)
    if line is not None:
        return Cell(day, line.shape, line.words, () if line.whole_day else line.periods)
    if day < year.first or (year.student.left_on and year.student.left_on < day):
        return None
    kind, title = year.calendar.get(day, (SchoolDay.Kind.NO_SCHOOL if year.calendar else "", ""))
    if kind == SchoolDay.Kind.NO_SCHOOL:
        return Cell(day, Shape.CLOSED, called(title) if title else _("No school"))
    return Cell(day, Shape.BLANK, _("Not taken yet") if year.first <= day <= year.last else "")
