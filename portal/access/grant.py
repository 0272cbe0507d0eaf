"""Leave to see or change one section of one student's record, and why it was given."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from portal.access.models import Post
from portal.family.models import Guardianship
from portal.family.standing import Child
from portal.people.models import Person
from portal.students.models import Student


@dataclass(frozen=True)
class Grant:
    """Made by the gate alone; a house test holds every other file to that."""

    person: Person
    student: Student
    section: str  # its key
    may_change: bool
    why: str  # name of the rule that said yes
    on: date  # the day it was given, in the school's time zone
    child: Child | None = None  # for a family
    post: Post | None = None  # for staff

    @property
    def guardianship(self) -> Guardianship | None:
        return self.child.guardianship if self.child else None

    @property
    def role(self) -> str:
        return self.post.role if self.post else "guardian"

    @property
    def place(self) -> str:
        return self.post.place.name if self.post else ""


@dataclass(frozen=True)
class Reach:
    """Leave to look for rows of one kind among all students that a staff member's posts cover; the gate's to make."""

    section: str
    students: QuerySet[Student]
