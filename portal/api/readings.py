"""The children of a person, and every section's reading: through the same gate as the pages, with the same record of access."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from portal.access import gate, rules
from portal.audit import log
from portal.people import door
from portal.record import arrivals, faces
from portal.record.contents import sections
from portal.record.section import Page, Section
from portal.web.request import Request

HOME = gate.Directory(key="children", may_see=(rules.linked,))

Reading = TypeVar("Reading")


@dataclass(frozen=True)
class OpenSection:
    key: str  # the last part of its address
    title: str
    sensitive: bool  # asks for an unlock


@dataclass(frozen=True)
class Child:
    ref: str  # names the child in addresses
    name: str
    first_name: str
    grade: str  # in words; empty until the record is open
    school: str  # empty until the record is open
    standing: str  # open, left, verify, turned_18, ended
    sections: tuple[OpenSection, ...]  # those that open now


@dataclass(frozen=True)
class Children:
    children: tuple[Child, ...]  # in the order they were linked


@dataclass(frozen=True)
class Answer(Generic[Reading]):
    """What surrounds a reading."""

    student: str  # the child's ref
    section: str
    as_of: datetime | None  # when the school last sent the oldest of its files; null when one never came
    late: bool  # older than the district's limit
    held: bool  # newer files wait for a person at the district
    reading: Reading


def children(request: Request, _body: None) -> Children:
    return Children(
        tuple(
            Child(
                ref=child.student.ref,
                name=child.student.name,
                first_name=child.student.first_name,
                grade=child.student.grade_words if child.standing.readable else "",
                school=child.student.school.name if child.standing.readable and child.student.school else "",
                standing=child.standing.value,
                sections=tuple(
                    OpenSection(section.key, str(section.title), section.sensitive)
                    for section in sections()
                    if gate.may(request.actor, child, section)
                ),
            )
            for child in request.actor.children
        )
    )


def reading(section: Section, page: Page) -> Callable[..., Answer[Any]]:
    """What the page of the same address shows."""

    def read(request: Request, _body: None, ref: str, **address: Any) -> Answer[Any]:
        grant = gate.admit(request.actor, ref, section)
        if section.sensitive or page.sensitive:
            door.fresh(request)
        found = page.read(grant, **address)
        log.note(grant, "see")
        as_of = arrivals.of(section.files, grant.student.source)
        return Answer(grant.student.ref, section.key, as_of.at, as_of.late, as_of.held, faces.plain(found))

    return read
