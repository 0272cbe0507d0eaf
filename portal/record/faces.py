"""What surrounds a reading on every face: the student, the switcher, the age of the record, the way on."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.access import gate
from portal.access.grant import Grant
from portal.family.standing import Child
from portal.record import arrivals, glances
from portal.record.contents import sections
from portal.record.section import Glance, Group, Place, Section, Words
from portal.web.addresses import url
from portal.web.request import Request


@dataclasses.dataclass(frozen=True)
class Chip:
    """One child in the switcher: the same section of that child, or the child's page when that section is not open."""

    name: str
    colour: int
    href: str
    current: bool


def template(request: Request, name: str) -> str:
    """The classic twin of a template when the person views in Classic Mode: attendance/classic/page.html."""
    if not request.classic:
        return name
    folder, _, page = name.rpartition("/")
    return f"{folder}/classic/{page}"


def open_sections(actor: gate.Actor, grant: Grant) -> list[Section]:
    """The sections that open for this student, in their order."""
    if grant.child is None:
        return [grant_section for grant_section in sections() if grant_section.key == grant.section]
    return in_order([section for section in sections() if gate.may(actor, grant.child, section)], grant)


def in_order(found: Iterable[Section], grant: Grant) -> list[Section]:
    """The sections as the student's school orders its tiles."""
    school = grant.student.school
    return ordered(found, school.settings.tile_order if school else ())


def ordered(found: Iterable[Section], keys: Sequence[str]) -> list[Section]:
    """Groups stay; within them those that are named come first, then the others in the usual order."""
    at, groups = {key: n for n, key in enumerate(keys)}, list(Group)
    return sorted(found, key=lambda section: (groups.index(section.group), at.get(section.key, len(at))))


def around(request: Request, section: Section, grant: Grant, further: Words = "") -> dict[str, Any]:
    """Context of every page of a section.

    further: the name of a page below the section's own; the trail then leads through the section.
    """
    shown = open_sections(request.actor, grant)
    place = shown.index(section)
    done = next((act.done for act in section.acts if act.name == request.GET.get("done")), None)
    ref = grant.student.ref
    return {
        "section": section,
        "grant": grant,
        "student": grant.student,
        "chips": chips(request.actor, grant.student.ref, section),
        "trail_steps": [
            (_("Home"), url("home")),
            (grant.student.first_name, url("student", ref=ref)),
            (section.title, url(section.key, ref=ref) if further else ""),
            *([(further, "")] if further else []),
        ],
        "as_of": arrivals.of(section.files, grant.student.source),
        "done": done,
        "before": _step(shown[place - 1], ref) if place else None,
        "after": _step(shown[place + 1], ref) if place + 1 < len(shown) else None,
        "query": request.GET,
    }


def chips(actor: gate.Actor, ref: str, section: Section | None = None) -> list[Chip]:
    """The children of the switcher, each leading to the same section, or to their own page where they lack it."""
    readable = [child for child in actor.children if child.standing.readable]
    lacking = _lacking(actor, section) if section and len(readable) > 1 else set()

    def href(child: Child) -> str:
        home = url("student", ref=child.student.ref)
        if section is None:
            return home
        if child.student.pk in lacking or not gate.may(actor, child, section):
            return f"{home}?missing={section.key}"
        return url(section.key, ref=child.student.ref)

    return [
        Chip(child.student.first_name, child.colour, href(child), child.student.ref == ref)
        for child in readable
    ]


def _lacking(actor: gate.Actor, section: Section) -> set[int]:
    """The students who have no such page to switch to; at most one query."""
    if not isinstance(section.home, Glance):
        return set()
    facts = glances.said([(section, gate.admit_each(actor, section))])
    return {student for student, said in facts.items() if said[section.key].place is not Place.GROUP}


def _step(section: Section, ref: str) -> tuple[Words, str]:
    return section.title, url(section.key, ref=ref)


def plain(value: Any) -> Any:
    """A reading as JSON types; the keys are the field names, decimals stay text, codes stay codes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    return value
