"""Credits, averages and the way to college as a family reads them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from portal.record.contents import section
from portal.record.section import HomeFact, Place
from portal.record.timeline import Change, Happening
from portal.sections.college_career import rules
from portal.sections.college_career.models import Progress, TranscriptCourse
from portal.sections.college_career.reading import read
from portal.sections.college_career.timeline import events
from portal.students.models import Student
from tests.cast import rostered
from tests.sections.rows import at_a_glance

COLLEGE = section("college-career")


def a_course(
    student: Student, title: str, mark: str, area: str = "", credits: int = 5, **more: object
) -> None:
    number = TranscriptCourse.rows.for_import().count()
    values: dict[str, object] = {"school_year": 2026, "term": "Fall"} | more
    TranscriptCourse.rows.for_import().create(
        **rostered(f"course-{number}"), student=student, title=title, mark=mark, area=area,
        credits=0 if mark == "F" else credits, **values,
    )  # fmt: skip


def a_requirement(student: Student, name: str, earned: int, required: int, **more: object) -> Progress:
    values: dict[str, object] = {"is_met": earned >= required, "as_of": date(2026, 10, 1)} | more
    return Progress.rows.for_import().create(
        **rostered(f"requirement-{name}"), student=student, code=name[:40], name=name, earned=earned,
        required=required, **values,
    )  # fmt: skip


@pytest.fixture
def ana(on):
    """Ana in grade 10, October 2026: 55 of 210 credits, one D among her sciences."""
    family = on(date(2026, 10, 5))
    family.ana.grade = "10"
    family.ana.save()
    a_requirement(family.ana, "English", 10, 40, in_progress=5)
    a_requirement(family.ana, "Everything else", 45, 170)
    a_course(family.ana, "English 9", "A", "b", 10)
    a_course(family.ana, "AP Biology", "B", "d", weight=Decimal(1))
    a_course(family.ana, "Chemistry", "D", "d")
    a_course(family.ana, "Advanced PE 1", "A", counts=False)
    return family


def test_a_parent_reads_credits_what_is_left_and_that_a_d_does_not_count(ana, admit):
    reading = read(admit(ana.mother, ana.ana, COLLEGE))
    assert (reading.earned, reading.required, reading.on_track) == (Decimal(55), Decimal(210), True)
    assert [(each.name, each.left, each.in_progress, each.met) for each in reading.requirements] == [
        ("English", Decimal(30), Decimal(5), False),
        ("Everything else", Decimal(125), Decimal(0), False),
    ]
    science = reading.areas[3]
    assert (science.letter, science.required, science.done, science.met) == ("D", 2, Decimal("0.5"), False)
    assert [course.title for course in science.courses] == ["AP Biology"]
    assert [(course.title, course.mark) for course in science.too_low] == [("Chemistry", "D")]
    assert [step.due for step in reading.steps] == [date(2026, 10, 15)]


def test_a_class_taken_again_with_a_c_is_no_longer_too_low(ana, admit):
    a_course(ana.ana, "Chemistry", "C", "d", term="Summer")
    assert read(admit(ana.mother, ana.ana, COLLEGE)).areas[3].too_low == ()


def test_the_averages_are_with_and_without_the_point_for_ap_and_without_physical_education(ana, admit):
    reading = read(admit(ana.mother, ana.ana, COLLEGE))
    # A 10 credits, B 5, D 5: (40 + 15 + 5) / 20; the AP class adds 5 / 20.
    assert (reading.unweighted, reading.weighted) == (Decimal("3.00"), Decimal("3.25"))


@pytest.mark.parametrize(
    ("marks", "gpa"),
    [
        ([("A", 5, 0), ("B", 5, 0)], "3.50"),
        ([("A", 5, 0), ("A", 5, 0), ("B", 5, 0)], "3.67"),
        ([("B", 10, 0), ("F", 5, 0)], "2.00"),
        ([("D", 5, 1)], "1.00"),  # a point for AP only from C up
        ([("C", 5, 1)], "3.00"),
        ([("F", 5, 0)], "0.00"),
    ],
)
def test_a_grade_point_average_by_hand(marks, gpa):
    assert rules.average(
        [(mark, Decimal(credits), Decimal(more)) for mark, credits, more in marks]
    ) == Decimal(gpa)


def test_without_a_mark_that_has_points_there_is_no_average():
    assert rules.average([]) is None


@pytest.mark.parametrize(
    ("mark", "letter"), [("A", "A"), ("B+", "B"), ("C-", "C"), ("D", "D"), ("F", "F"), ("P", ""), ("NP", ""), ("I", ""), ("AB", "")]
)  # fmt: skip
def test_the_letter_of_a_mark(mark, letter):
    assert rules.letter(mark) == letter


@pytest.mark.parametrize(("grade", "credits"), [(9, 0), (10, 50), (11, 105), (12, 160)])
def test_credits_that_keep_a_student_on_track_at_the_beginning_of_a_grade(grade, credits):
    assert rules.expected(grade, 2027) == rules.expected(grade, 2029) == credits


@pytest.mark.parametrize(("earned", "on_track"), [(49, False), (50, True)])
def test_one_credit_decides_whether_a_sophomore_is_on_track(on, admit, earned, on_track):
    family = on(date(2026, 10, 5))
    Student.objects.filter(pk=family.ana.pk).update(grade="10")
    a_requirement(family.ana, "All", earned, 210)
    assert read(admit(family.mother, family.ana, COLLEGE)).on_track is on_track


def test_the_areas_add_up_to_fifteen_years():
    assert sum(area.years for area in rules.AREAS) == 15


def test_what_is_due_in_a_senior_year_falls_into_it():
    due = [step.due(2027, 12) for step in rules.STEPS if step.grade == 12]
    assert due == [date(2026, 10, 1), date(2026, 11, 30), date(2027, 3, 2)]


def test_the_page_says_all_of_it_in_words(ana, visit):
    body = visit(ana.mother).get(reverse("college-career", args=[ana.ana.ref])).content.decode()
    for words in (
        "<bdi>Ana</bdi> has 55 of 210 credits.",
        "On track",
        "0 of 2 requirements are met.",
        "earns credit for graduation, but UC and CSU do not count it",
        "Take the PSAT at school.",
        "Show as a table",
    ):
        assert words in body, words


def test_a_young_childs_page_starts_later(family, visit, admit):
    body = visit(family.bens_mother).get(reverse("college-career", args=[family.ben.ref])).content.decode()
    assert "This page starts in grade 6." in body
    fact = at_a_glance(COLLEGE, [admit(family.bens_mother, family.ben, COLLEGE)])[family.ben.pk]
    assert fact == HomeFact(place=Place.LATER, about="This page starts in grade 6.")
    home = visit(family.bens_mother).get(reverse("student", args=[family.ben.ref])).content.decode()
    assert "<h2>Later</h2>" in home


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        ("07", "High school starts to count credits in grade 9."),
        ("11", "The school has not sent credits yet."),
    ],
)
def test_before_credits_come_nothing_is_zero(family, visit, grade, words):
    Student.objects.filter(pk=family.ana.pk).update(grade=grade)
    body = visit(family.mother).get(reverse("college-career", args=[family.ana.ref])).content.decode()
    assert words in body
    assert "0 of" not in body


def test_the_tile_says_how_many_credits(ana, admit):
    grant = admit(ana.mother, ana.ana, COLLEGE)
    assert at_a_glance(COLLEGE, [grant])[ana.ana.pk].tile == "55 of 210 credits"


def test_a_requirement_that_becomes_met_is_news_and_one_that_always_was_is_not(family):
    met = a_requirement(family.ana, "Health", 5, 5)
    assert list(events([Change(met, {})])) == []
    assert list(events([Change(met, {"is_met": False})])) == [
        Happening("college-career.met", family.ana.pk, date(2026, 10, 1), {"requirement": "Health"})
    ]
    met.is_met = False
    assert [each.kind for each in events([Change(met, {"is_met": True})])] == ["college-career.not_met"]


def test_someone_elses_credits_are_not_there(ana, visit):
    assert visit(ana.bens_mother).get(reverse("college-career", args=[ana.ana.ref])).status_code == 404
