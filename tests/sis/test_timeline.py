"""Rows that come in become events once; what is long past, and what did not change, becomes none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import localdate, now
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.record import printed
from portal.record.models import Event
from portal.sections.documents import timeline as documents_timeline
from portal.sections.grades import timeline as grades_timeline
from portal.sections.report_cards import timeline as cards_timeline
from portal.sis import timeline
from portal.sis.jobs import tell_what_is_shown_now
from portal.students.models import Student
from tests.sis import small
from tests.sis.small import row, take_companion, take_roster

pytestmark = pytest.mark.django_db


def marks(**categories: str) -> dict[str, small.Table]:
    """Marks of Ana's, as today_2="present" for two days ago."""
    return {
        "attendance": [
            row(name, studentSourcedId="ana", schoolSourcedId="oak", scope="day", category=category, period="",
                date=str(localdate() - timedelta(days=int(name.partition("_")[2]))))
            for name, category in categories.items()
        ]
    }  # fmt: skip


def events() -> list[tuple[str, str, int]]:
    """Section, kind and days ago of every event."""
    rows = Event.rows.for_import().order_by("pk").values_list("section", "kind", "on")
    return [(section, kind, (localdate() - on).days) for section, kind, on in rows]


def test_an_absence_that_comes_in_is_told_once(tmp_path):
    take_roster(tmp_path)
    for _day in range(2):
        take_companion(tmp_path, marks(today_1="unexcusedAbsence", today_2="present"))
    assert events() == [("attendance", "attendance.absent", 1)]


def test_a_correction_is_told_with_what_was_known_before(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, marks(today_1="unexcusedAbsence", today_2="unexcusedAbsence"))
    take_companion(tmp_path, marks(today_1="present", today_2="excusedAbsence"))
    assert events() == [
        ("attendance", "attendance.absent", 2),
        ("attendance", "attendance.absent", 1),
        ("attendance", "attendance.corrected", 1),
    ]


def test_an_absence_the_school_took_back_is_told(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, marks(today_1="unexcusedAbsence", today_2="present"))
    take_companion(tmp_path, marks(today_2="present"))
    assert events()[1:] == [("attendance", "attendance.corrected", 1)]


def test_a_file_of_changes_is_told_as_a_complete_one_is(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, marks(today_2="present", today_3="tardy"))
    for category in ("unexcusedAbsence", "unexcusedAbsence", "present"):
        take_companion(tmp_path, marks(today_1=category), mode="delta")
    assert events()[1:] == [("attendance", "attendance.absent", 1), ("attendance", "attendance.corrected", 1)]


def to_call(people: int) -> dict[str, small.Table]:
    """So many people to call for Ana."""
    return {
        "emergencyContacts": [
            row(f"c-{n}", studentSourcedId="ana", priority=str(n), givenName="Rosa", relationship="neighbor", phone="213-555-0142")
            for n in range(1, people + 1)
        ]
    }  # fmt: skip


def test_who_is_called_is_told_when_the_list_changes_and_not_when_it_first_comes(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, to_call(3))
    assert events() == []
    take_companion(tmp_path, to_call(2))
    assert events() == [("emergency-contacts", "emergency-contacts.people", 0)]
    gone = [to_call(1)["emergencyContacts"][0] | {"status": "tobedeleted"}]
    take_companion(tmp_path, {"emergencyContacts": gone}, mode="delta")
    assert len(events()) == 2


@pytest.mark.parametrize(("loads", "told"), [(1, [3]), (2, [3, 20])])
def test_the_first_time_looks_back_two_weeks_and_later_times_a_month(tmp_path, loads, told):
    take_roster(tmp_path)
    if loads == 2:
        take_companion(tmp_path, marks(today_1="present"))
    take_companion(
        tmp_path,
        marks(today_1="present", today_3="unexcusedAbsence", today_20="unexcusedAbsence", today_40="tardy"),
    )
    assert sorted(days for _section, _kind, days in events()) == told


def test_each_student_is_told_of_whole_however_the_rows_are_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(timeline, "CHUNK", 1)
    take_roster(tmp_path)
    tables = marks(today_1="unexcusedAbsence", today_2="tardy")
    ben = [
        mark | {"sourcedId": f"b{mark['sourcedId']}", "studentSourcedId": "ben"}
        for mark in tables["attendance"]
    ]
    take_companion(tmp_path, {"attendance": [*tables["attendance"], *ben]})
    assert sorted(events()) == [
        ("attendance", "attendance.absent", 1),
        ("attendance", "attendance.absent", 1),
        ("attendance", "attendance.late", 2),
        ("attendance", "attendance.late", 2),
    ]


def test_a_report_card_that_comes_in_is_set_on_paper_by_the_queue(tmp_path):
    take_roster(tmp_path)
    posted = {
        "reportCardMarks": [
            row(f"m-{student}", studentSourcedId=student, academicSessionSourcedId="fall", classSourcedId="alg-1",
                subject="Algebra 1", markType="academic", mark="B", isFinal="true", postedAt=f"{day}T01:00:00.000Z",
                creditsAttempted="", creditsEarned="")
            for student, day in (("ana", localdate()), ("ben", localdate() - timedelta(days=40)))
        ]
    }  # fmt: skip
    for _day in range(2):
        take_companion(tmp_path, posted)
    asked = ProcrastinateJob.objects.filter(task_name=printed.AHEAD).values_list("args", flat=True)
    ana = Student.objects.get(sourced_id="ana").pk
    assert list(asked) == [{"section": "report-cards", "students": [ana]}]


def a_mark_for(moment) -> dict[str, small.Table]:
    return {
        "reportCardMarks": [
            row("m-ana", studentSourcedId="ana", academicSessionSourcedId="fall", classSourcedId="alg-1",
                subject="Algebra 1", markType="academic", mark="B", isFinal="true",
                postedAt=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), creditsAttempted="",
                creditsEarned="")
        ]
    }  # fmt: skip


@pytest.fixture
def at(monkeypatch):
    """at(moment): it is that time, for whoever tells what happened."""

    def set_(moment):
        for module in (grades_timeline, cards_timeline, documents_timeline):
            monkeypatch.setattr(module, "now", lambda: moment)

    return set_


def later() -> list[tuple[dict, datetime]]:
    jobs = ProcrastinateJob.objects.filter(task_name=timeline.SHOW).order_by("scheduled_at")
    return [(job.args, job.scheduled_at) for job in jobs]


def on_paper() -> list[dict]:
    return list(ProcrastinateJob.objects.filter(task_name=printed.AHEAD).values_list("args", flat=True))


def test_a_report_card_for_a_later_hour_is_told_and_set_on_paper_in_that_hour(tmp_path, at):
    posted = (now() + timedelta(hours=3)).replace(minute=7, second=0, microsecond=0)
    until = posted.replace(minute=15)
    take_roster(tmp_path)
    for _day in range(2):
        take_companion(tmp_path, a_mark_for(posted))
    assert (events(), on_paper()) == ([], [])
    ((args, when),) = later()
    assert (args["table"], args["until"], when) == ("gradebook.Mark", until.isoformat(), until)
    tell_what_is_shown_now(**args)  # a clock that is wrong tells nothing early
    assert (events(), on_paper()) == ([], [])
    at(until)
    for _twice in range(2):
        tell_what_is_shown_now(**args)
    days = (localdate() - localdate(posted)).days
    assert sorted(events()) == [
        ("grades", "grades.posted", days),
        ("report-cards", "report-cards.posted", days),
    ]
    ana = Student.objects.get(sourced_id="ana").pk
    assert on_paper()[0] == {"section": "report-cards", "students": [ana]}


def test_a_mark_that_is_posted_later_than_was_said_first_is_told_at_its_new_hour_alone(tmp_path, at):
    first = (now() + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    take_roster(tmp_path)
    for moment in (first, first + timedelta(hours=2)):
        take_companion(tmp_path, a_mark_for(moment))
    (early, when), (late, then) = later()
    assert (when, then) == (first, first + timedelta(hours=2))
    at(then)
    tell_what_is_shown_now(**early)
    assert events() == []
    tell_what_is_shown_now(**late)
    assert len(events()) == 2


def test_a_changed_mark_and_a_new_one_of_the_same_hour_wait_for_it_together(tmp_path):
    posted = (now() + timedelta(hours=3)).replace(minute=7, second=0, microsecond=0)
    take_roster(tmp_path)
    take_companion(tmp_path, a_mark_for(posted - timedelta(hours=1)))
    (mark,) = a_mark_for(posted)["reportCardMarks"]
    both = [mark, mark | {"sourcedId": "m-ben", "studentSourcedId": "ben"}]
    take_companion(tmp_path, {"reportCardMarks": both}, mode="delta")
    assert [when for _args, when in later()][1:] == [posted.replace(minute=15)]


def test_a_paper_for_a_later_day_is_not_told_before_it(tmp_path, at):
    day = now() + timedelta(days=2)
    take_roster(tmp_path)
    paper = row("p-1", studentSourcedId="ana", title="Letter", kind="letter", language="en", fileName="a.pdf",
                sha256="0" * 64, publishedAt=day.astimezone(UTC).strftime("%Y-%m-%dT00:00:00.000Z"), expiresAt="",
                requiresSignature="")  # fmt: skip
    take_companion(tmp_path, {"documents": [paper]})
    assert events() == []
    ((args, when),) = later()
    at(when)
    tell_what_is_shown_now(**args)
    assert [kind for _section, kind, _days in events()] == ["documents.paper"]


def test_a_result_of_a_test_in_spring_is_told_when_it_is_released_in_summer(tmp_path):
    take_roster(tmp_path)
    score = row("s-1", studentSourcedId="ana", testCode="SBAC", testName="State test", subject="ELA",
                administeredOn=str(localdate() - timedelta(days=90)), schoolYear="2026", gradeWhenTested="08",
                parentSourcedId="", scoreType="scale", score="2500", scoreMin="", scoreMax="", likelyMin="",
                likelyMax="", level="2", levelCount="4", levelText="", releasedAt=f"{localdate()}T01:00:00.000Z")  # fmt: skip
    assert small.asides(take_companion(tmp_path, {"testScores": [score]})) == []
    assert [(section, kind) for section, kind, _days in events()] == [("testing", "testing.result")]
