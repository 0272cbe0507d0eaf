"""The desk's pages. Every change is typed in, then shown as what it changes, and only then saved."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.family.models import CourtOrder, Decision, Guardianship, KnownContact, Scan
from portal.family.standing import verified
from portal.people.door import asks
from portal.record import forms_sent
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.staff import card, sign_on
from portal.staff.directory import DESK
from portal.staff.reasons import with_reason
from portal.staff.registrar import acts, changes, reading, scans
from portal.staff.registrar.changes import Changes
from portal.staff.registrar.forms import (
    NEW,
    SWITCHES,
    AddressForm,
    ConfidentialForm,
    ContactsForm,
    GuardianForm,
    LiftForm,
    OrderForm,
    RightsForm,
    named,
    owner,
)
from portal.staff.registrar.reading import Desk
from portal.staff.views import fresh, on_duty
from portal.web.forms import Form
from portal.web.incoming import takes
from portal.web.request import Request

SOON = timedelta(days=30)  # before a right or an order ends, the desk is reminded
MOST = 100  # lines of one list on the first page
TABS = (
    ("staff_registrar", gettext_lazy("Guardians")),
    ("staff_registrar_rights", gettext_lazy("Educational rights")),
    ("staff_registrar_orders", gettext_lazy("Court orders")),
    ("staff_registrar_contacts", gettext_lazy("Emergency contacts")),
    ("staff_registrar_address", gettext_lazy("Address")),
)
RIGHTS = {"full": gettext_lazy("Full"), "limited": gettext_lazy("Limited"), "none": gettext_lazy("None")}
DONE: dict[str, str | Promise] = {
    "order": gettext_lazy(
        "The court order is written down. It counts now. A second person checks it within one school day."
    ),
    "narrowed": gettext_lazy("It counts now. A second person checks it within one school day."),
    "asked": gettext_lazy("A second person was asked to agree. Nothing changes until then."),
    "both": gettext_lazy("What takes away counts now. What gives waits for a second person."),
    "guardian": gettext_lazy("The person is listed. They see nothing yet: give educational rights next."),
    "contacts": gettext_lazy("The list of people to call is changed."),
    "address": gettext_lazy("The address is changed."),
    "agreed": gettext_lazy("You agreed. It counts now."),
    "declined": gettext_lazy("It was declined. Nothing changes."),
    "checked": gettext_lazy("You checked it."),
    "scan": gettext_lazy("The scan is kept, encrypted."),
}
Doing = Callable[[Desk], str]  # does it, and answers with a key of DONE


class Stale(Exception):
    """Somebody changed this student's desk since the form was opened."""


@asks(DESK)
@on_duty
@require_safe
def listed(request: Request) -> HttpResponse:
    """What waits at my schools: for a second person, for a check, and what ends soon."""
    if not request.actor.opens(DESK):
        raise PermissionDenied
    students = gate.students_for(request.actor, DESK)
    decisions = Decision.objects.filter(student__in=students).select_related(
        "student__school", "guardianship__guardian", "asked_by"
    )
    today = localdate()
    soon = Q(ends__gte=today, ends__lte=today + SOON)
    rights = Guardianship.objects.filter(soon, student__in=students, active=True)
    orders = CourtOrder.objects.filter(soon, student__in=students, lifted_at=None)
    context = {
        "waiting": decisions.filter(state=Decision.State.WAITING, expires_at__gt=now()).order_by("asked_at")[:MOST],
        "to_check": decisions.filter(state=Decision.State.DONE, second_at=None, check_by__isnull=False).order_by("check_by")[:MOST],
        "rights": rights.select_related("student", "guardian").order_by("ends", "pk")[:MOST],
        "orders": orders.select_related("student", "guardianship__guardian").order_by("ends", "pk")[:MOST],
        "person": request.person,
        "today": today,
    }  # fmt: skip
    return render(request, "staff/registrar/listed.html", context)


def _tab(name: str, template: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A tab of one student. The view gets the grant and what is there, and answers with what its page shows beside."""

    def made(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        def shown(request: Request, ref: str, **address: Any) -> HttpResponse:
            grant = admit(request, ref)
            if request.method == "POST" and not grant.may_change:
                raise PermissionDenied
            if request.method != "POST":
                log.note(grant, "see")
            return view(request, grant, **address)

        shown.__doc__ = view.__doc__
        return asks(DESK)(with_reason(on_duty(shown)))

    return made


def admit(request: Request, ref: str) -> Grant:
    """Leave to look at this student's desk. Nobody keeps the record of an own child."""
    grant = gate.admit(request.actor, ref, DESK)
    if card.own_child(request.person, grant.student):
        raise PermissionDenied
    return grant


@_tab("staff_registrar", "guardians")
def guardians(request: Request, grant: Grant) -> HttpResponse:
    """Who is a parent or guardian, who of them is verified, and what was decided lately."""
    desk = reading.read(grant)
    rows = [(right, verified(right, grant.on)) for right in desk.rights]
    return page(request, grant, desk, "guardians", {"rows": rows})


@_tab("staff_registrar_orders", "orders")
def orders(request: Request, grant: Grant) -> HttpResponse:
    """Court orders in force; a new one is typed in here."""
    desk = reading.read(grant)
    form = OrderForm(request.POST or None, desk.rights)

    def tell(desk: Desk) -> Changes:
        return changes.of_order(desk, _right(desk, form), form.cleaned_data, grant.on)

    def do(desk: Desk) -> str:
        acts.record_order(grant, _right(desk, form), form.cleaned_data)
        return "order"

    return two_steps(
        request,
        grant,
        desk,
        form,
        tell,
        do,
        "orders",
        reverse("staff_registrar_orders", args=[grant.student.ref]),
    )


@_tab("staff_registrar_lift", "lift")
def lift(request: Request, grant: Grant, case: str) -> HttpResponse:
    """A court order no longer holds: what comes back, once a second person agrees."""
    desk = reading.read(grant)
    order = desk.order(case)
    if order is None:
        raise gate.NotHere
    form = LiftForm(request.POST or None)

    def tell(desk: Desk) -> Changes:
        assert order is not None
        return changes.of_lift(desk, order, grant.on)

    def do(desk: Desk) -> str:
        found = desk.order(case)
        if found is None:
            raise Stale
        acts.ask_lift(grant, found, _paper(form))
        return "asked"

    address = reverse("staff_registrar_orders", args=[grant.student.ref])
    return two_steps(request, grant, desk, form, tell, do, "lift", address, {"order": order})


@takes("multipart/form-data")
@asks(DESK)
@with_reason
@on_duty
@require_POST
def keep_scan(request: Request, ref: str, case: str) -> HttpResponse:
    """The scan of one order comes in."""
    grant = admit(request, ref)
    desk = reading.read(grant)
    order = desk.order(case)
    if order is None:
        raise gate.NotHere
    if not grant.may_change:
        raise PermissionDenied
    form = OrderForm(None, desk.rights)
    try:
        file = request.FILES.get("scan")
        if file is None:
            raise ValidationError(_("Choose a PDF, JPEG or PNG file."))
        scans.keep(grant, order, file)
    except ValidationError as refusal:
        context = {"form": form, "scan_of": order, "refusal": refusal.messages[0]}
        return page(request, grant, desk, "orders", context, status=422)
    return redirect(reverse("staff_registrar_orders", args=[ref]) + "?done=scan")


@asks(DESK)
@with_reason
@on_duty
@require_safe
def scan(request: Request, ref: str, case: str) -> HttpResponse:
    """The scan of an order as a file to save, after a fresh sign-on."""
    grant = admit(request, ref)
    found = Scan.objects.filter(student=grant.student, ref=case).select_related("order").first()
    if found is None:
        raise gate.NotHere
    if not fresh(request):
        return redirect(sign_on.address(request.path, fresh=True))
    return scans.hand_out(grant, found)


@_tab("staff_registrar_rights", "rights")
def rights(request: Request, grant: Grant) -> HttpResponse:
    """Who holds educational rights, on what basis, from when to when."""
    desk = reading.read(grant)
    own = [right for right in desk.rights if reading.keeps("guardians", right)]
    asked = next((right for right in own if str(right.pk) == request.GET.get("who")), None)
    initial = (
        {
            "who": asked.pk,
            "educational_rights": asked.educational_rights,
            "begins": asked.begins,
            "ends": asked.ends,
        }
        if asked
        else None
    )
    form = RightsForm(request.POST or None, own, initial)

    def tell(desk: Desk) -> Changes:
        return changes.of_rights(desk, _right(desk, form), form.cleaned_data, grant.on)

    def do(desk: Desk) -> str:
        right, said = _right(desk, form), form.cleaned_data
        now_, later = acts.split(right, said)
        acts.change_rights(grant, right, said, _paper(form))
        return "both" if now_ and later else "narrowed" if now_ else "asked"

    if form.is_bound and form.is_valid() and not any(acts.split(_right(desk, form), form.cleaned_data)):
        form.add_error(None, _("Nothing is different from what is on file."))
    rows = [(right, verified(right, grant.on), reading.keeps("guardians", right)) for right in desk.rights]
    address = reverse("staff_registrar_rights", args=[grant.student.ref])
    return two_steps(request, grant, desk, form, tell, do, "rights", address, {"rows": rows, "own": own})


@_tab("staff_registrar_guardian", "guardian")
def guardian(request: Request, grant: Grant) -> HttpResponse:
    """An adult of the student is listed, from the papers they brought."""
    _kept_here("guardians")
    desk = reading.read(grant)
    form = GuardianForm(request.POST or None, desk.known)

    def found(desk: Desk) -> KnownContact | None:
        said = form.cleaned_data["who"]
        known = next((one for one in desk.known if str(one.pk) == said), None)
        if known is None and said != NEW:
            raise Stale
        return known

    def tell(desk: Desk) -> Changes:
        known, said = found(desk), form.cleaned_data
        name = known.guardian.name if known else f"{said['given_name']} {said['family_name']}".strip()
        return changes.of_guardian(desk, name, grant.student.first_name)

    def do(desk: Desk) -> str:
        acts.add_guardian(grant, found(desk), form.cleaned_data, _paper(form))
        return "guardian"

    address = reverse("staff_registrar_rights", args=[grant.student.ref])
    return two_steps(request, grant, desk, form, tell, do, "guardian", address)


@_tab("staff_registrar_contacts", "contacts")
def contacts(request: Request, grant: Grant) -> HttpResponse:
    """Whom the school calls: add, remove, put in order, from papers."""
    if request.method == "POST":
        _kept_here("contacts")
    desk = reading.read(grant)
    form = ContactsForm(request.POST or None, desk)

    def tell(desk: Desk) -> Changes:
        return changes.of_contacts(desk, form)

    def do(desk: Desk) -> str:
        acts.change_contacts(grant, form.cleaned_data, form.order, form.removed, _paper(form))
        return "contacts"

    relations = {**dict(Guardianship.Relationship.choices), **EmergencyContact.FURTHER}
    address = reverse("staff_registrar_contacts", args=[grant.student.ref])
    return two_steps(
        request, grant, desk, form, tell, do, "contacts", address, {"relations": relations, "named": named}
    )


@_tab("staff_registrar_address", "address")
def address(request: Request, grant: Grant) -> HttpResponse:
    """Where the student and the adults live, and whose address is confidential."""
    desk = reading.read(grant)
    form = ConfidentialForm(request.POST or None, desk)

    def tell(desk: Desk) -> Changes:
        return changes.of_confidential(form, grant.student.first_name)

    def do(desk: Desk) -> str:
        if form.cleaned_data["confidential"] == "no":
            acts.ask_show_address(grant, form.points, _paper(form))
            return "asked"
        acts.hide_address(grant, form.points, _paper(form))
        return "narrowed"

    after = reverse("staff_registrar_address", args=[grant.student.ref])
    more = {"owner": owner, "lines": card.lines, "papers": dict(Decision.Paper.choices)}
    return two_steps(request, grant, desk, form, tell, do, "address", after, more)


@_tab("staff_registrar_new_address", "new_address")
def new_address(request: Request, grant: Grant) -> HttpResponse:
    """A new address, from a proof of address."""
    _kept_here("address")
    desk = reading.read(grant)
    form = AddressForm(request.POST or None, desk)

    def tell(desk: Desk) -> Changes:
        return changes.of_address(desk, form.cleaned_data, grant.student.first_name)

    def do(desk: Desk) -> str:
        acts.change_address(grant, desk, form.cleaned_data, _paper(form))
        return "address"

    after = reverse("staff_registrar_address", args=[grant.student.ref])
    return two_steps(request, grant, desk, form, tell, do, "new_address", after)


@asks(DESK)
@with_reason
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: Request, ref: str, case: str) -> HttpResponse:
    """One decision: what it changes, and a second person's word about it."""
    grant = admit(request, ref)
    desk = reading.read(grant)
    found = (
        Decision.objects.filter(student=grant.student, ref=case)
        .select_related(
            "guardianship__guardian",
            "guardianship__student",
            "order__guardianship__guardian",
            "asked_by",
            "second",
        )
        .first()
    )
    if found is None:
        raise gate.NotHere
    refusal = ""
    if request.method == "POST":
        if not fresh(request):
            return redirect(sign_on.address(request.path, fresh=True))
        do = {"agree": acts.agree, "decline": acts.decline, "check": acts.check}.get(
            request.POST.get("act", "")
        )
        if do is None:
            raise PermissionDenied
        try:
            with transaction.atomic():
                acts.alone(grant.student)
                do(grant, found)
        except acts.NotNow as why:
            refusal = str(why)
        else:
            said = {"agree": "agreed", "decline": "declined", "check": "checked"}[request.POST["act"]]
            return redirect(reverse("staff_registrar", args=[ref]) + f"?done={said}")
    else:
        log.note(grant, "see")
    context = {
        "decision": found,
        "own": found.asked_by_id == request.person.pk,
        "late": found.late,
        "lines": changes.of_decision(desk, found, grant.on),
        "refusal": refusal,
        "switches": _switches(found.order) if found.order else [],
        "waits": reading.waits(found),
        "unchecked": reading.unchecked(found),
    }
    status = 409 if refusal else 200
    return render(request, "staff/registrar/decision.html", _around(grant, desk) | context, status=status)


def two_steps(
    request: Request,
    grant: Grant,
    desk: Desk,
    form: Form,
    tell: Callable[[Desk], Changes],
    do: Doing,
    template: str,
    address: str,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Typed in, looked at, saved. What was typed is never lost: not by a mistake, a step back, or somebody else's change."""
    act = request.POST.get("act", "look") if request.method == "POST" else ""
    more = more or {}
    if act in ("look", "save") and not form.is_valid():
        return page(request, grant, desk, template, more | {"form": form}, status=422)
    if act == "look" and request.POST.get("version") != desk.version:
        form.add_error(None, _stale())
        return page(request, grant, desk, template, more | {"form": form}, status=409)
    if act == "look":
        return page(request, grant, desk, "look", more | {"changes": tell(desk), "typed": _typed(request)})
    if act == "save":
        try:
            with transaction.atomic():  # what is refused takes the one-time key back with it
                once = forms_sent.first_time(request.person, request.POST.get("once", ""), address)
                if once.repeated:
                    return redirect(once.answer)
                acts.alone(grant.student)
                desk = reading.read(grant)
                if request.POST.get("version") != desk.version:
                    raise Stale
                done = do(desk)
        except Stale:
            form.add_error(None, _stale())
        except acts.NotNow as why:
            form.add_error(None, str(why))
        else:
            return redirect(f"{address}?done={done}")
        return page(request, grant, desk, template, more | {"form": form}, status=409)
    return page(request, grant, desk, template, more | {"form": form})


def page(
    request: Request, grant: Grant, desk: Desk, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    around = _around(grant, desk) | {
        "done": DONE.get(request.GET.get("done", ""), ""),
        "tabs": [
            (
                words,
                reverse(name, args=[grant.student.ref]),
                request.path == reverse(name, args=[grant.student.ref]),
            )
            for name, words in TABS
        ],
        "once": forms_sent.new_key(),
    }
    return render(request, f"staff/registrar/{template}.html", around | context, status=status)


def _around(grant: Grant, desk: Desk) -> dict[str, Any]:
    return {
        "grant": grant,
        "student": grant.student,
        "desk": desk,
        "keeps": reading.keeps,
        "switches_of": _switches,
        "rights_words": RIGHTS,
    }


def _paper(form: Form) -> acts.Paper:
    return acts.Paper(form.cleaned_data["paper"], form.cleaned_data["paper_on"])


def _kept_here(group: str) -> None:
    """What the student information system owns is changed there, and has no page here."""
    if not reading.keeps(group):
        raise gate.NotHere


def _stale() -> str:
    return _(
        "Somebody changed this in the meantime. Look at what is on file now, then go on. Nothing you typed is lost."
    )


def _typed(request: Request) -> list[tuple[str, str]]:
    """What was typed, to be carried along in hidden fields."""
    own = ("csrfmiddlewaretoken", "act", "once", "version")
    return [(name, value) for name, values in request.POST.lists() if name not in own for value in values]


def _switches(order: CourtOrder) -> list[str | Promise]:
    return [words for name, words in SWITCHES.items() if getattr(order, name)]


def _right(desk: Desk, form: Form) -> Guardianship:
    right = desk.right(int(form.cleaned_data["who"]))
    if right is None:  # it ended meanwhile
        raise Stale
    return right
