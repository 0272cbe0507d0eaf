"""The family's own pages: the list of students, Add Student, Verify PIN, taking a child off."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal.family import linking
from portal.family.forms import AddStudent, VerifyPin
from portal.family.models import Link
from portal.family.standing import Child, Standing
from portal.people import limits, mail_links
from portal.people.door import anyone, asks, family_only
from portal.people.models import MailLink
from portal.web import formats
from portal.web.request import Request


@family_only
@require_safe
def students(request: Request) -> HttpResponse:
    """The children on this account and how things stand with each; without one, how to begin."""
    children = request.actor.children
    context = {"children": children, "Standing": Standing, "done": request.GET.get("done", "")}
    return render(request, "family/students.html" if children else "family/no_students.html", context)


@family_only
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """A parent types what the letter from school says and meets their child."""
    form = AddStudent(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        person = request.person
        if form.is_valid() and form.prove_human(request, person.email, person.language):
            said = form.cleaned_data

            def link() -> Link:
                return linking.link(
                    person, said["student_id"], said["birth"], said["pin"], limits.network(request)
                )

            made, status = _tried(form, link)
            if made is not None:
                return redirect("student_added", made.guardianship.student.ref)
    return render(request, "family/add.html", {"form": form}, status=status)


@asks("link")
@family_only
@require_safe
def added(request: Request, ref: str) -> HttpResponse:
    """The child who was just added, so that a wrong child is noticed."""
    return render(request, "family/added.html", {"child": _child(request, ref)})


@asks("link")
@family_only
@require_http_methods(["GET", "HEAD", "POST"])
def verify_pin(request: Request, ref: str) -> HttpResponse:
    """The PIN is typed again for a child who is on the account, so that the record stays open."""
    child = _child(request, ref)
    form = VerifyPin(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():

            def verify() -> Link:
                linking.verify(child.link, form.cleaned_data["pin"], limits.network(request))
                return child.link

            made, status = _tried(form, verify)
            if made is not None:
                return redirect(reverse("students") + "?done=verified")
    context = {"form": form, "child": child, "closed": child.standing == Standing.VERIFY}
    return render(request, "family/verify_pin.html", context, status=status)


@asks("link")
@family_only
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, ref: str) -> HttpResponse:
    """Asks, and takes the child off the account."""
    child = _child(request, ref)
    if not request.session.unlocked:
        return redirect(reverse("unlock") + "?" + urlencode({"next": request.path}))
    if request.method == "POST":
        linking.remove(child.link)
        return redirect(reverse("students") + "?done=removed")
    return render(request, "family/remove.html", {"child": child})


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: Request, token: str) -> HttpResponse:
    """From the mail about a new link: looking changes nothing, the button closes the link."""
    found = mail_links.find(MailLink.Purpose.NOT_ME, token)
    key = found.about.get("link", 0) if found else 0
    if found is None or not linking.not_me(key, close=False):
        return render(request, "family/not_me.html", {"state": "too_old"}, status=410)
    if request.method == "POST":
        if mail_links.spend(found):
            linking.not_me(key, close=True)
        return render(request, "family/not_me.html", {"state": "closed"})
    return render(request, "family/not_me.html", {"state": "asked"})


@anyone
@require_safe
def find_pin(request: Request) -> HttpResponse:
    """What a PIN letter looks like, and the ways to get one."""
    return render(request, "family/find_pin.html")


def _child(request: Request, ref: str) -> Child:
    for child in request.actor.children:
        if child.student.ref == ref:
            return child
    raise Http404


def _tried(form: forms.Form, act: Callable[[], Link]) -> tuple[Link | None, int]:
    """What came of it, and the status of the answer; a refusal stands on the form in words."""
    phone = formats.isolated(formats.phone(settings.DISTRICT.hotline_phone))
    try:
        return act(), 302
    except limits.TooMany as stop:
        words = ngettext(
            "Too many tries. For safety, wait %(n)d minute, or call the Family Hotline: %(phone)s.",
            "Too many tries. For safety, wait %(n)d minutes, or call the Family Hotline: %(phone)s.",
            stop.wait_minutes,
        )
        form.add_error(None, words % {"n": stop.wait_minutes, "phone": phone})
        return None, 429
    except linking.PinRefused as refusal:
        name = formats.isolated(refusal.student.first_name) if refusal.student else ""
        if isinstance(refusal, linking.NotVerified):
            not_open = _(
                "This section is not open on your account. "
                "If you think it should be, ask the school office: %(phone)s."
            )
            form.add_error(None, not_open % {"phone": phone})
        form.add_error(None, refusal.words % {"phone": phone, "name": name})
        return None, 422
