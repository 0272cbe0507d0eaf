"""Work and grades as an import would bring them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.timezone import now

from portal.access.grant import Grant
from portal.record import glances
from portal.record.gradebook.models import Category, LineItem, Mark, Result
from portal.record.section import HomeFact, Section
from portal.sections.grades.models import CurrentGrade
from portal.students.models import Course, Employee, Enrollment, SchoolClass, Student, Teaching, Term
from tests.cast import Cast, rostered


def a_class(family: Cast, title: str, *students: Student, period: str = "", **more: object) -> SchoolClass:
    """A class at Oak in the fall with these students, without a teacher."""
    course = Course.objects.create(**rostered(f"course-{title}"), title=title, org=family.oak)
    made = SchoolClass.objects.create(
        **rostered(f"class-{title}"),
        title=title,
        type=more.pop("type", "scheduled"),
        periods=period,
        course=course,
        school=family.oak,
    )
    made.terms.add(*more.pop("terms", [family.fall]))
    for student in students:
        Enrollment.objects.create(
            **rostered(f"{student.sourced_id}-{title}"), student=student, school_class=made, **more
        )
    return made


def a_teacher(school_class: SchoolClass, given: str, name: str, email: str = "", **more: object) -> Employee:
    """Someone who teaches the class."""
    sourced_id = f"{given}-{name}"
    employee = Employee.objects.create(
        **rostered(sourced_id), given_name=given, family_name=name, email=email
    )
    Teaching.objects.create(
        **rostered(f"{sourced_id}-{school_class.pk}"), employee=employee, school_class=school_class, **more
    )
    return employee


def an_item(
    school_class: SchoolClass,
    title: str,
    due_on: date,
    *,
    kind: str = "Homework",
    weight: int | None = None,
    **more,
) -> LineItem:
    """An assignment of 20 points, assigned a week before it is due."""
    category, _new = Category.objects.get_or_create(
        source="sis",
        sourced_id=f"{school_class.pk}-{kind}",
        defaults={"title": kind, "weight": weight, "run_id": 1},
    )
    values = {"assigned_on": due_on - timedelta(days=7), "most": Decimal(20)} | more
    return LineItem.objects.create(
        **rostered(f"{school_class.pk}-{title[:80]}"),
        title=title,
        due_on=due_on,
        school_class=school_class,
        category=category,
        **values,
    )


def a_result(item: LineItem, student: Student, status: str, **more: object) -> Result:
    """What one student has for it."""
    made = Result(
        **rostered(f"{item.pk}-{student.pk}"), line_item=item, student=student, status=status, **more
    )
    made.save()
    return made


def a_grade_now(
    student: Student, school_class: SchoolClass, term: Term, mark: str, *, days_ago: int = 1, **more: object
) -> CurrentGrade:
    """The grade so far in a class."""
    made = CurrentGrade(
        **rostered(f"now-{student.pk}-{school_class.pk}-{term.pk}"),
        student=student,
        school_class=school_class,
        term=term,
        mark=mark,
        updated_at=now() - timedelta(days=days_ago),
        **more,
    )
    made.save()
    return made


def a_mark(student: Student, school_class: SchoolClass | None, term: Term, mark: str, **more: object) -> Mark:
    """A mark of a report card, posted yesterday."""
    values = {
        "type": "academic",
        "subject": school_class.title if school_class else "",
        "posted_at": now() - timedelta(days=1),
    } | more
    key = f"{student.pk}-{school_class and school_class.pk}-{term.pk}-{values['type']}-{values['subject']}-{mark}"
    made = Mark(**rostered(key), student=student, school_class=school_class, term=term, mark=mark, **values)
    made.save()
    return made


def at_a_glance(section: Section, grants: Sequence[Grant]) -> dict[int, HomeFact]:
    """What a section says of these students on the pages that show several things at once; by student."""
    return {pk: facts[section.key] for pk, facts in glances.said([(section, grants)]).items()}
