"""Marks, scores and credits that cannot be: put aside with a reason, and what was there stays."""

import pytest

from portal.record.gradebook.models import Mark
from portal.record.scores.models import Score
from portal.sections.attendance.models import Mark as Attendance
from portal.sections.college_career.models import Plan, Progress, TranscriptCourse
from tests.sis.small import asides, roster, row, take_companion, take_roster

pytestmark = pytest.mark.django_db


def mark(sourced_id: str, student: str = "ana", said: str = "B", **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": student, "academicSessionSourcedId": "fall", "classSourcedId": "alg-1",
        "subject": "Algebra 1", "markType": "academic", "mark": said, "creditsAttempted": "5", "creditsEarned": "5",
        "isFinal": "true", "postedAt": "2026-12-20T20:00:00.000Z",
    }  # fmt: skip
    return row(sourced_id, **(cells | more))


def score(sourced_id: str, points: str, **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": "ana", "testCode": "SBAC", "testName": "Smarter Balanced", "subject": "ELA",
        "administeredOn": "2026-04-20", "schoolYear": "2026", "gradeWhenTested": "08", "scoreType": "scale",
        "score": points, "releasedAt": "2026-07-01T20:00:00.000Z", "scoreMin": "", "scoreMax": "", "likelyMin": "",
        "likelyMax": "", "level": "", "levelCount": "",
    }  # fmt: skip
    return row(sourced_id, **(cells | more))


def course(sourced_id: str, **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": "ana", "schoolYear": "2026", "term": "Fall", "courseTitle": "Algebra 1", "mark": "B",
        "credits": "5", "ucCsuCode": "c", "gpaWeight": "", "gradeLevel": "9", "sequenceStep": "1",
    }  # fmt: skip
    return row(sourced_id, **(cells | more))


def requirement(sourced_id: str, **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": "ana", "requirementCode": "B", "requirementName": "English", "creditsRequired": "40",
        "creditsEarned": "10", "isMet": "false", "asOf": "2026-10-01",
    }  # fmt: skip
    return row(sourced_id, **(cells | more))


def reasons(report) -> list[tuple[int, str]]:
    return [(line, reason) for _file, line, _column, reason in asides(report)]


def test_two_final_marks_of_one_class_and_term_are_both_put_aside(tmp_path):
    take_roster(tmp_path)
    report = take_companion(
        tmp_path, {"reportCardMarks": [mark("m-1"), mark("m-2", said="D"), mark("m-3", "ben")]}
    )
    assert reasons(report) == [(2, "two_finals"), (3, "two_finals")]
    assert list(Mark.rows.for_import().values_list("sourced_id", "mark")) == [("m-3", "B")]


def test_a_second_final_mark_does_not_touch_the_first(tmp_path):
    take_roster(tmp_path)
    others = [mark(f"b-{n}", "ben", isFinal="false") for n in range(9)]
    take_companion(tmp_path, {"reportCardMarks": [mark("m-1"), *others]})
    report = take_companion(tmp_path, {"reportCardMarks": [mark("m-1"), mark("m-2", said="D"), *others]})
    assert reasons(report) == [(3, "two_finals")]
    assert Mark.rows.for_import().get(sourced_id="m-1").mark == "B"


def test_progress_marks_beside_a_final_one_are_no_quarrel(tmp_path):
    take_roster(tmp_path)
    report = take_companion(
        tmp_path, {"reportCardMarks": [mark("m-1"), mark("m-2", isFinal="false"), mark("m-3", isFinal="")]}
    )
    assert reasons(report) == []


def test_a_mark_for_a_class_the_student_was_never_in_is_put_aside(tmp_path):
    files = roster()
    files["enrollments"] = [each for each in files["enrollments"] if each["sourcedId"] != "e-ben"]
    take_roster(tmp_path, files)
    report = take_companion(tmp_path, {"reportCardMarks": [mark("m-1"), mark("m-2", "ben")]})
    assert reasons(report) == [(3, "not_in_class")]


@pytest.mark.parametrize(
    ("points", "more"),
    [
        ("2289", {}), ("2851", {}), ("99999", {}),
        ("6", {"testCode": "AP", "subject": "Biology"}),
        ("390", {"testCode": "SAT", "subject": ""}),
        ("1149", {"testCode": "ELPAC", "subject": ""}), ("1901", {"testCode": "ELPAC", "subject": ""}),
        ("600", {"testCode": "ALTELPAC", "subject": ""}), ("700", {"testCode": "ALTELPAC", "subject": ""}),
        ("377", {"testCode": "CAST", "subject": "", "gradeWhenTested": "05"}),
        ("2512", {"scoreMin": "2600"}), ("2512", {"scoreMax": "2000"}),
        ("2512", {"level": "5", "levelCount": "4"}),
        ("2512", {"likelyMin": "2600", "likelyMax": "2500"}),
    ],
)  # fmt: skip
def test_a_score_no_test_can_give_is_put_aside_and_the_old_one_stays(tmp_path, points, more):
    take_roster(tmp_path)
    good = [score(f"s-{n}", "2500") for n in range(12)]
    take_companion(tmp_path, {"testScores": good})
    report = take_companion(tmp_path, {"testScores": [score("s-0", points, **more), *good[1:]]})
    assert reasons(report) == [(2, "out_of_range")]
    assert Score.rows.for_import().get(sourced_id="s-0").score == "2500"


@pytest.mark.parametrize(
    ("points", "more"),
    [
        ("2290", {}), ("2850", {}), ("PGE", {}),
        ("2289", {"schoolYear": "2019", "administeredOn": "2019-04-20"}),  # the outer limits were others then
        ("1150", {"testCode": "ELPAC", "subject": ""}), ("1900", {"testCode": "ELPAC", "subject": ""}),
        ("1901", {"testCode": "ELPAC", "subject": "", "schoolYear": "2018", "administeredOn": "2018-04-20"}),
        ("5", {"testCode": "AP", "subject": "Biology"}), ("400", {"testCode": "SAT", "subject": ""}),
        ("2512", {"scoreType": "ext:ours"}),
    ],
)  # fmt: skip
def test_a_score_at_the_edge_of_an_older_year_or_no_number_comes_in(tmp_path, points, more):
    take_roster(tmp_path)
    assert reasons(take_companion(tmp_path, {"testScores": [score("s-1", points, **more)]})) == []


def test_credit_for_an_f_and_more_credit_than_a_year_has_are_put_aside(tmp_path):
    take_roster(tmp_path)
    rows = [
        course("c-1"), course("c-2", mark="F", credits="5"), course("c-3", credits="41"), course("c-4", gpaWeight="3"),
        course("c-5", mark="F", credits="0"), course("c-6", gradeLevel="13"), course("c-7", sequenceStep="0"),
        *(course(f"c-1{n}") for n in range(60)),
    ]  # fmt: skip
    report = take_companion(tmp_path, {"transcriptCourses": rows})
    assert reasons(report) == [
        (3, "credit_without_passing"),
        *((line, "out_of_range") for line in (4, 5, 7, 8)),
    ]
    assert TranscriptCourse.rows.for_import().count() == 62


def test_one_requirement_counted_twice_is_put_aside(tmp_path):
    take_roster(tmp_path)
    report = take_companion(
        tmp_path, {"graduationProgress": [requirement("r-1"), requirement("r-2", creditsEarned="20")]}
    )
    assert reasons(report) == [(2, "same_key"), (3, "same_key")]
    assert not Progress.rows.for_import().exists()


def test_a_plan_sent_in_the_future_or_twice_is_put_aside(tmp_path):
    take_roster(tmp_path)

    def plan(sourced_id: str, student: str = "ana", **more: str) -> dict[str, str]:
        cells = {"studentSourcedId": student, "sector": "arts", "workHours": "10", "asOf": "2026-10-01"}
        return row(
            sourced_id, **(cells | {"financialAid": "submitted", "financialAidOn": "2026-10-02"} | more)
        )

    report = take_companion(
        tmp_path, {"collegePlans": [plan("p-1", financialAidOn="2090-01-01"), plan("p-2", "ben")]}
    )
    assert reasons(report) == [(2, "in_the_future")]
    report = take_companion(
        tmp_path, {"collegePlans": [plan("p-2", "ben"), plan("p-3", "ben", workHours="9")]}
    )
    assert reasons(report) == [(3, "same_key")]  # the first one stays
    assert Plan.rows.for_import().get().work_hours == 10


def test_attendance_on_a_day_without_school_is_put_aside(tmp_path):
    take_roster(tmp_path)

    def mark_on(day: str, **more: str) -> dict[str, str]:
        cells = {
            "studentSourcedId": "ana",
            "schoolSourcedId": "oak",
            "date": day,
            "scope": "day",
            "period": "",
        }
        return row(f"a-{day}", **(cells | {"category": "present"} | more))

    calendar = [
        row("c-1", schoolSourcedId="oak", date="2026-10-12", kind="noSchool", title="Fall break"),
        row("c-2", schoolSourcedId="oak", date="2026-10-13", kind="minimumDay", title=""),
    ]
    marks = [mark_on("2026-10-12"), mark_on("2026-10-13"), mark_on("2026-10-14")]
    report = take_companion(tmp_path, {"calendarDays": calendar, "attendance": marks})
    assert reasons(report) == [(2, "no_school")]
    days = Attendance.rows.for_import().order_by("on").values_list("on", flat=True)
    assert [day.day for day in days] == [13, 14]
