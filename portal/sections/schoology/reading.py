"""What a family reads of the course site: whether it is connected, and the child's classes with the work of each."""

from dataclasses import dataclass

from portal.access.grant import Grant
from portal.record.gradebook import classes


@dataclass(frozen=True)
class Course:
    """One class, with the way to its work here."""

    ref: str
    title: str
    teachers: tuple[str, ...]
    has_work: bool
    not_turned_in: int  # pieces of work


@dataclass(frozen=True)
class Schoology:
    connected: bool  # whether the door is open for the student's school
    school: str  # empty when the student has none
    courses: tuple[Course, ...]


def read(grant: Grant) -> Schoology:
    """The classes of the school year; one query. No district has connected a course site yet: that is a bridge's to say."""
    mine = classes.of(grant)[grant.student.pk]
    return Schoology(
        connected=False,
        school=grant.student.school.name if grant.student.school else "",
        courses=tuple(
            Course(
                ref=each.ref,
                title=each.title,
                teachers=tuple(teacher.name for teacher in each.teachers),
                has_work=each.has_work,
                not_turned_in=each.not_turned_in,
            )
            for each in mine.kept
            if each.type != "homeroom"
        ),
    )
