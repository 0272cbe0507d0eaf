"""Grades as a family reads them."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import override

from portal.people.models import Person
from portal.record.contents import section
from portal.record.gradebook import meanings
from portal.record.gradebook.classes import Teacher
from portal.record.gradebook.models import Mark
from portal.record.gradebook.work import Status
from portal.record.section import HomeFact
from portal.record.timeline import Change, Happening
from portal.sections.grades.reading import (
    Comment,
    CourseGrades,
    Grade,
    Grades,
    Line,
    Posted,
    TermGrades,
    Weight,
    read,
    read_course,
)
from portal.sections.grades.timeline import events
from portal.students.models import Employee, Enrollment, Job, SchoolClass, Teaching, Term
from portal.web.formats import long_date, short_date
from tests.cast import Cast, rostered
from tests.sections.rows import a_class, a_grade_now, a_mark, a_result, a_teacher, an_item, at_a_glance

GRADES = section("grades")
ORTIZ = Teacher("Daniel Ortiz", "daniel.ortiz@staff.example.org")
HALL = Teacher("Ruth Hall", "ruth.hall@staff.example.org")
NOT_POSTED = timedelta(hours=2)


@pytest.fixture
def today() -> date:
    return localdate()


def day(days_ago: int) -> date:
    """The school's day of a moment so many days ago."""
    return localdate(now() - timedelta(days=days_ago))


def grade(mark: str, *, days_ago: int = 1, **more: object) -> Grade:
    values = {"words": "", "percent": None, "squares": None, "final": False, "stale": False} | more
    return Grade(mark=mark, on=day(days_ago), **values)


def lines(reading: Grades) -> dict[str, Grade | None]:
    """The grade of each line of the current term."""
    return {line.title: line.grade for line in reading.chosen({}).lines}


def page(client, name: str, query: str = "", **kwargs) -> str:
    answer = client.get(reverse(name, kwargs=kwargs) + query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


# What works


def test_the_course_summary_of_a_term(family, admit, today):
    a_grade_now(family.ana, family.algebra, family.fall, "B+", percent=Decimal("87.40"), days_ago=2)
    a_result(an_item(family.algebra, "Quiz", today - timedelta(days=1)), family.ana, "not submitted")
    art = a_class(family, "Art", family.ana, period="2")
    assert read(admit(family.mother, family.ana, GRADES)) == Grades(
        terms=(
            TermGrades(
                key=str(family.fall.pk),
                title="Fall",
                ends=family.fall.ends,
                current=True,
                lines=(
                    Line(
                        ref=family.algebra.ref,
                        title="Algebra 1",
                        period="1",
                        teachers=(ORTIZ,),
                        grade=grade("B+", percent=Decimal("87.40"), days_ago=2),
                        not_turned_in=1,
                    ),
                    Line(ref=art.ref, title="Art", period="2", teachers=(), grade=None, not_turned_in=None),
                ),
                updated_on=day(2),
            ),
        ),
        principal=HALL,
        starts=None,
    )


def test_one_class_says_how_its_grade_is_worked_out(family, admit, today):
    quiz = an_item(family.algebra, "Quiz", today - timedelta(days=3), kind="Tests", weight=50)
    an_item(family.algebra, "Page 12", today - timedelta(days=4), kind="Homework", weight=30)
    an_item(family.algebra, "Board", today - timedelta(days=5), kind="Classwork", weight=20)
    a_result(quiz, family.ana, "fully graded", score=Decimal(18))
    a_grade_now(family.ana, family.algebra, family.fall, "B+", percent=Decimal(87), comment="Բարի օր")
    a_mark(family.ana, family.algebra, family.fall, "B", comment="Works with care.")
    a_mark(family.ana, family.algebra, family.fall, "E", type="workHabits")
    a_mark(family.ana, family.algebra, family.fall, "U", type="cooperation")
    told = read_course(admit(family.mother, family.ana, GRADES), family.algebra.ref)
    assert told == CourseGrades(
        line=Line(
            ref=family.algebra.ref,
            title="Algebra 1",
            period="1",
            teachers=(ORTIZ,),
            grade=grade("B+", percent=Decimal(87)),
            not_turned_in=0,
        ),
        term_ends=family.fall.ends,
        weights=(
            Weight("Tests", 50, "Tests count for half."),
            Weight("Homework", 30, "Homework counts for 30%."),
            Weight("Classwork", 20, "Classwork counts for 20%."),
        ),
        habits=(
            Posted("Work habits", "Fall", grade("E", words="Excellent")),
            Posted("Cooperation", "Fall", grade("U", words="Unsatisfactory")),
        ),
        marks=(Posted("Grade", "Fall", grade("B")),),
        comments=told.comments,
        pieces=told.pieces,
    )
    assert set(told.comments) == {Comment("Բարի օր", "hy", day(1)), Comment("Works with care.", "en", day(1))}
    assert [(piece.title, piece.status) for piece in told.pieces] == [
        ("Quiz", Status.GRADED),
        ("Page 12", Status.NOT_GRADED),
        ("Board", Status.NOT_GRADED),
    ]


@pytest.mark.parametrize(
    ("percents", "words"),
    [
        ((100,), ["Kind 0 counts for the whole grade."]),
        ((75, 25), ["Kind 0 counts for three quarters.", "Kind 1 counts for a quarter."]),
        ((60, 30), ["Kind 0 counts for 60%.", "Kind 1 counts for 30%."]),
        ((60, 60), ["", ""]),
        ((None, 40), ["Kind 1 counts for 40%.", ""]),
        ((0, 50), ["Kind 1 counts for half.", ""]),
    ],
)
def test_weights_are_said_when_they_can_be_true(family, admit, today, percents, words):
    for n, percent in enumerate(percents):
        an_item(family.algebra, f"{n}", today, kind=f"Kind {n}", weight=percent)
    told = read_course(admit(family.mother, family.ana, GRADES), family.algebra.ref)
    assert [weight.words for weight in told.weights] == words


@pytest.mark.parametrize(
    ("mark", "words", "squares"),
    [
        ("4", "Goes beyond the goal for this grade level", 4),
        ("3", "Meets the goal for this grade level", 3),
        ("2", "Close to the goal for this grade level", 2),
        ("1", "Beginning to work toward the goal for this grade level", 1),
        ("N/A", "Not taught this term", None),
    ],
)
def test_an_elementary_mark_has_words_and_squares_and_no_percent(family, admit, mark, words, squares):
    math = a_class(family, "Mathematics", family.ben)
    a_grade_now(family.ben, math, family.fall, mark, percent=None if squares is None else Decimal(75))
    reading = read(admit(family.bens_mother, family.ben, GRADES))
    assert lines(reading) == {"Mathematics": grade(mark, words=words, squares=squares)}


def test_the_schools_own_words_for_a_mark_go_before_ours(family, admit):
    math = a_class(family, "Mathematics", family.ben)
    a_mark(family.ben, math, family.fall, "3", mark_text="Meets the standard")
    reading = read(admit(family.bens_mother, family.ben, GRADES))
    assert lines(reading)["Mathematics"].words == "Meets the standard"


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("A", ""),
        ("F", ""),
        ("P", "Pass"),
        ("NP", "No pass"),
        ("I", "Incomplete"),
        ("NM", "No mark"),
        ("W", "Withdrawn"),
    ],
)
def test_letters_that_are_codes_are_spelled_out(family, admit, mark, words):
    a_grade_now(family.ana, family.algebra, family.fall, mark)
    assert lines(read(admit(family.mother, family.ana, GRADES)))["Algebra 1"].words == words


@pytest.mark.parametrize("kind", ["workHabits", "cooperation", "effort"])
def test_the_three_letters_of_habits_are_spelled_out(kind):
    words = {"E": "Excellent", "S": "Satisfactory", "U": "Unsatisfactory"}
    assert {mark: meanings.of(kind, mark) for mark in words} == words
    assert meanings.of("academic", "E") == ""  # no grade


def test_a_real_zero_stays_a_zero_and_no_grade_stays_no_grade(family, visit):
    a_class(family, "Art", family.ana, period="2")
    a_grade_now(family.ana, family.algebra, family.fall, "F", percent=Decimal(0))
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "0%" in body
    assert body.count("No grade yet") == 1
    told = visit(family.mother).get(reverse("grades_json", args=[family.ana.ref])).json()
    first, second = told["reading"]["terms"][0]["lines"]
    assert (first["grade"]["percent"], second["grade"]) == ("0.00", None)


def test_terms_can_be_switched(family, admit, today):
    Term.objects.filter(pk=family.fall.pk).update(ends=today - timedelta(days=10))
    spring = Term.objects.create(
        **rostered("spring"), title="Spring", type="semester", begins=today - timedelta(days=9),
        ends=today + timedelta(days=90), school_year=family.year.school_year,
    )  # fmt: skip
    later = Term.objects.create(
        **rostered("summer"), title="Summer", type="semester", begins=today + timedelta(days=91),
        ends=today + timedelta(days=120), school_year=family.year.school_year,
    )  # fmt: skip
    biology = a_class(family, "Biology", family.ana, terms=[spring, later])
    choir = a_class(family, "Choir", family.ana, terms=[family.year])
    a_mark(family.ana, family.algebra, family.fall, "C", is_final=True)
    a_grade_now(family.ana, biology, spring, "A")
    a_grade_now(family.ana, choir, family.year, "B")
    reading = read(admit(family.mother, family.ana, GRADES))

    def told(query: dict[str, str]) -> tuple[str, dict[str, str | None]]:
        term = reading.chosen(query)
        return term.title, {line.title: line.grade.mark for line in term.lines if line.grade}

    assert [term.title for term in reading.terms] == ["Fall", "Spring"]
    assert told({}) == ("Spring", {"Biology": "A", "Choir": "B"})
    assert told({"term": str(family.fall.pk)}) == ("Fall", {"Algebra 1": "C", "Choir": "B"})
    assert told({"term": "nonsense"}) == told({})


def test_home_says_when_grades_were_updated(family, admit):
    a_grade_now(family.ana, family.algebra, family.fall, "B", days_ago=5)
    a_mark(family.ana, family.algebra, family.fall, "A", posted_at=now() - timedelta(days=3))
    a_mark(family.ana, family.algebra, family.fall, "C", posted_at=now() + NOT_POSTED)
    grants = [admit(family.mother, family.ana, GRADES), admit(family.bens_mother, family.ben, GRADES)]
    assert at_a_glance(GRADES, grants) == {
        family.ana.pk: HomeFact(tile=f"Updated {short_date(day(3))}"),
        family.ben.pk: HomeFact(tile="Nothing yet"),
    }


# The pages


def test_the_page_answers_first_and_names_teacher_and_principal(family, visit, today):
    a_grade_now(family.ana, family.algebra, family.fall, "B+", percent=Decimal(87))
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "<h1>Grades and assignments</h1>" in body
    assert f"1 class. Last updated {short_date(day(1))}." in body
    assert "Course Summary" in body
    assert "Daniel Ortiz" in body
    letters = [unquote(part.partition('"')[0]) for part in body.split('href="mailto:')[1:]]
    assert [letter.partition("&")[0] for letter in letters] == [
        "daniel.ortiz@staff.example.org?subject=Ana, period 1 Algebra 1",
        "ruth.hall@staff.example.org?subject=Ana",
    ]
    assert "Hello Daniel Ortiz,\r\n\r\nI am writing about Ana in Algebra 1.\r\n\r\n" in letters[0]
    assert "School principal: <bdi>Ruth Hall</bdi>" in body
    ends = long_date(family.fall.ends)
    assert f"This is the grade so far. It can go up or down until the term ends on {ends}." in body
    assert family.ana.student_id not in body


@pytest.mark.parametrize("classic", [False, True])
def test_every_page_opens_with_everything_in_it(family, visit, today, classic):
    Person.objects.filter(pk=family.mother.pk).update(classic=classic)
    item = an_item(family.algebra, "Quiz", today - timedelta(days=1), kind="Tests", weight=50)
    a_result(item, family.ana, "fully graded", score=Decimal(0))
    a_grade_now(family.ana, family.algebra, family.fall, "3", comment="Good <b>work</b>")
    a_mark(family.ana, family.algebra, family.fall, "S", type="cooperation")
    a_mark(family.ana, family.algebra, family.fall, "B")
    summary = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "Meets the goal for this grade level" in summary
    raw = visit(family.mother).get(reverse("grades_course", args=[family.ana.ref, family.algebra.ref]))
    body = raw.content.decode()
    for words in (
        "Tests count for half.",
        "Satisfactory",
        "0 of 20",
        "Good &lt;b&gt;work&lt;/b&gt;",
        "Marks of report cards",
    ):
        assert words in body
    assert ("<svg" in body) is not classic


def test_a_grade_nobody_updates_says_who_should(family, visit, settings):
    late = settings.DISTRICT.stale_grade_days + 1
    a_grade_now(family.ana, family.algebra, family.fall, "B", days_ago=late)
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert f"<bdi>Daniel Ortiz</bdi> last updated this on {long_date(day(late))}." in body


@pytest.mark.parametrize(("days_ago", "stale"), [(14, False), (15, True)])
def test_a_grade_is_stale_after_the_districts_days(family, admit, days_ago, stale):
    a_grade_now(family.ana, family.algebra, family.fall, "B", days_ago=days_ago)
    assert lines(read(admit(family.mother, family.ana, GRADES)))["Algebra 1"].stale is stale


def test_a_grade_of_a_term_that_is_over_is_not_stale(family, admit, today):
    Term.objects.update(ends=today - timedelta(days=20))
    a_grade_now(family.ana, family.algebra, family.fall, "B", days_ago=21)
    told = read_course(admit(family.mother, family.ana, GRADES), family.algebra.ref)
    assert (told.line.grade.stale, told.term_ends) == (False, None)


def test_without_classes_the_page_says_when_schedules_open(family, visit, today):
    Enrollment.objects.all().delete()
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "No classes on file yet." in body
    assert "Ruth Hall" in body
    Enrollment.objects.create(**rostered("e-2"), student=family.ana, school_class=family.algebra)
    Term.objects.update(begins=today + timedelta(days=20), ends=today + timedelta(days=200))
    assert "No classes on file yet. Schedules open on" in page(
        visit(family.mother), "grades", ref=family.ana.ref
    )


def test_no_principal_on_file_sends_to_the_office(family, visit):
    Job.objects.all().delete()
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "Call the office of <bdi>Oak School</bdi> and ask for the principal." in body


# Who else is looking


@pytest.mark.parametrize("who", ["bens_mother", "stranger"])
def test_someone_elses_child_is_not_there(family, visit, who):
    client = visit(getattr(family, who))
    for name in ("grades", "grades_json"):
        assert client.get(reverse(name, args=[family.ana.ref])).status_code == 404
    url = reverse("grades_course", args=[family.ana.ref, family.algebra.ref])
    assert client.get(url).status_code == 404


def test_a_class_of_another_child_is_not_there(family, visit):
    art = a_class(family, "Art", family.ben)
    url = reverse("grades_course", args=[family.ana.ref, art.ref])
    assert visit(family.mother).get(url).status_code == 404
    assert visit(family.mother).get(url.replace(art.ref, "2222222222")).status_code == 404


def test_marks_do_not_exist_before_their_hour(family, visit, admit):
    moment = now() + NOT_POSTED
    a_mark(
        family.ana, family.algebra, family.fall, "D", posted_at=moment, is_final=True, comment="Unseen words"
    )
    a_mark(family.ana, family.algebra, family.fall, "U", posted_at=moment, type="cooperation")
    a_mark(family.ana, None, family.fall, "F", posted_at=moment, subject="Unseen subject")
    grant = admit(family.mother, family.ana, GRADES)
    assert lines(read(grant)) == {"Algebra 1": None}
    told = read_course(grant, family.algebra.ref)
    assert (told.line.grade, told.marks, told.habits, told.comments) == (None, (), (), ())
    assert at_a_glance(GRADES, [grant])[family.ana.pk].tile == "Nothing yet"
    client = visit(family.mother)
    everything = [
        client.get(reverse("grades", args=[family.ana.ref])),
        client.get(reverse("grades_json", args=[family.ana.ref])),
        client.get(reverse("grades_course", args=[family.ana.ref, family.algebra.ref])),
    ]
    assert all("Unseen" not in answer.content.decode() for answer in everything)
    changes = [Change(row, {}) for row in Mark.rows.for_import()]
    assert list(events(changes)) == []


# Odd cases


def test_the_final_mark_takes_the_place_of_the_grade_so_far(family, admit, today):
    a_grade_now(family.ana, family.algebra, family.fall, "B+", percent=Decimal(87), days_ago=1)
    a_mark(family.ana, family.algebra, family.fall, "C", posted_at=now() - timedelta(days=2))
    assert lines(read(admit(family.mother, family.ana, GRADES)))["Algebra 1"].mark == "B+"
    a_mark(family.ana, family.algebra, family.fall, "A", posted_at=now() - timedelta(days=3), is_final=True)
    assert lines(read(admit(family.mother, family.ana, GRADES))) == {
        "Algebra 1": grade("A", days_ago=3, final=True)
    }


def test_two_final_marks_are_both_on_file_and_the_later_one_counts(family, admit):
    a_mark(family.ana, family.algebra, family.fall, "C", posted_at=now() - timedelta(days=9), is_final=True)
    a_mark(family.ana, family.algebra, family.fall, "B", posted_at=now() - timedelta(days=2), is_final=True)
    grant = admit(family.mother, family.ana, GRADES)
    assert lines(read(grant))["Algebra 1"] == grade("B", days_ago=2, final=True)
    assert [(each.grade.mark, each.grade.final) for each in read_course(grant, family.algebra.ref).marks] == [
        ("B", True),
        ("C", True),
    ]


def test_progress_marks_stand_in_where_no_grade_so_far_is_sent(family, admit, today):
    weeks = Term.objects.create(
        **rostered("weeks-5"), title="5 weeks", type="gradingPeriod", begins=family.fall.begins,
        ends=family.fall.begins + timedelta(days=35), school_year=family.year.school_year, parent=family.fall,
    )  # fmt: skip
    a_mark(family.ana, family.algebra, weeks, "C", posted_at=now() - timedelta(days=4))
    assert lines(read(admit(family.mother, family.ana, GRADES))) == {"Algebra 1": grade("C", days_ago=4)}


def test_subjects_without_a_class_have_lines_of_their_own(family, admit):
    a_class(family, "Room 12", family.ben, type="homeroom")
    park = Employee.objects.create(**rostered("park"), given_name="Ji-woo", family_name="Park")
    a_mark(family.ben, None, family.fall, "3", subject="Mathematics", teacher=park)
    a_mark(family.ben, None, family.fall, "2", subject="Reading")
    [term] = read(admit(family.bens_mother, family.ben, GRADES)).terms
    assert [
        (line.ref, line.title, line.teachers, line.grade.mark, line.not_turned_in) for line in term.lines
    ] == [
        ("", "Mathematics", (Teacher("Ji-woo Park", ""),), "3", None),
        ("", "Reading", (), "2", None),
    ]


def test_a_class_marked_in_several_subjects_has_a_line_for_each(family, admit):
    room = a_class(family, "Room 12", family.ben, type="homeroom")
    a_mark(family.ben, room, family.fall, "3", subject="Mathematics")
    a_mark(family.ben, room, family.fall, "2", subject="Reading")
    reading = read(admit(family.bens_mother, family.ben, GRADES))
    assert {title: told.mark for title, told in lines(reading).items()} == {
        "Mathematics": "3",
        "Reading": "2",
    }
    assert {line.ref for line in reading.chosen({}).lines} == {room.ref}


def test_several_teachers_stand_primary_first_and_the_former_one_is_gone(family, admit, visit, today):
    a_teacher(family.algebra, "Ada", "Abel", "ada@staff.example.org")
    a_teacher(family.algebra, "Otto", "Former", "otto@staff.example.org", ends=today - timedelta(days=1))
    a_teacher(family.algebra, "Nina", "Later", "nina@staff.example.org", begins=today + timedelta(days=1))
    [line] = read(admit(family.mother, family.ana, GRADES)).chosen({}).lines
    assert line.teachers == (ORTIZ, Teacher("Ada Abel", "ada@staff.example.org"))
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "ada@staff.example.org" in body
    assert "otto@staff.example.org" not in body


def test_a_class_that_is_over_keeps_who_taught_it(family, admit, today):
    Term.objects.update(ends=today - timedelta(days=20))
    Teaching.objects.update(ends=today - timedelta(days=20))
    [line] = read(admit(family.mother, family.ana, GRADES)).chosen({}).lines
    assert line.teachers == (ORTIZ,)


def test_without_teacher_or_address_the_office_helps(family, visit):
    Teaching.objects.all().delete()
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "No teacher on file yet" in body
    assert "Call the office and ask about <bdi>Algebra 1</bdi>." in body
    a_teacher(family.algebra, ".", "Teller")
    body = page(visit(family.mother), "grades", ref=family.ana.ref)
    assert "Call the office and ask for <bdi>Teller</bdi>." in body


def test_a_dropped_class_leaves_the_summary(family, admit, today):
    a_class(family, "Art", family.ana)
    Enrollment.objects.filter(school_class=family.algebra).update(ends=today - timedelta(days=3))
    assert lines(read(admit(family.mother, family.ana, GRADES))) == {"Art": None}


def test_who_left_the_district_keeps_the_classes_of_the_last_day(family, admit, visit, today):
    """Neither the page nor the tile of a child who left says that there never was a class."""
    left = today - timedelta(days=10)
    art = a_class(family, "Art", family.ana, period="2")
    a_grade_now(family.ana, family.algebra, family.fall, "B+", days_ago=12)
    Enrollment.objects.filter(student=family.ana).update(ends=left)
    Enrollment.objects.filter(student=family.ana, school_class=art).update(ends=left - timedelta(days=30))
    assert lines(read(admit(family.mother, family.ana, GRADES))) == {}  # dropped, so long as she is here
    family.ana.left_on = left
    family.ana.save()
    assert lines(read(admit(family.mother, family.ana, GRADES))) == {"Algebra 1": grade("B+", days_ago=12)}
    assert "Algebra 1" in page(visit(family.mother), "grades", ref=family.ana.ref)


def test_a_school_without_periods_has_no_column_of_dashes(family, visit):
    assert ">Period</th>" in page(visit(family.mother), "grades", ref=family.ana.ref)
    SchoolClass.objects.update(periods="")
    assert "Period" not in page(visit(family.mother), "grades", ref=family.ana.ref)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Fall semester 2026-27", "Semestre de otoño 2026–27"),
        ("Fall semester 2026-27, week 10", "Semestre de otoño 2026–27, semana 10"),
        ("Trimester 2 2026-27", "Trimestre 2, 2026–27"),
        ("Fall semester 2026-27, Block A", "Fall semester 2026-27, Block A"),
        ("Herbst", "Herbst"),
    ],
)
def test_a_term_is_said_in_the_familys_language_where_all_of_it_is_known(title, words):
    with override("es"):
        assert meanings.term(title) == words


@pytest.mark.parametrize(
    ("title", "words"), [("Homework", "Tarea en casa"), ("TESTS", "Exámenes"), ("Lab", "Lab")]
)
def test_a_kind_of_work_is_said_in_the_familys_language_where_it_is_known(title, words):
    with override("es"):
        assert str(meanings.category(title)) == words


def test_periods_stand_in_the_order_of_the_day(family, admit):
    for title, period in (("Ten", "10"), ("Two", "2"), ("None", ""), ("Double", "1,2"), ("Zero", "0")):
        a_class(family, title, family.ana, period=period)
    [term] = read(admit(family.mother, family.ana, GRADES)).terms
    assert [line.title for line in term.lines] == ["Zero", "Algebra 1", "Double", "Two", "Ten", "None"]


def test_classes_without_terms_still_show(family, admit, visit):
    SchoolClass.terms.through.objects.all().delete()
    [term] = read(admit(family.mother, family.ana, GRADES)).terms
    assert (term.key, term.title, [line.title for line in term.lines]) == ("", "", ["Algebra 1"])
    assert "1 class. No grades yet." in page(visit(family.mother), "grades", ref=family.ana.ref)
    a_grade_now(family.ana, family.algebra, family.fall, "B")
    [term] = read(admit(family.mother, family.ana, GRADES)).terms
    assert (term.title, [line.grade.mark for line in term.lines]) == ("Fall", ["B"])


def test_a_mark_of_the_districts_own_kind_is_shown_by_its_name(family, admit):
    a_mark(family.ana, family.algebra, family.fall, "Yes", type="ext:homeroomAward")
    told = read_course(admit(family.mother, family.ana, GRADES), family.algebra.ref)
    assert told.marks == (Posted("homeroomAward", "Fall", grade("Yes")),)
    assert told.line.grade is None


# What happened


def test_a_posted_grade_is_news_once_a_class_and_day(family):
    art = a_class(family, "Art", family.ana)
    fresh = a_grade_now(family.ana, family.algebra, family.fall, "B+", percent=Decimal(87))
    mark = a_mark(family.ana, family.algebra, family.fall, "B")
    unsigned = a_grade_now(family.ana, art, family.fall, "A")
    old = a_grade_now(family.ben, art, family.fall, "A", days_ago=30)
    habit = a_mark(family.ben, art, family.fall, "E", type="workHabits")
    same = a_grade_now(family.ben, family.algebra, family.fall, "C")
    told = list(
        events(
            [
                *(Change(row, {}) for row in (fresh, mark, unsigned, old, habit)),
                Change(same, vars(same) | {"comment": "other words"}),
            ]
        )
    )
    assert told == [
        Happening("grades.posted", family.ana.pk, day(1), {"teacher": "Daniel Ortiz", "course": "Algebra 1"}),
        Happening("grades.posted_by_school", family.ana.pk, day(1), {"course": "Art"}),
    ]
    assert [str(GRADES.sentences[each.kind] % each.words) for each in told] == [
        "Daniel Ortiz posted a grade in Algebra 1.",
        "A grade was posted in Art.",
    ]


# How much is asked of the database


def test_pages_ask_the_database_as_much_for_forty_classes_as_for_one(family, visit, today):
    for n in range(3):
        a_result(an_item(family.algebra, f"work {n}", today), family.ana, "submitted")
    a_grade_now(family.ana, family.algebra, family.fall, "B")
    counts = [_asked(visit(family.mother), family)]
    for n in range(39):
        each = a_class(family, f"Class {n}", family.ana, period=str(n))
        a_teacher(each, "Teacher", str(n), primary=True)
        a_grade_now(family.ana, each, family.fall, "B")
        a_mark(family.ana, each, family.fall, "B")
        for k in range(10):
            a_result(an_item(each, f"work {k}", today), family.ana, "submitted")
    counts.append(_asked(visit(family.mother), family))
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 8


def _asked(client, family: Cast) -> dict[str, int]:
    """Statements of each page, without the transaction's own."""
    asked = {}
    for name, args in (
        ("grades", [family.ana.ref]),
        ("grades_json", [family.ana.ref]),
        ("grades_course", [family.ana.ref, family.algebra.ref]),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name, args=args)).status_code == 200
        asked[name] = sum("SAVEPOINT" not in query["sql"] for query in captured)
    return asked
