"""Writes the record of access, in the transaction of what it tells of."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from portal.audit.asking import now_asking
from portal.audit.models import Access, Purpose
from portal.people.models import Person
from portal.people.statements import Statement
from portal.students.models import Org, Student

MACHINE = "machine"  # the role of a service or key


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


def note(grant: Leave, action: str, *, about: int | None = None) -> None:
    """One row: this person, in this role, did this with this section of this student's record.

    about: the guardianship a PIN, letter or address was of; only that guardian reads of it.
    """
    _write([_row(grant, action, about)])


def note_each(grants: Sequence[Leave], action: str, *, about: Sequence[int] | None = None) -> None:
    """The same for several students at once, in one statement. about: a guardianship for each grant."""
    each: Sequence[int | None] = about or [None] * len(grants)
    _write([_row(grant, action, one) for grant, one in zip(grants, each, strict=True)])


def happened(
    person: Person,
    role: str,
    section: str,
    action: str,
    why: str,
    *,
    place: str = "",
    org: Org | None = None,
    student: Student | None = None,
    words: str = "",
) -> None:
    """One row for what no grant stands behind: a search, a child linked, wrong tries.

    student: None when what was done concerns no one student, or when it was never clear whose child was meant.
    org: where it was done, when there is no student. words: a reason given for this act alone.
    """
    row = Access(person=person, role=role, place=place, student=student, section=section, action=action)
    row.why = why
    row.org_id = student.school_id if student else org.pk if org else None
    _write([row], words)


def disclosed(machine: str, student: Student, section: str, action: str, why: str) -> None:
    """One row for what left the portal without a person asking.

    machine: the name of the service or key, as a family may read it.
    """
    row = Access(machine=machine, role=MACHINE, student=student, section=section, action=action, why=why)
    row.org_id = student.school_id
    _write([row])


def ran(machine: str, section: str, action: str, why: str) -> None:
    """One row for what the portal's own machinery did without a person asking, about no one student."""
    _write([Access(machine=machine, role=MACHINE, section=section, action=action, why=why)])


def _row(grant: Leave, action: str, about: int | None = None) -> Access:
    return Access(
        person=grant.person,
        role=grant.role,
        place=grant.place,
        org_id=grant.student.school_id,
        student=grant.student,
        about=about,
        section=grant.section,
        action=action,
        why=grant.why,
    )


def _write(rows: Sequence[Access], words: str = "") -> None:
    asking = now_asking()
    purpose = (Purpose.OTHER.value, words) if words else (asking.purpose, asking.words)
    for row in rows:
        row.request_id = asking.request_id
        row.purpose, row.purpose_words = purpose
    if 0 < len(rows) <= FEW:
        _inserting(len(rows)).rows(*(getattr(row, name) for row in rows for name in NAMES))
    else:
        Access.objects.bulk_create(rows)


FEW = 10  # children of a family, with room
NAMES = [fld.attname for fld in Access._meta.concrete_fields if not fld.primary_key]


@cache
def _inserting(rows: int) -> Statement:
    """A family's every look writes here, so the text is made once for each number of rows."""
    columns = ", ".join(f'"{name}"' for name in NAMES)
    start = f'INSERT INTO "{Access._meta.db_table}" ({columns}) VALUES ('  # noqa: S608 - columns of our own
    within = [", "] * (len(NAMES) - 1)
    return Statement([start, *within, *(["), (", *within] * (rows - 1)), ")"])
