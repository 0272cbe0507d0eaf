"""What changed grades mean to a family: a teacher posted one. Which one, only the page says."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from portal.record.timeline import Change, Happening
from portal.sections.grades.models import CurrentGrade, Mark
from portal.students.models import SchoolClass, Teaching

RECENT = timedelta(days=7)  # what is older was no news when it came, as on the first import
BATCH = 1000  # changes looked at together

sentences = {
    "grades.posted": _("%(teacher)s posted a grade in %(course)s."),
    "grades.posted_by_school": _("A grade was posted in %(course)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each class, day and student with a new or changed grade that may be seen now.

    The words need class and teacher, which a changed row does not carry: two queries for each BATCH.
    """
    told = set()
    ours = (change for change in changes if _is_news(change))
    while batch := list(islice(ours, BATCH)):
        named = _named({change.row.school_class_id for change in batch})
        for change in batch:
            row, on = change.row, localdate(_at(change.row))
            if (row.student_id, row.school_class_id, on) in told or row.school_class_id not in named:
                continue
            told.add((row.student_id, row.school_class_id, on))
            course, teacher = named[row.school_class_id]
            if teacher:
                yield Happening("grades.posted", row.student_id, on, {"teacher": teacher, "course": course})
            else:
                yield Happening("grades.posted_by_school", row.student_id, on, {"course": course})


def _is_news(change: Change) -> bool:
    row = change.row
    if not isinstance(row, Mark | CurrentGrade) or not row.active or row.school_class_id is None:
        return False
    if isinstance(row, Mark) and row.type != Mark.Type.ACADEMIC:
        return False
    if isinstance(row, Mark):
        changed = change.was("mark") != row.mark
    else:
        changed = (change.was("mark"), change.was("percent")) != (row.mark, row.percent)
    moment = now()
    return changed and moment - RECENT <= _at(row) <= moment


def _at(row: Mark | CurrentGrade) -> datetime:
    return row.posted_at if isinstance(row, Mark) else row.updated_at


def _named(pks: set[int]) -> dict[int, tuple[str, str]]:
    """Title and teacher of each class; the teacher empty when there is none."""
    titles = dict(SchoolClass.objects.filter(pk__in=pks).values_list("pk", "title"))
    teachers = {
        teaching.school_class_id: teaching.employee.name
        for teaching in Teaching.objects.filter(school_class__in=pks, active=True, ends=None)
        .select_related("employee")
        .order_by("primary", "-pk")
    }
    return {pk: (title, teachers.get(pk, "")) for pk, title in titles.items()}
