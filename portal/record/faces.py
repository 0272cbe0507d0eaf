"""What surrounds a reading on every face: the student, the switcher, the age of the record, the way on."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from portal.access import gate
from portal.access.grant import Grant
from portal.record import arrivals
from portal.record.contents import sections
from portal.record.section import Section


def template(request: HttpRequest, name: str) -> str:
    """The classic twin of a template when the person views in Classic Mode: attendance/classic/page.html."""
    if not request.classic:
        return name
    folder, _, page = name.rpartition("/")
    return f"{folder}/classic/{page}"


def open_sections(actor: gate.Actor, grant: Grant) -> list[Section]:
    """The sections that open for this student, in their order."""
    if grant.child is None:
        return [grant_section for grant_section in sections() if grant_section.key == grant.section]
    return [section for section in sections() if gate.may(actor, grant.child, section)]


def around(request: HttpRequest, section: Section, grant: Grant) -> dict[str, Any]:
    """Context of every page of a section."""
    shown = open_sections(request.actor, grant)
    place = shown.index(section)
    done = next((act.done for act in section.acts if act.name == request.GET.get("done")), None)
    return {
        "section": section,
        "grant": grant,
        "student": grant.student,
        "children": [child for child in request.actor.children if child.standing.readable],
        "as_of": arrivals.of(section.files, grant.student.source),
        "done": done,
        "before": shown[place - 1] if place else None,
        "after": shown[place + 1] if place + 1 < len(shown) else None,
        "query": request.GET,
    }


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
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    return value
