"""The privacy pages: behind the unlock, never kept on a device, for the adult's own children."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.people.door import asks, family_only, fresh
from portal.privacy import cases, copies, looks
from portal.privacy.directory import COPY, CORRECTION, LOG
from portal.privacy.forms import Ask, Choose, Correct, Note
from portal.privacy.models import Copy, Correction
from portal.record import faces, forms_sent
from portal.record.contents import sections
from portal.record.section import Words
from portal.web.request import Request

SHOWN = ("GET", "HEAD", "POST")
LINES, CLASSIC_LINES = 20, 10  # of the log on one page; a classic page stays below 10 KB


@family_only
@require_safe
def overview(request: Request) -> HttpResponse:
    """Each child with its three pages, and what we collect."""
    fresh(request)
    children = [child for child in request.actor.children if gate.may(request.actor, child, LOG)]
    return render(request, "privacy/overview.html", {"children": children})


@asks(LOG)
@family_only
@require_safe
def looked(request: Request, ref: str) -> HttpResponse:
    """Who has looked at the child's record, month by month."""
    grant = gate.admit(request.actor, ref, LOG)
    fresh(request)
    reading = looks.read(grant, _month(request.GET.get("month", "")))
    log.note(grant, "see")
    page = max(1, int(said) if (said := request.GET.get("page", "")).isascii() and said.isdigit() else 1)
    lines = CLASSIC_LINES if request.classic else LINES
    pages = max(1, -(-len(reading.looks) // lines))
    page = min(page, pages)
    month = f"month={reading.month:%Y-%m}&" if reading.month else ""
    context = _around(request, grant, _("Who has looked")) | {
        "reading": reading,
        "looks": reading.looks[(page - 1) * lines : page * lines],
        "page": page,
        "pages": pages,
        "address": f"?{month}page=",
        "asked": "asked" in request.GET,
        "months_kept": settings.DISTRICT.privacy.log_months,
    }
    return render(request, "privacy/log.html", context)


@asks(LOG)
@family_only
@require_http_methods(SHOWN)
def ask(request: Request, ref: str, day: date, look: str) -> HttpResponse:
    """I don't know why: a question to the school about one look."""
    grant = gate.admit(request.actor, ref, LOG)
    fresh(request)
    row = looks.find(grant, day, look)
    if row is None or not grant.may_change:
        raise Http404
    form = Ask(_posted(request))
    if request.method == "POST" and form.is_valid():
        cases.ask(grant, row, form.cleaned_data["words"])
        return redirect(reverse("privacy_log", args=[ref]) + f"?month={day:%Y-%m}&asked=1")
    context = _around(request, grant, _("Ask the school"), LOG) | {
        "form": form,
        "look": looks.line(row),
        "days": settings.DISTRICT.privacy.question_days,
    }
    return render(request, "privacy/ask.html", context, status=422 if form.errors else 200)


@asks(CORRECTION)
@family_only
@require_http_methods(SHOWN)
def correction(request: Request, ref: str) -> HttpResponse:
    """The requests for a correction so far, and a new one."""
    grant = gate.admit(request.actor, ref, CORRECTION)
    fresh(request)
    form, status = Correct(_posted(request), _sections(request, grant)), 200
    answer = reverse("privacy_correction", args=[ref]) + "?sent=1"
    if request.method == "POST" and not grant.may_change:
        raise gate.NotOpen(grant.student)
    if request.method == "POST" and form.is_valid():
        once = forms_sent.first_time(grant.person, request.POST.get("once", ""), answer)
        try:
            if not once.repeated:
                cases.correct(grant, **form.cleaned_data)
            return redirect(once.answer)
        except cases.TooManyOpen:
            form.add_error(None, _("Ten requests wait for an answer. Wait for the school, then ask again."))
            status = 429
    if request.method != "POST":
        log.note(grant, "see")
    context = _around(request, grant, _("Ask for a correction")) | {
        "form": form,
        "may_ask": grant.may_change,
        "requests": list(cases.of(grant).order_by("-asked_at")),
        "titles": dict(_all_titles()),
        "sent": "sent" in request.GET and not form.errors,
        "due": localdate() + timedelta(days=settings.DISTRICT.privacy.correction_days),
        "once": forms_sent.new_key(),
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "privacy/correction.html", context, status=status)


@asks(CORRECTION)
@family_only
@require_http_methods(SHOWN)
def request_(request: Request, ref: str, case: str) -> HttpResponse:
    """One request: what was asked, what the school answered, and what the family can do then."""
    grant = gate.admit(request.actor, ref, CORRECTION)
    fresh(request)
    found: Correction | None = cases.of(grant).filter(ref=case).first()
    if found is None:
        raise Http404
    form = Note(request.POST if "note" in request.POST else None, initial={"note": found.note})
    here = reverse("privacy_request", args=[ref, case])
    if request.method == "POST" and grant.may_change:
        if "hearing" in request.POST:
            cases.ask_for_a_hearing(grant, found)
            return redirect(here + "?done=hearing")
        if form.is_valid():
            cases.put_note(grant, found, form.cleaned_data["note"])
            return redirect(here + "?done=note")
    if request.method != "POST":
        log.note(grant, "see")
    context = _around(request, grant, _("Your request"), CORRECTION) | {
        "form": form,
        "asked": found,
        "title": dict(_all_titles()).get(found.section, found.section),
        "may_change": grant.may_change,
        "done": request.GET.get("done", ""),
    }
    return render(request, "privacy/request.html", context, status=422 if form.errors else 200)


@asks(COPY)
@family_only
@require_http_methods(SHOWN)
def copy(request: Request, ref: str) -> HttpResponse:
    """Choose what is in the copy; how far the making is; the files that are ready."""
    grant = gate.admit(request.actor, ref, COPY)
    fresh(request)
    form, status = Choose(_posted(request), _sections(request, grant)), 200
    if request.method == "POST" and form.is_valid():
        try:
            copies.ask(grant, form.cleaned_data["sections"])
            return redirect(request.path)
        except copies.EnoughToday:
            form.add_error(None, _("You asked for as many files as we make in a day. Try again tomorrow."))
            status = 429
    if request.method != "POST":
        log.note(grant, "see")
    mine = Copy.objects.filter(person=grant.person, student=grant.student).order_by("-asked_at")
    titles = dict(_all_titles())
    made = [(one, [titles[key] for key in one.sections if key in titles]) for one in mine[:5]]
    context = _around(request, grant, _("Get a copy")) | {
        "form": form,
        "copies": made,
        "waiting": any(one.state == Copy.State.WAITING for one, _titles in made),
        "hours": settings.DISTRICT.privacy.copy_hours,
        "minutes": settings.DISTRICT.privacy.copy_minutes,
        "State": Copy.State,
        "now": now(),
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "privacy/copy.html", context, status=status)


@asks(COPY)
@family_only
@require_safe
def copy_file(request: Request, ref: str, copy: str, part: str) -> HttpResponse:
    """A file of a copy that is ready, for the adult who asked, while each section in it is still open."""
    grant = gate.admit(request.actor, ref, COPY)
    fresh(request)
    mine = Copy.objects.filter(person=grant.person, student=grant.student)
    found = mine.filter(ref=copy, state=Copy.State.READY, expires_at__gt=now()).first()
    if found is None:
        raise Http404
    content = copies.read(grant, request.actor, found, part)
    log.note(grant, "copy_opened")
    paper = part == copies.PAPER
    kind = "application/pdf" if paper else "application/json; charset=utf-8"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="school-{part}"'
    return answer


def _around(
    request: Request, grant: Grant, title: Words, below: gate.Directory | None = None
) -> dict[str, Any]:
    """Context of every page of one child. below: the page that this one lies under."""
    ref = grant.student.ref
    above = {
        LOG: (_("Who has looked"), reverse("privacy_log", args=[ref])),
        CORRECTION: (_("Ask for a correction"), reverse("privacy_correction", args=[ref])),
    }
    steps = [(_("Home"), reverse("home")), (_("Privacy"), reverse("privacy"))]
    if below is not None:
        steps.append(above[below])
    return {"student": grant.student, "trail_steps": [*steps, (title, "")]}


def _posted(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _sections(request: Request, grant: Grant) -> list[tuple[str, Words]]:
    """The sections of the record that are open to this adult."""
    return [(section.key, section.title) for section in faces.open_sections(request.actor, grant)]


def _all_titles() -> list[tuple[str, Words]]:
    return [(section.key, section.title) for section in sections()]


def _month(said: str) -> date | None:
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        return None
