"""What changed grades mean to a family: a teacher posted one. Which one, only the page says."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from portal.record.gradebook.models import Mark
from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.grades.models import CurrentGrade
from portal.students.models import SchoolClass, Teaching

RECENT = timedelta(days=7)  # what is older was no news when it came, as on the first import

sentences: dict[str, Words] = {
    "grades.posted": _("%(teacher)s posted a grade in %(course)s."),
    "grades.posted_by_school": _("A grade was posted in %(course)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each class, day and student with a new or changed grade that may be seen now.

    The words need class and teacher, which a changed row does not carry: two queries for all changes.
    """
    news = {
        (row.student_id, row.school_class_id, localdate(_at(row))): None
        for change in changes
        if (row := _news(change)) and row.school_class_id is not None
    }
    named = _named([school_class for _student, school_class, _on in news])
    for student, school_class, on in news:
        course, teacher = named[school_class]
        if teacher:
            yield Happening("grades.posted", student, on, {"teacher": teacher, "course": course})
        else:
            yield Happening("grades.posted_by_school", student, on, {"course": course})


def _news(change: Change) -> Mark | CurrentGrade | None:
    """The row, when it is a new or changed grade of a class that may be seen since a few days."""
    row = change.row
    if isinstance(row, Mark):
        changed = row.type == Mark.Type.ACADEMIC and change.was("mark") != row.mark
    elif isinstance(row, CurrentGrade):
        changed = (change.was("mark"), change.was("percent")) != (row.mark, row.percent)
    else:
        return None
    moment = now()
    seen = row.active and moment - RECENT <= _at(row) <= moment
    return row if changed and seen else None


def _at(row: Mark | CurrentGrade) -> datetime:
    return row.posted_at if isinstance(row, Mark) else row.updated_at


def _named(pks: Collection[int]) -> dict[int, tuple[str, str]]:
    """Title and teacher of each class; the teacher empty when there is none."""
    titles = dict(SchoolClass.objects.filter(pk__in=pks).values_list("pk", "title"))
    teachers = {
        teaching.school_class_id: teaching.employee.name
        for teaching in Teaching.objects.filter(school_class__in=pks, active=True, ends=None)
        .select_related("employee")
        .order_by("primary", "-pk")
    }
    return {pk: (title, teachers.get(pk, "")) for pk, title in titles.items()}
