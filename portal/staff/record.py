"""T8: the parents' pages for staff to read, and never to change; what a chosen adult would see of them, too.

The sections' own readings and templates are shown in the school's shell. While a page is made, the names of the
record's addresses lead to /staff/students/<s>/record/…; links that would leave the school's side become words.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse, set_urlconf
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import portal.record.urls  # noqa: F401 - brings the kinds of parts its addresses have: ref, day, month
from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.family.models import Guardianship
from portal.family.standing import Standing
from portal.paper.sheets import NotReady
from portal.people.asking import seeing_as
from portal.people.door import View, asks
from portal.people.limits import TooMany
from portal.record import arrivals, faces, glances, printed
from portal.record.contents import sections
from portal.record.home import groups
from portal.record.section import Page, Paper, Section
from portal.staff import sign_on
from portal.staff.directory import RECORD
from portal.staff.reasons import with_reason
from portal.staff.views import fresh, on_duty
from portal.web.request import Request

NAMES = "portal.staff.record_names"  # the portal's addresses, those of the record led here
LINK = re.compile(r'<a\b([^>]*?)\shref="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
MAIN = re.compile(r"(<main\b[^>]*>)(.*)(</main>)", re.DOTALL)
BELOW = "staff/students/<ref:ref>/record/"


@asks(RECORD)
@on_duty
@require_safe
def home(request: Request, ref: str) -> HttpResponse:
    """The student's page as parents have it: the sections that open to this post, and to the chosen adult."""
    return _shown(request, ref, RECORD, _home)


def page_view(section: Section, page: Page) -> View:
    """One page of a section."""

    @require_safe
    def show(request: Request, ref: str, **address: Any) -> HttpResponse:
        if (section.sensitive or page.sensitive) and not _fresh_enough(request, ref, section):
            return redirect(sign_on.address(request.get_full_path(), fresh=True))

        def fill(grant: Grant) -> tuple[str, dict[str, Any]]:
            return page.template, _around(section, grant, page) | {"reading": page.read(grant, **address)}

        return _shown(request, ref, section, fill)

    return asks(section)(on_duty(with_reason(show)))


def paper_view(section: Section, paper: Paper) -> View:
    """A PDF of a section, as parents download it."""

    @require_safe
    def show(request: Request, ref: str, **address: Any) -> HttpResponse:
        chosen = _chosen(request)
        if section.sensitive and not _fresh_enough(request, ref, section):
            return redirect(sign_on.address(request.get_full_path(), fresh=True))
        try:
            grant = _admit(request.actor, ref, section, chosen)
        except (gate.Closed, gate.NotOpen):
            raise gate.NotHere from None
        log.note(grant, "print")
        try:
            with seeing_as(chosen):
                sheet = paper.sheet(grant, **address)
                pdf = printed.pdf(grant, printed.named(address), sheet)
        except (NotReady, TooMany):
            return redirect(f"{reverse(f'staff_record_{section.key}', args=[ref])}?paper=late")
        headers = {"Content-Disposition": f'inline; filename="{paper.file}"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    return asks(section)(on_duty(with_reason(show)))


def addresses(before: str = "") -> Iterator[URLPattern]:
    """The readable addresses of every section; acts and JSON have none here. before: put before their names."""
    for section in sections():
        main = Page("", "", section.read, f"{section.key}/page.html")
        below = f"{BELOW}{section.key}/"
        yield path(below, page_view(section, main), name=f"{before}{section.key}")
        for page in section.pages:
            yield path(below + page.path, page_view(section, page), name=f"{before}{section.key}_{page.name}")
        for paper in section.papers:
            yield path(
                below + paper.path, paper_view(section, paper), name=f"{before}{section.key}_{paper.name}"
            )


def _shown(
    request: Request,
    ref: str,
    asked: gate.Ruled,
    fill: Callable[[Grant], tuple[str, dict[str, Any]]],
) -> HttpResponse:
    """The page with the banner; in its place, why the chosen adult would not see it."""
    staff = gate.admit(request.actor, ref, asked)
    chosen = _chosen(request)
    log.note(staff, "see")
    context: dict[str, Any] = {
        "shell": "staff/record.html",
        "grant": staff,
        "student": staff.student,
        "adults": _adults(staff),
        "chosen": chosen,
        "here": request.path,
        "query": request.GET,
    }
    set_urlconf(NAMES)
    try:
        try:
            grant = _admit(request.actor, ref, asked, chosen)
        except (gate.Closed, gate.NotOpen) as shut:
            context |= {"trail_steps": _trail(staff, _("Record")), "why": _why(shut)}
            page = render(request, "staff/record_shut.html", context)
        else:
            with seeing_as(chosen):
                template, further = fill(grant)
                page = render(request, template, context | {"grant": grant} | further)
    finally:
        set_urlconf(settings.ROOT_URLCONF)
    page.content = _read_only(page.content.decode(), reverse("staff_record", args=[ref]), chosen).encode()
    return page


def _admit(actor: gate.Actor, ref: str, asked: gate.Ruled, chosen: int) -> Grant:
    return gate.admit_as(actor, ref, asked, chosen) if chosen else gate.admit(actor, ref, asked)


def _why(shut: gate.Closed | gate.NotOpen) -> str:
    """Why the adult would not see it, for a clerk who has to explain it; never what an order says."""
    if isinstance(shut, gate.NotOpen):
        return _("This section does not open with the rights the school has for this adult.")
    if shut.child.standing is Standing.TURNED_18:
        return _("The student is 18 now. The record belongs to the student.")
    if shut.child.standing is Standing.VERIFY:
        return _("This adult must check the PIN again before the record opens.")
    return _("The school does not list this adult as someone who may see records now.")


def _home(grant: Grant) -> tuple[str, dict[str, Any]]:
    grants = [(section, gate.also(grant, section)) for section in sections()]
    facts = glances.said((section, [leave] if leave else []) for section, leave in grants)
    of_student = facts.get(grant.student.pk, {})
    shown = faces.in_order((section for section, leave in grants if leave), grant)
    return "record/student.html", {
        "child": grant.child,
        "chips": [],
        "trail_steps": _trail(grant, _("Record")),
        "as_of": arrivals.of({file for section in shown for file in section.files}, grant.student.source),
        "today_words": [fact.today for fact in of_student.values() if fact.today],
        "needs": [],
        "groups": groups(shown, of_student),
        "missing": None,
    }


def _around(section: Section, grant: Grant, page: Page) -> dict[str, Any]:
    """What surrounds a reading; family pages have the same names from faces.around."""
    shown = faces.in_order((each for each in sections() if gate.opens_too(grant, each)), grant)
    place = shown.index(section)
    ref = grant.student.ref

    def step(at: int) -> tuple[Any, str] | None:
        return (shown[at].title, reverse(shown[at].key, args=[ref])) if 0 <= at < len(shown) else None

    steps = [(section.title, reverse(section.key, args=[ref]) if page.title else "")]
    return {
        "section": section,
        "chips": [],
        "trail_steps": _trail(grant, _("Record"), *steps, *([(page.title, "")] if page.title else [])),
        "as_of": arrivals.of(section.files, grant.student.source),
        "done": None,
        "since": None,
        "before": step(place - 1),
        "after": step(place + 1),
    }


def _trail(grant: Grant, record: str, *steps: tuple[Any, str]) -> list[tuple[Any, str]]:
    ref = grant.student.ref
    return [
        (_("Parent/Student Search"), reverse("staff_search")),
        (grant.student.name, reverse("staff_student", args=[ref])),
        (record, reverse("staff_record", args=[ref]) if steps else ""),
        *steps,
    ]


def _adults(grant: Grant) -> list[Guardianship]:
    """The adults on file: those whose view may be chosen."""
    rights = Guardianship.objects.filter(student=grant.student, active=True).select_related("guardian")
    return list(rights.order_by("contact_priority", "pk"))


def _chosen(request: Request) -> int:
    said = request.GET.get("as", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0


def _fresh_enough(request: Request, ref: str, section: Section) -> bool:
    """Asked after the gate, so that what is not theirs stays not there."""
    gate.admit(request.actor, ref, section)
    return fresh(request)


def _read_only(page: str, below: str, chosen: int) -> str:
    """Keeps the chosen adult from page to page; takes out forms and unlinks what leads to the family's side."""
    carried = f"as={chosen}" if chosen else ""

    def link(found: re.Match[str]) -> str:
        before, href, after, words = found.groups()
        inside = href.startswith((below, "?"))
        if href.startswith("/") and not href.startswith("/staff/"):
            return words
        if inside and carried and "as=" not in href:
            at, hash_, rest = href.partition("#")
            href = f"{at}{'&amp;' if '?' in at else '?'}{carried}{hash_}{rest}"
        return f'<a{before} href="{href}"{after}>{words}</a>'

    def main(found: re.Match[str]) -> str:
        return found[1] + LINK.sub(link, FORM.sub("", found[2])) + found[3]

    return MAIN.sub(main, page)
