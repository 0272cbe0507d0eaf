"""The faces of every section: page, classic page, JSON, further pages, and the acts a person may do.

A request takes five steps: find the section, ask the gate for the grant, read, show, remember why.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import gate
from portal.audit import log
from portal.paper.sheets import NotReady
from portal.people import door
from portal.people.forms import posted
from portal.people.limits import TooMany
from portal.record import arrivals, faces, forms_sent, printed, visits
from portal.record.section import Act, Page, Paper, Section
from portal.web.request import Request


def _door(section: Section, view: door.View) -> door.View:
    return door.asks(section)(door.family_only(view))


def page_view(section: Section, page: Page) -> Callable[..., HttpResponse]:
    """The view of one page of a section; `page` is the section's own for its main address."""

    @require_safe
    def show(request: Request, ref: str, **address: Any) -> HttpResponse:
        grant = gate.admit(request.actor, ref, section)
        if section.sensitive or page.sensitive:
            door.fresh(request)
        reading = page.read(grant, **address)
        log.note(grant, "see")
        since = visits.look(grant) if section.visits and not page.name else None
        context = faces.around(request, section, grant, page.title) | {"reading": reading, "since": since}
        return render(request, faces.template(request, page.template), context)

    return _door(section, show)


def paper_view(section: Section, paper: Paper) -> Callable[..., HttpResponse]:
    """A PDF of the section; when it cannot be set now, the section's page says so."""

    @require_safe
    def show(request: Request, ref: str, **address: Any) -> HttpResponse:
        grant = gate.admit(request.actor, ref, section)
        if section.sensitive:
            door.fresh(request)
        sheet = paper.sheet(grant, **address)
        log.note(grant, "print")
        try:
            pdf = printed.pdf(grant, printed.named(address), sheet)
        except (NotReady, TooMany):
            return redirect(reverse(section.key, args=[ref]) + "?paper=late")
        headers = {"Content-Disposition": f'inline; filename="{paper.file}"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    return _door(section, show)


def json_view(section: Section) -> Callable[..., HttpResponse]:
    """The same reading as the page, as JSON."""

    @require_safe
    def show(request: Request, ref: str) -> HttpResponse:
        grant = gate.admit(request.actor, ref, section)
        if section.sensitive:
            door.fresh(request)
        reading = section.read(grant)
        log.note(grant, "see")
        as_of = arrivals.of(section.files, grant.student.source)
        return JsonResponse(
            {
                "student": grant.student.ref,
                "section": section.key,
                "as_of": as_of.at,
                "reading": faces.plain(reading),
            },
            json_dumps_params={"ensure_ascii": False},
        )

    return _door(section, show)


def act_view(section: Section, act: Act) -> Callable[..., HttpResponse]:
    """A form of the section: shown, checked, done once, answered on the section's page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def do(request: Request, ref: str, **address: Any) -> HttpResponse:
        grant = gate.admit(request.actor, ref, section)
        if not grant.may_change:
            raise gate.NotOpen(grant.student)
        door.fresh(request)
        answer = reverse(section.key, args=[ref]) + f"?done={act.name}"
        context = act.context(grant, **address)
        form = act.form(posted(request))
        act.fill(form, grant, **address)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():  # a refusal takes the one-time key back with it
                    once = forms_sent.first_time(grant.person, request.POST.get("once", ""), answer)
                    if not once.repeated:
                        act.do(grant, form, **address)
                        log.note(grant, act.name)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect(once.answer)
        around = faces.around(request, section, grant, act.title) | {
            "form": form,
            "act": act,
            "once": forms_sent.new_key(),
        }
        status = 422 if form.errors else 200
        return render(request, faces.template(request, act.template), around | context, status=status)

    return _door(section, do)


def family_view(section: Section) -> Callable[..., HttpResponse]:
    """One reading of the section across all children of the person."""

    @require_safe
    def show(request: Request) -> HttpResponse:
        grants = gate.admit_each(request.actor, section)
        if section.sensitive:
            door.fresh(request)
        assert section.family is not None
        reading = section.family(grants)
        log.note_each(grants, "see")
        context = {
            "reading": reading,
            "section": section,
            "children": [grant.child for grant in grants],
            "as_of": arrivals.of(section.files, *(grant.student.source for grant in grants)),
            "trail_steps": [(_("Home"), reverse("home")), (section.title, "")],
            "query": request.GET,
        }
        return render(request, faces.template(request, f"{section.key}/family.html"), context)

    return _door(section, show)
