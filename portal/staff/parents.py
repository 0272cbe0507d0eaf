"""The account of one parent, as the counter may help with it: its state, a link once more, waits ended, the address put right."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.family.models import Link
from portal.people import accounts, limits
from portal.people.door import asks
from portal.people.forms import NewEmail
from portal.people.models import Person
from portal.staff import card, desk, sign_on
from portal.staff.directory import CARD, PINS
from portal.staff.views import fresh, on_duty
from portal.web.request import Request


@dataclass(frozen=True)
class Child:
    """A linked student within my reach."""

    grant: Grant
    link: Link
    helps: bool  # whether I may help with the account from this student


@asks(CARD)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: Request, ref: str) -> HttpResponse:
    """The account and its linked students; POST helps with it, and every help is written down."""
    parent, children = _found(request, ref)
    helps = any(child.helps for child in children)
    checked = desk.confirmed(request.person, request.session, parent)
    form = NewEmail(None)
    done = request.GET.get("done", "")
    if request.method == "POST":
        if not helps or card.own_account(request.person, parent):
            raise gate.NotHere
        act = request.POST.get("act", "")
        if act == "email":
            form = NewEmail(request.POST)
            if not checked or not fresh(request):
                return redirect(request.path + "?done=late")
            if form.is_valid():
                return _done(request, children, _ask(parent, form), "email_corrected")
        elif act == "resend":
            sent = accounts.counted("reset", parent.email, request)
            if sent:
                accounts.forgot(parent.email)
            return _done(request, children, "sent" if sent else "often", "link_sent")
        elif act == "unlock":
            for rule, key in (("sign_in_account", parent.email_key), ("unlock", str(parent.pk))):
                limits.forgive(rule, key)
            return _done(request, children, "unlocked", "account_unlocked")
    else:
        log.note_each([child.grant for child in children], "account_seen")
    context = {
        "parent": parent,
        "email": card.masked(parent.email),
        "children": children,
        "helps": helps and not card.own_account(request.person, parent),
        "checked": checked,
        "form": form,
        "done": done,
        "sign_on": sign_on.address(request.path, fresh=True),
        "State": Person.State,
    }
    return render(request, "staff/parent.html", context, status=422 if form.errors else 200)


def _found(request: Request, ref: str) -> tuple[Person, list[Child]]:
    """The account, when one of its linked students is in reach; otherwise nothing is there."""
    links = list(
        Link.objects.filter(person__ref=ref, person__kind=Person.Kind.FAMILY, ended_at=None)
        .select_related("person", "guardianship__student__school")
        .order_by("number")
    )
    students = [link.guardianship.student for link in links]
    seen = gate.admit_all(request.actor, students, CARD)
    helped = gate.admit_all(request.actor, students, PINS)
    children = [
        Child(seen[link.guardianship.student_id], link, link.guardianship.student_id in helped)
        for link in links
        if link.guardianship.student_id in seen
    ]
    if not children:
        raise gate.NotHere
    return links[0].person, children


def _ask(parent: Person, form: NewEmail) -> str:
    try:
        limits.hit("mail_address", f"change {parent.pk}")
    except limits.TooMany:
        return "often"
    if accounts.key_of(form.cleaned_data["email"]) != parent.email_key:
        accounts.ask_email(parent, form.cleaned_data["email"])
    return "asked"


def _done(request: Request, children: list[Child], done: str, action: str) -> HttpResponse:
    if done != "often":
        log.note_each([child.grant for child in children if child.helps], action)
    return redirect(reverse("staff_parent", args=[children[0].link.person.ref]) + f"?done={done}")
