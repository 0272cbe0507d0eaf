"""Writes the record of access, in the transaction of what it tells of."""

from collections.abc import Sequence
from typing import Protocol

from portal.audit.models import Access
from portal.people.models import Person
from portal.students.models import Student


class Leave(Protocol):
    """What we remember of a grant; the gate makes it, and this room may not know the gate."""

    @property
    def person(self) -> Person: ...
    @property
    def role(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def student(self) -> Student: ...
    @property
    def section(self) -> str: ...
    @property
    def why(self) -> str: ...


def note(grant: Leave, action: str, why: str = "") -> None:
    """One row: this person, in this role, did this with this section of this student's record.

    why: the reason staff gave; by default the rule that allowed it.
    """
    note_each([grant], action, why)


def note_each(grants: Sequence[Leave], action: str, why: str = "") -> None:
    """The same for several students at once, in one statement."""
    Access.objects.bulk_create(
        Access(
            person=grant.person,
            role=grant.role,
            place=grant.place,
            student=grant.student,
            section=grant.section,
            action=action,
            why=why or grant.why,
        )
        for grant in grants
    )


def happened(
    person: Person,
    role: str,
    section: str,
    action: str,
    why: str,
    *,
    place: str = "",
    student: Student | None = None,
) -> None:
    """One row for what no grant stands behind: a search, a child linked, wrong tries.

    student: None when what was done concerns no one student, or when it was never clear whose child was meant.
    """
    Access.objects.create(
        person=person, role=role, place=place, student=student, section=section, action=action, why=why
    )
