"""The desk's pages. Every change is typed in, then shown as what it changes, and only then saved."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.family.models import CourtOrder, Decision, Guardianship, KnownContact, Scan
from portal.family.standing import verified
from portal.people.door import asks
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.staff import card, sign_on
from portal.staff.directory import DESK
from portal.staff.reasons import with_reason
from portal.staff.registrar import acts, changes, reading, scans
from portal.staff.registrar.changes import Changes
from portal.staff.registrar.forms import (
    NEW,
    AddressForm,
    ConfidentialForm,
    ContactsForm,
    GuardianForm,
    LiftForm,
    OrderForm,
    RightsForm,
    owner,
)
from portal.staff.registrar.reading import Desk
from portal.staff.registrar.steps import Stale, admit, around, page, switches, tab, two_steps
from portal.staff.views import fresh, on_duty
from portal.web.forms import Form
from portal.web.incoming import takes
from portal.web.request import Request

SOON = timedelta(days=30)  # before a right or an order ends, the desk is reminded
MOST = 100  # lines of one list on the first page


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


@tab
def guardians(request: Request, grant: Grant) -> HttpResponse:
    """Who is a parent or guardian, who of them is verified, and what was decided lately."""
    desk = reading.read(grant)
    rows = [(right, verified(right, grant.on)) for right in desk.rights]
    return page(request, grant, desk, "guardians", {"rows": rows})


@tab
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


@tab
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


@tab
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


@tab
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


@tab
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
    return two_steps(request, grant, desk, form, tell, do, "contacts", address, {"relations": relations})


@tab
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


@tab
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
        "switches": switches(found.order) if found.order else [],
        "waits": reading.waits(found),
        "unchecked": reading.unchecked(found),
    }
    status = 409 if refusal else 200
    return render(request, "staff/registrar/decision.html", around(grant, desk) | context, status=status)


def _paper(form: Form) -> acts.Paper:
    return acts.Paper(form.cleaned_data["paper"], form.cleaned_data["paper_on"])


def _kept_here(group: str) -> None:
    """What the student information system owns is changed there, and has no page here."""
    if not reading.keeps(group):
        raise gate.NotHere


def _right(desk: Desk, form: Form) -> Guardianship:
    right = desk.right(int(form.cleaned_data["who"]))
    if right is None:  # it ended meanwhile
        raise Stale
    return right
