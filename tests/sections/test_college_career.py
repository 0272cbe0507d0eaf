"""Credits, averages and the way to college as a family reads them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from portal.demo.district import learn
from portal.record.contents import section
from portal.record.gradebook import averages
from portal.record.section import HomeFact, Place
from portal.record.timeline import Change, Happening
from portal.sections.college_career import rules
from portal.sections.college_career.models import Plan, Progress, TranscriptCourse
from portal.sections.college_career.reading import Planned, read
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
    a_course(ana.ana, "Chemistry", "C", "d", term="Summer", summer=True)
    assert read(admit(ana.mother, ana.ana, COLLEGE)).areas[3].too_low == ()


def test_the_averages_are_with_and_without_the_point_for_ap_and_without_physical_education(ana, admit):
    reading = read(admit(ana.mother, ana.ana, COLLEGE))
    # A 10 credits, B 5, D 5: (40 + 15 + 5) / 20; the AP class adds 5 / 20. All of it in grade 9: nothing for UC and CSU.
    assert (reading.unweighted, reading.weighted, reading.college) == (Decimal("3.00"), Decimal("3.25"), None)


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
    assert averages.average(
        [(mark, Decimal(credits), Decimal(more)) for mark, credits, more in marks]
    ) == Decimal(gpa)


def test_without_a_mark_that_has_points_there_is_no_average():
    assert averages.average([]) is None


@pytest.mark.parametrize(
    ("mark", "letter"), [("A", "A"), ("B+", "B"), ("C-", "C"), ("D", "D"), ("F", "F"), ("P", ""), ("NP", ""), ("I", ""), ("AB", "")]
)  # fmt: skip
def test_the_letter_of_a_mark(mark, letter):
    assert averages.letter(mark) == letter


@pytest.mark.parametrize(("grade", "credits"), [(9, 0), (10, 50), (11, 105), (12, 160)])
def test_credits_that_keep_a_student_on_track_at_the_beginning_of_a_grade(grade, credits):
    assert rules.expected(grade, 2027) == rules.expected(grade, 2029) == credits


@pytest.mark.parametrize(("earned", "on_track"), [(49, False), (50, True)])
def test_one_credit_decides_whether_a_sophomore_is_on_track(on, admit, earned, on_track):
    family = on(date(2026, 10, 5))
    Student.objects.filter(pk=family.ana.pk).update(grade="10")
    a_requirement(family.ana, "All", earned, 210)
    assert read(admit(family.mother, family.ana, COLLEGE)).on_track is on_track


@pytest.mark.parametrize(("required", "credits"), [("210", "50"), ("240", "50"), ("130", "30.952380952")])
def test_who_needs_fewer_credits_by_law_has_more_time(required, credits):
    assert rules.expected(10, 2027, Decimal(required)) == pytest.approx(Decimal(credits))


def test_the_diploma_is_210_credits_in_the_districts_order():
    ((since, diploma),) = rules.DIPLOMA
    assert since == 2027
    assert [(each.official, each.credits) for each in diploma] == [
        ("History and social science", 20), ("English", 40), ("Mathematics", 30), ("Laboratory science", 20),
        ("Language other than English", 20), ("Visual and performing arts", 10), ("College-prep elective", 10),
        ("Principles of American Democracy", 5), ("Economics", 5), ("Physical education", 20), ("Health", 5),
        ("Ethnic Studies", 5), ("Electives", 20),
    ]  # fmt: skip
    assert sum(each.credits for each in diploma) == max(rules.PACE[0][1].values()) == 210
    assert [(name, credits) for _code, name, credits in learn.REQUIREMENTS] == [
        (each.official, each.credits) for each in diploma
    ]


def test_official_names_are_said_in_the_familys_language_and_a_districts_own_stay(family, admit):
    a_requirement(family.ana, "Mathematics", 0, 30)
    a_requirement(family.ana, "Capstone Project", 0, 5)
    Student.objects.filter(pk=family.ana.pk).update(grade="10")
    with override("es"):
        names = {str(each.name) for each in read(admit(family.mother, family.ana, COLLEGE)).requirements}
    assert names == {"Matemáticas", "Capstone Project"}


def college(letter: str, n: str | int, grade: int, *, honors: bool = False, summer: bool = False):
    return rules.CollegeMark(letter, Decimal(n), grade, summer, honors)


@pytest.mark.parametrize(
    ("marks", "gpa"),
    [
        ([college("A", 10, 9)], None),  # grade 9 does not count
        ([college("A", 1, 9, summer=True)], "4.00"),  # the summer after it does
        ([college("A", 10, 12)], None),
        ([college("C", 1, 11, summer=True)], "2.00"),
        ([college("A", 2, 10), college("B", 1, 11)], "3.66"),  # cut off, not rounded
        ([college("B", 199, 10), college("C", 1, 11)], "2.99"),  # just under what UC asks for
        ([college("A", 8, 11, honors=True)], "5.00"),
        ([college("A", 9, 11, honors=True)], "4.88"),  # eight semesters at most
        ([college("A", 4, 10, honors=True)], "5.00"),
        ([college("A", 5, 10, honors=True)], "4.80"),  # four of them in grade 10
        ([college("A", 4, 10, honors=True), college("A", 1, 9, honors=True, summer=True)], "4.80"),
        ([college("A", 6, 10, honors=True), college("A", 3, 11, honors=True)], "4.77"),
        ([college("A", 6, 10, honors=True), college("A", 7, 11, honors=True)], "4.61"),
        ([college("C", 1, 11, honors=True)], "3.00"),
        ([college("D", 1, 11, honors=True)], "1.00"),  # the point only from C up
        ([college("F", 1, 11), college("A", 1, 11)], "2.00"),
        ([], None),
    ],
)  # fmt: skip
def test_the_average_of_uc_and_csu_by_hand(marks, gpa):
    assert rules.college_average(marks) == (Decimal(gpa) if gpa else None)


def test_uc_asks_for_three_and_csu_for_two_and_a_half():
    assert (Decimal("3.00"), Decimal("2.50")) == (rules.UC_LEAST, rules.CSU_LEAST)


def granted(
    letter: str, n: str | int, grade: int, course: str = "", year: int = 2025, *, summer: bool = False
):
    return rules.GrantMark(letter, Decimal(n), grade, course or f"{letter}{grade}{summer}", (year, summer))


@pytest.mark.parametrize(
    ("marks", "gpa"),
    [
        ([], None),
        ([granted("A", 8, 9)], None),  # grade 9 does not count
        ([granted("A", 1, 9, summer=True)], None),  # nor the summer after it
        ([granted("B", 1, 10, summer=True)], "3.00"),
        ([granted("B", 1, 11, summer=True)], "3.00"),
        ([granted("A", 4, 12)], None),
        ([granted("A", 2, 10), granted("B", 1, 11)], "3.67"),  # to the nearest hundredth
        ([granted("A", 1, 10), granted("B", 2, 11)], "3.33"),
        ([granted("B", 199, 10), granted("C", 1, 11)], "3.00"),  # 2.995
        ([granted("B", 198, 10), granted("C", 1, 11)], "2.99"),  # 2.99497
        ([granted("C", 1, 10), granted("F", 1, 11)], "1.00"),  # an F counts
        ([granted("F", 1, 10, "x"), granted("A", 1, 10, "x", summer=True)], "4.00"),  # until it is taken again
        ([granted("D", 1, 10, "x"), granted("F", 1, 11, "x", 2026)], "0.00"),  # the latest, not the best
        ([granted("F", 1, 10, "x"), granted("A", 1, 10, "x")], "2.00"),  # two halves of one year
        ([granted("F", 1, 10, "x"), granted("D", 1, 10, "x"), granted("A", 1, 11, "x", 2026)], "2.50"),
        ([granted("F", 2, 10, "x"), granted("A", 1, 10, "x", summer=True)], "2.00"),  # one half of it
        ([granted("B", 1, 10, "band"), granted("A", 1, 11, "band", 2026)], "3.50"),  # no D or F: taken twice
        ([granted("F", 1, 10, "x"), granted("A", 1, 12, "x", 2027)], "0.00"),  # too late for it
    ],
)  # fmt: skip
def test_the_average_of_the_cal_grant_by_hand(marks, gpa):
    assert rules.cal_grant_average(marks) == (Decimal(gpa) if gpa else None)


@pytest.mark.parametrize(
    ("area", "graduates", "good", "taken", "stood_for", "missing"),
    [
        ("e", 2027, {5, 6}, {5, 6}, 4, 0),  # Spanish 3 stands for three years
        ("e", 2027, {3}, {3}, 2, 0),  # one semester of Spanish 2 for all of Spanish 1
        ("e", 2027, {2}, {2}, 1, 0),  # the second semester for the first
        ("e", 2027, {1}, {1}, 0, 0),
        ("e", 2027, {3, 4}, {1, 2, 3, 4}, 0, 0),  # what was taken is not left out, whatever the mark
        ("e", 2027, set(), {3}, 0, 0),  # a D stands for nothing
        ("c", 2027, {5}, {3, 4, 5}, 2, 0),  # Algebra 2 for Algebra 1
        ("c", 2027, {7}, {7}, 4, 2),  # Precalculus for both, never for geometry
        ("c", 2015, {4}, {4}, 2, 1),
        ("c", 2014, {7}, {7}, 0, 0),  # before the rule
        ("d", 2027, {3}, {3}, 0, 0),  # a science left out stays left out
        ("b", 2027, {7}, {7}, 0, 0),
        ("a", 2027, {3}, {3}, 0, 0),
    ],
)
def test_semesters_left_out_for_which_a_later_one_stands(area, graduates, good, taken, stood_for, missing):
    assert rules.left_out(area, graduates, good, taken) == (stood_for, missing)


def test_each_rule_of_classes_left_out_says_from_when_and_where_from():
    assert [(each.area, each.since, bool(each.source)) for each in rules.OMITTED] == [
        ("c", 2015, True),
        ("e", 2013, True),
    ]


@pytest.fixture
def junior(on):
    """Ana in grade 11, October 2026; nothing on file yet."""
    family = on(date(2026, 10, 5))
    family.ana.grade = "11"
    family.ana.save()
    return family


def area(family, admit, letter: str):
    areas = read(admit(family.mother, family.ana, COLLEGE)).areas
    return next(each for each in areas if each.letter == letter)


@pytest.mark.parametrize(
    ("letter", "mark", "later", "good"),
    [
        ("c", "D", {"mark": "C", "step": 2}, True),  # the second semester
        ("c", "F", {"mark": "C", "step": 5}, True),  # a higher class
        ("e", "D", {"mark": "B", "step": 2}, True),
        ("d", "D", {"mark": "C", "step": 2}, True),
        ("c", "D", {"mark": "D", "step": 2}, False),
        ("c", "D", {"mark": "C", "step": 1}, False),  # the same semester of another class
        ("c", "D", {"mark": "C", "step": None}, False),
        ("c", "D", {"mark": "C", "step": 2, "sequence": "Statistics"}, False),
        ("b", "D", {"mark": "C", "step": 2}, False),  # never in English
    ],
)
def test_a_low_mark_is_made_good_further_on_in_some_areas(junior, admit, letter, mark, later, good):
    a_course(junior.ana, "First", mark, letter, sequence="Steps", step=1, school_year=2025)
    a_course(junior.ana, "Later", later.pop("mark"), letter, **({"sequence": "Steps"} | later))
    found = area(junior, admit, letter.upper())
    assert [course.title for course in found.validated] == (["First"] if good else [])
    years = Decimal("0.5") * (good + any(course.title == "Later" for course in found.courses))
    assert found.done - found.left_out == years


def test_a_later_language_class_stands_for_the_years_before_it_as_far_as_they_are_asked_for(
    junior, admit, visit
):
    a_course(junior.ana, "Spanish 3", "B", "e", 10, sequence="Spanish", step=5)
    found = area(junior, admit, "E")
    assert (found.done, found.left_out, found.met) == (2, 1, True)
    assert area(junior, admit, "G").extra == 0  # a class never taken is no elective
    body = visit(junior.mother).get(reverse("college-career", args=[junior.ana.ref])).content.decode()
    assert "Years of earlier classes for which a later class with a C or better stands: 1" in body


def test_a_later_class_with_a_d_stands_for_nothing_and_geometry_must_be_taken(junior, admit):
    a_course(junior.ana, "Precalculus", "D", "c", 10, sequence="Math", step=7)
    assert (area(junior, admit, "C").done, area(junior, admit, "C").left_out) == (0, 0)
    TranscriptCourse.rows.for_import().update(mark="C")
    found = area(junior, admit, "C")
    assert (found.done, found.left_out, found.met) == (
        2,
        1,
        False,
    )  # as far as three years without geometry go
    a_course(junior.ana, "Geometry", "C", "c", 10, sequence="Math", step=3)
    found = area(junior, admit, "C")
    assert (found.done, found.left_out, found.met) == (3, 1, True)
    TranscriptCourse.rows.for_import().filter(title="Geometry").delete()
    TranscriptCourse.rows.for_import().update(step=5)
    found = area(junior, admit, "C")
    assert (found.done, found.left_out, found.met) == (2, 1, False)  # geometry is missing


def test_the_cal_grant_average_leaves_out_what_the_school_says_and_is_shown_from_grade_11(
    junior, admit, visit
):
    a_course(junior.ana, "English 10", "B", "b", grade=10)
    a_course(junior.ana, "AP World History", "A", "a", grade=10, weight=Decimal(1), honors=True)
    a_course(junior.ana, "JROTC 1", "A", grade=10, cal_grant=False)
    a_course(junior.ana, "Advanced PE 1", "A", grade=10, counts=False)
    reading = read(admit(junior.mother, junior.ana, COLLEGE))
    assert (reading.unweighted, reading.cal_grant) == (Decimal("3.67"), Decimal("3.50"))
    body = visit(junior.mother).get(reverse("college-career", args=[junior.ana.ref])).content.decode()
    assert "For the Cal Grant the school counts grades 10 and 11" in body
    Student.objects.filter(pk=junior.ana.pk).update(grade="10")
    assert read(admit(junior.mother, junior.ana, COLLEGE)).cal_grant is None


def test_what_is_made_good_still_weighs_in_the_average_and_what_is_taken_again_does_not(junior, admit):
    a_course(junior.ana, "Algebra 2", "D", "c", sequence="Math", step=5)
    a_course(junior.ana, "Algebra 2 B", "B", "c", sequence="Math", step=6)
    assert read(admit(junior.mother, junior.ana, COLLEGE)).college == Decimal("2.00")
    a_course(junior.ana, "Algebra 2", "B", "c", sequence="Math", step=5, summer=True, grade=10)
    assert read(admit(junior.mother, junior.ana, COLLEGE)).college == Decimal("3.00")


def test_the_spring_half_of_a_class_is_not_the_class_taken_again(junior, admit):
    a_course(junior.ana, "English 10", "D", "b", code="230109")
    a_course(junior.ana, "English 10", "B", "b", code="230109", term="Spring")
    assert [course.mark for course in area(junior, admit, "B").too_low] == ["D"]
    assert read(admit(junior.mother, junior.ana, COLLEGE)).college == Decimal("2.00")


def test_two_languages_of_a_year_each_are_not_two_years_of_one(junior, admit):
    a_course(junior.ana, "Spanish 1", "A", "e", 10, sequence="Spanish", step=1)
    a_course(junior.ana, "Korean 1", "A", "e", 10, sequence="Korean", step=1)
    assert area(junior, admit, "E").done == 1
    a_course(junior.ana, "Spanish 2", "A", "e", 10, sequence="Spanish", step=3)
    assert area(junior, admit, "E").done == 2


def test_what_is_more_than_an_area_asks_for_counts_as_an_elective(junior, admit, visit):
    a_course(junior.ana, "Drawing", "A", "f", 10)
    assert (area(junior, admit, "G").done, area(junior, admit, "G").extra) == (0, 0)
    a_course(junior.ana, "Painting", "A", "f", 10)
    assert (area(junior, admit, "G").done, area(junior, admit, "G").extra) == (1, 1)
    page = visit(junior.mother).get(reverse("college-career", args=[junior.ana.ref])).content.decode()
    assert "1 year from classes beyond what other areas ask for" in page
    a_course(junior.ana, "Psychology", "A", "g", 5)
    assert area(junior, admit, "G").done == Decimal("1.5")


def test_honors_count_as_the_school_says_and_else_by_their_weight(junior, admit):
    for honors, gpa in ((None, "5.00"), (False, "4.00"), (True, "5.00")):
        TranscriptCourse.rows.for_import().all().delete()
        a_course(junior.ana, "AP Biology", "A", "d", weight=Decimal(1), honors=honors)
        assert read(admit(junior.mother, junior.ana, COLLEGE)).college == Decimal(gpa)


def test_the_plan_and_the_advanced_classes_are_said_in_words(junior, admit, visit):
    Plan.rows.for_import().create(
        **rostered("plan"), student=junior.ana, pathway="Design", sector="arts", work_hours=Decimal("24.5"),
        service="met", aid="submitted", aid_on=date(2026, 10, 2), cal_grant="ext:later", as_of=date(2026, 10, 5),
    )  # fmt: skip
    a_course(junior.ana, "AP Biology", "A", "d", program="ap")
    a_course(junior.ana, "AP Biology", "B", "d", program="ap", term="Spring")
    reading = read(admit(junior.mother, junior.ana, COLLEGE))
    assert reading.plan == Planned(
        pathway="Design", sector="Arts, media and entertainment", work_hours=Decimal("24.5"), service="Done",
        aid="Sent", aid_on=date(2026, 10, 2), aid_done=True, cal_grant="Other", cal_grant_done=False,
    )  # fmt: skip
    assert [(str(each.program), each.titles) for each in reading.advanced] == [
        ("Advanced Placement (AP)", ("AP Biology",))
    ]
    body = visit(junior.mother).get(reverse("college-career", args=[junior.ana.ref])).content.decode()
    for words in (
        "Design", "Hours of learning at work", "24.5", "FAFSA or CADAA", "Sent · October 2, 2026",
        "Advanced Placement (AP)", "For UC and CSU", "UC asks for",
    ):  # fmt: skip
        assert words in body, words
    assert "ext:" not in body


def test_the_areas_add_up_to_fifteen_years():
    assert {area.letter: area.years for area in rules.AREAS} == {
        "a": 2, "b": 4, "c": 3, "d": 2, "e": 2, "f": 1, "g": 1,
    }  # fmt: skip
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
    assert ("In high school, UC and CSU ask for these classes" in body) is (grade == "07")


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
