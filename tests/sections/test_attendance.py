"""Attendance as a family reads it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.http import Http404

from portal.family.models import Guardianship
from portal.record.contents import section
from portal.record.section import CardFact, HomeFact, Need, Tone
from portal.sections.attendance.home import Row, family, home
from portal.sections.attendance.models import Explanation
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
from tests import cast
from tests.sections.attendance_rows import MONDAY, calendar, marks

ATTENDANCE = section("attendance")


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

    reading = read(admit(family.mother, family.ana, ATTENDANCE))

    assert reading == Attendance(
        begins=date(2026, 7, 1),
        missed=2,
        excused=1,
        late=1,
        taken=8,
        school_days=9,
        band=Band.MUCH,
        counted_from=None,
        today=Today.NOT_TAKEN,
        today_line=None,
        starts=None,
        days=(late, missed, line(date(2026, 9, 28), Shape.EXCUSED, Category.EXCUSED, whole_day=True)),
        month=reading.month,
        months=reading.months,
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
                Cell(date(2026, 10, 7), Shape.LATE, "Late", ("1",)),
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


def test_a_day_missed_in_some_periods_is_not_a_missed_day(on, admit):
    family = on(MONDAY)
    calendar(family.oak, MONDAY, MONDAY)
    marks(
        family.ana,
        [(MONDAY, "unexcusedAbsence", "2"), (MONDAY, "unexcusedAbsence", "1"), (MONDAY, "present", "3")],
    )

    reading = read(admit(family.mother, family.ana, ATTENDANCE))

    assert (reading.missed, reading.band) == (0, Band.ON_TRACK)
    assert reading.days == (
        line(MONDAY, Shape.HALF, Category.UNEXCUSED, periods=("1", "2"), may_explain=True),
    )
    assert reading.month.weeks[1][0] == Cell(MONDAY, Shape.HALF, "Absent, not excused", ("1", "2"))


def test_a_day_missed_in_every_period_counts_without_a_mark_for_the_day(on, admit):
    family = on(MONDAY)
    calendar(family.oak, MONDAY, MONDAY)
    marks(family.ana, [(MONDAY, "excusedAbsence", "1"), (MONDAY, "unverifiedAbsence", "2")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.missed, reading.excused) == (1, 0)


def test_the_school_saying_present_for_the_day_outweighs_missed_periods(on, admit):
    family = on(MONDAY)
    calendar(family.oak, MONDAY, MONDAY)
    marks(family.ana, [(MONDAY, "present"), (MONDAY, "unverifiedAbsence", "1")])
    assert read(admit(family.mother, family.ana, ATTENDANCE)).missed == 0


def test_school_activities_and_independent_study_are_not_missed_days(on, admit):
    family = on(MONDAY + timedelta(days=1))
    calendar(family.oak, MONDAY, MONDAY + timedelta(days=1))
    marks(family.ana, [(MONDAY, "fieldTrip"), (MONDAY + timedelta(days=1), "independentStudy")])

    reading = read(admit(family.mother, family.ana, ATTENDANCE))

    assert reading.missed == 0
    assert [(day.shape, day.words) for day in reading.days] == [
        (Shape.PRESENT, "Independent study"),
        (Shape.PRESENT, "School activity"),
    ]


def test_a_suspension_is_a_missed_day_that_needs_no_reason(on, admit):
    family = on(MONDAY)
    calendar(family.oak, MONDAY, MONDAY)
    marks(family.ana, [(MONDAY, "suspension")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.missed, reading.excused) == (1, 1)  # as the month draws it
    assert reading.days == (line(MONDAY, Shape.EXCUSED, Category.SUSPENSION, whole_day=True),)


def test_codes_of_the_district_show_in_its_words_and_count_as_nothing(on, admit, settings):
    family = on(MONDAY + timedelta(days=1))
    settings.DISTRICT.labels["attendance"] = {"hospital": "Taught in hospital"}
    try:
        marks(family.ana, [(MONDAY, "ext:hospital"), (MONDAY + timedelta(days=1), "ext:q7")])
        reading = read(admit(family.mother, family.ana, ATTENDANCE))
    finally:
        del settings.DISTRICT.labels["attendance"]
    assert (reading.missed, reading.late) == (0, 0)
    assert reading.days == (
        line(MONDAY + timedelta(days=1), Shape.NOTE, None),
        line(MONDAY, Shape.NOTE, None, words="Taught in hospital"),
    )


def test_days_the_school_said_nothing_about_stay_blank(on, admit):
    family = on(MONDAY + timedelta(days=1))
    calendar(family.oak, MONDAY, MONDAY + timedelta(days=3))
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.taken, reading.missed, reading.days, reading.today) == (0, 0, (), Today.NOT_TAKEN)
    assert reading.band is None
    assert reading.month.weeks[1] == (
        Cell(MONDAY, Shape.BLANK, "Not taken yet"),
        Cell(date(2026, 10, 6), Shape.BLANK, "Not taken yet"),
        *blank(7, 8),
        Cell(date(2026, 10, 9), Shape.CLOSED, "No school"),
    )


def test_without_a_calendar_nothing_is_measured(on, admit):
    family = on(MONDAY)
    marks(family.ana, [(MONDAY - timedelta(days=3), "excusedAbsence")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.missed, reading.school_days, reading.band) == (1, None, None)
    assert reading.today == Today.UNKNOWN


@pytest.mark.parametrize(
    ("missed", "band"),
    [(0, Band.ON_TRACK), (1, Band.WATCH), (2, Band.MUCH)],
    ids=["none", "1 of 20", "2 of 20"],
)
def test_the_band_changes_at_five_and_at_ten_percent(on, admit, missed, band):
    family = on(date(2026, 10, 30))
    calendar(family.oak, MONDAY, date(2026, 10, 30))
    marks(family.ana, [(MONDAY + timedelta(days=n), "excusedAbsence") for n in range(missed)])
    marks(family.ana, [(date(2026, 10, 30), "present")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.school_days, reading.band) == (20, band)


def test_a_student_who_came_later_is_counted_from_the_first_day(on, admit):
    family = on(date(2026, 10, 16))
    calendar(family.oak, date(2026, 9, 28), date(2026, 10, 30))
    family.ana.entered_on = date(2026, 10, 12)
    family.ana.save()
    marks(family.ana, [(MONDAY, "excusedAbsence"), (date(2026, 10, 13), "excusedAbsence")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.missed, reading.school_days) == (1, 5)
    assert reading.counted_from == date(2026, 10, 12)


@pytest.mark.parametrize(
    ("day", "today"),
    [
        (date(2026, 8, 3), Today.NOT_STARTED),
        (date(2026, 9, 7), Today.NO_SCHOOL),
        (date(2026, 9, 12), Today.NO_SCHOOL),
        (date(2026, 9, 14), Today.NOT_TAKEN),
        (date(2027, 6, 20), Today.OVER),
    ],
    ids=["before the year", "holiday", "saturday", "school day", "after the year"],
)
def test_what_can_be_said_of_today(on, admit, day, today):
    family = on(day)
    calendar(family.oak, date(2026, 8, 17), date(2027, 6, 9), {date(2026, 9, 7): "Labor Day"})
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert reading.today == today
    assert reading.starts == (date(2026, 8, 17) if today == Today.NOT_STARTED else None)


def test_a_student_who_will_come_in_august_has_a_page_in_june(on, admit):
    family = on(date(2026, 6, 20))
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.begins, reading.missed, reading.days) == (date(2025, 7, 1), 0, ())


def test_a_student_who_left_is_counted_to_the_last_day(on, admit):
    family = on(date(2026, 10, 30))
    calendar(family.oak, MONDAY, date(2026, 10, 30))
    family.ana.left_on = date(2026, 10, 9)
    family.ana.save()
    marks(family.ana, [(MONDAY, "unverifiedAbsence")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert (reading.missed, reading.school_days, reading.today) == (1, 5, Today.LEFT)
    assert reading.days == (line(MONDAY, Shape.ABSENT, Category.UNVERIFIED, whole_day=True),)


def test_days_after_the_last_one_are_no_days_that_wait_for_attendance(on, admit):
    family = on(date(2026, 11, 30))
    calendar(family.oak, MONDAY, date(2026, 11, 30), {date(2026, 10, 12): "Staff learning day"})
    family.ana.left_on = date(2026, 10, 9)
    family.ana.save()
    marks(family.ana, [(MONDAY, "present")])
    month = read(admit(family.mother, family.ana, ATTENDANCE)).month
    shown = [cell.on for week in month.weeks for cell in week if cell]
    assert (shown[-1], len(month.weeks), month.after) == (date(2026, 10, 9), 2, None)


def test_a_reason_can_be_sent_for_ten_school_days(on, admit):
    family = on(date(2026, 10, 30))
    calendar(family.oak, MONDAY, date(2026, 10, 30))
    marks(family.ana, [(date(2026, 10, 15), "unverifiedAbsence"), (date(2026, 10, 16), "unverifiedAbsence")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert [(day.on.day, day.may_explain) for day in reading.days] == [(16, True), (15, False)]


def test_without_a_calendar_weekdays_count_for_sending_a_reason(on, admit):
    family = on(date(2026, 10, 30))
    marks(family.ana, [(date(2026, 10, 15), "unverifiedAbsence"), (date(2026, 10, 16), "unverifiedAbsence")])
    reading = read(admit(family.mother, family.ana, ATTENDANCE))
    assert [(day.on.day, day.may_explain) for day in reading.days] == [(16, True), (15, False)]


def test_one_parent_does_not_see_what_the_other_told_the_school(on, admit):
    family = on(MONDAY)
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(access_restriction="none")
    marks(family.ana, [(MONDAY, "unverifiedAbsence")])
    Explanation.rows.create(student=family.ana, on=MONDAY, reason="sick", sent_by=family.father)
    mother, father = (
        read(admit(parent, family.ana, ATTENDANCE)).days[0] for parent in (family.mother, family.father)
    )
    assert (mother.state, mother.may_explain) == (None, True)
    assert (father.state, father.may_explain) == (Explanation.State.SENT, False)


def test_an_earlier_school_year_opens_by_its_months(on, admit):
    family = on(MONDAY)
    family.ana.entered_on = date(2025, 8, 14)
    family.ana.save()
    marks(family.ana, [(date(2026, 3, 2), "excusedAbsence"), (MONDAY, "excusedAbsence")])
    grant = admit(family.mother, family.ana, ATTENDANCE)
    last_year, this_year = read(grant, date(2026, 3, 1)), read(grant)
    assert (last_year.begins, last_year.earlier, last_year.later) == (
        date(2025, 7, 1), None, date(2026, 7, 1),
    )  # fmt: skip
    assert [day.on for day in last_year.days] == [date(2026, 3, 2)]
    assert (this_year.begins, this_year.earlier, this_year.later) == (
        date(2026, 7, 1), date(2025, 7, 1), None,
    )  # fmt: skip


@pytest.mark.parametrize("month", [date(2026, 6, 1), date(2027, 7, 1), date(1, 1, 1), date(9999, 12, 1)])
def test_months_outside_the_students_years_are_not_there(on, admit, month):
    family = on(MONDAY)
    with pytest.raises(Http404):
        read(admit(family.mother, family.ana, ATTENDANCE), month)


def test_the_family_home_says_who_was_absent_today_and_what_can_be_done(on, admit):
    family = on(MONDAY)
    marks(
        family.ana,
        [
            (date(2026, 10, 2), "unverifiedAbsence"),
            (MONDAY, "unverifiedAbsence", "1"),
            (MONDAY, "unverifiedAbsence", "2"),
            (MONDAY, "present", "3"),
        ],
    )
    page = f"/students/{family.ana.ref}/attendance/"

    facts = home([admit(family.mother, family.ana, ATTENDANCE)])

    assert facts == {
        family.ana.pk: HomeFact(
            tile="1 missed day",
            card=(
                CardFact("Today", "Absent", page, Tone.BAD, place=0),
                CardFact("Missed days", "1", f"{page}#days", place=2),
            ),
            needs=(
                Need(
                    rank=0,
                    key=f"attendance.absent:{family.ana.ref}:2026-10-05",
                    icon="calendar-check",
                    sentence="<bdi>Ana</bdi> was marked absent today",
                    detail="Periods 1, 2 · Tell us why",
                    url=f"{page}explain/2026-10-05/",
                    on=MONDAY,
                    act="Tell the school why",
                ),
                Need(
                    rank=2,
                    key=f"attendance.no_reason:{family.ana.ref}:2026-10-02",
                    icon="calendar-check",
                    sentence="The school does not know yet why <bdi>Ana</bdi> was absent",
                    detail="October 2, 2026 · Tell us why",
                    url=f"{page}explain/2026-10-02/",
                    on=date(2026, 10, 2),
                    act="Tell the school why",
                ),
            ),
            today="Today: absent periods 1, 2",
        )
    }


def test_once_the_reason_is_sent_the_home_page_stops_asking(on, admit):
    family = on(MONDAY)
    marks(family.ana, [(MONDAY, "unverifiedAbsence")])
    Explanation.rows.create(student=family.ana, on=MONDAY, reason="sick", sent_by=family.mother)
    (need,) = home([admit(family.mother, family.ana, ATTENDANCE)])[family.ana.pk].needs
    assert (need.detail, need.url, need.act) == ("Reason sent", f"/students/{family.ana.ref}/attendance/", "")


@pytest.mark.parametrize(
    ("category", "value", "sentence", "tone"),
    [
        ("present", "Present", "Today: present", Tone.GOOD),
        ("tardy", "Late", "Today: Late", Tone.WARN),
        ("excusedAbsence", "Absent", "Today: absent", Tone.QUIET),
        (None, "Not taken yet", "Today: attendance is not taken yet", Tone.QUIET),
    ],
)
def test_a_childs_card_says_today_in_a_word(on, admit, category, value, sentence, tone):
    family = on(MONDAY)
    calendar(family.oak, MONDAY, MONDAY)
    marks(family.ana, [(MONDAY, category)] if category else [])
    fact = home([admit(family.mother, family.ana, ATTENDANCE)])[family.ana.pk]
    assert (fact.card[0].value, fact.today, fact.card[0].tone) == (value, sentence, tone)


def test_a_tile_never_grows_over_24_characters(on, admit):
    family = on(date(2027, 6, 30))
    marks(family.ana, [(date(2026, 8, 17) + timedelta(days=n), "excusedAbsence") for n in range(180)])
    tile = home([admit(family.mother, family.ana, ATTENDANCE)])[family.ana.pk].tile
    assert tile == "180 missed days"
    assert len(tile) <= 24


def test_one_row_for_each_child_on_the_familys_page(on, admit):
    cast_ = on(MONDAY)
    calendar(cast_.oak, MONDAY, MONDAY)
    on_file = cast_.mothers_right.guardian
    cast.link(cast_.mother, cast.guardianship(cast_.ben, on_file))
    marks(cast_.ana, [(MONDAY, "unverifiedAbsence")])
    grants = [admit(cast_.mother, child, ATTENDANCE) for child in (cast_.ana, cast_.ben)]
    assert family(grants) == (
        Row(cast_.ana, 1, "Absent", Tone.BAD, missed=1, late=0, band=Band.MUCH),
        Row(cast_.ben, 2, "Not taken yet", Tone.QUIET, missed=None, late=None, band=None),
    )


def test_the_day_a_reason_was_sent_is_the_schools_day(on, admit):
    family = on(MONDAY)
    marks(family.ana, [(MONDAY, "unverifiedAbsence")])
    sent = Explanation.rows.create(student=family.ana, on=MONDAY, reason="sick", sent_by=family.mother)
    sent.sent_at = datetime(2026, 10, 6, 6, 30, tzinfo=UTC)  # 11:30 in the evening before
    sent.save()
    assert read(admit(family.mother, family.ana, ATTENDANCE)).days[0].sent_on == MONDAY
