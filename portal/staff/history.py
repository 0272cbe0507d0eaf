"""History of one student at the counter: who of the school's side did what, and when parents were linked."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.access import gate
from portal.access.grant import Grant
from portal.access.models import Post
from portal.audit import log
from portal.audit.models import Access
from portal.family.models import Link
from portal.people.door import asks
from portal.staff import words
from portal.staff.directory import CARD
from portal.staff.views import on_duty
from portal.web.request import Request

SHOWN = 100


@dataclass(frozen=True)
class Event:
    """One line: what happened, by whom in which role and place."""

    at: datetime
    what: str | Promise
    who: str = ""
    role: str | Promise = ""
    place: str = ""


@asks(CARD)
@on_duty
@require_safe
def view(request: Request, ref: str) -> HttpResponse:
    """The newest events first."""
    grant = gate.admit(request.actor, ref, CARD)
    log.note(grant, "history_seen")
    context = {"student": grant.student, "events": events(grant)}
    return render(request, "staff/history.html", context)


def events(grant: Grant) -> list[Event]:
    """Looks and acts of staff, and links made or ended; never what a parent looked at, nor from where."""
    roles = dict(Post.Role.choices)
    looks = Access.objects.filter(student=grant.student, role__in=roles).exclude(action="history_seen")
    found = [
        Event(
            at=look.at,
            what=words.did(look.action),
            who=look.person.name if look.person else "",
            role=roles.get(look.role, ""),
            place=look.place,
        )
        for look in looks.select_related("person").order_by("-at", "-pk")[:SHOWN]
    ]
    links = Link.objects.filter(guardianship__student=grant.student).select_related("guardianship__guardian")
    for link in links:
        name = link.guardianship.guardian.name
        found.append(Event(link.made_at, _("A parent added the student to an account"), who=name))
        if link.ended_at:
            found.append(Event(link.ended_at, _("A parent's link ended"), who=name))
    return sorted(found, key=lambda event: event.at, reverse=True)[:SHOWN]
