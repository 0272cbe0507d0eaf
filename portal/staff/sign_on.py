"""The school's door: whoever the district's sign-on vouches for is let in here, and nobody else."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST, require_safe

from portal.access import brake
from portal.people import oidc, saml
from portal.people.door import anyone
from portal.people.entering import device_name
from portal.people.models import Person
from portal.people.sign_on import LOG, Asked, Identity, Refused, Unreachable
from portal.web.incoming import from_elsewhere
from portal.web.request import Request

DEMO = "demo_staff"  # the demo's stand-in, where no provider is set up


class Unknown(Exception):
    """The provider vouches for a person whom nobody has given access here."""


@anyone
@require_safe
def begin(request: Request) -> HttpResponse:
    """Leads to the district's sign-on. `fresh`: the person has to show anew who they are."""
    after, fresh = own_path(request.GET.get("next", "")), "fresh" in request.GET
    try:
        if settings.STAFF_SIGN_ON.oidc_issuer:
            return oidc.begin(request, after, fresh)
        if settings.STAFF_SIGN_ON.saml_metadata:
            return saml.begin(request, after, fresh)
    except Unreachable as problem:
        LOG.warning("the district's sign-on is down: %s", type(problem.__cause__).__name__)
        return _page(request, "down", 503)
    return redirect(reverse(DEMO) + _query(after))


@anyone
@require_safe
def oidc_answer(request: Request) -> HttpResponse:
    """Where the OpenID provider sends the browser back to."""
    try:
        return _welcome(request, *oidc.finish(request))
    except Refused as refusal:
        return _refused(request, refusal)
    except Unreachable:
        return _page(request, "down", 503)


@anyone
@from_elsewhere
@require_POST
def saml_answer(request: Request) -> HttpResponse:
    """Where the SAML provider's page posts its answer; our cookie does not come with it, so the next page uses it."""
    try:
        asked = saml.answered(request.POST.get("SAMLResponse", ""))
    except Refused as refusal:
        return _refused(request, refusal)
    return redirect(reverse("staff_saml_finish") + "?" + urlencode({"request": asked}))


@anyone
@require_safe
def saml_finish(request: Request) -> HttpResponse:
    """The browser that asked takes the answer, once."""
    try:
        return _welcome(request, *saml.finish(request, request.GET.get("request", "")))
    except Refused as refusal:
        return _refused(request, refusal)


@anyone
@require_safe
def saml_metadata(request: Request) -> HttpResponse:
    """What the provider's administrator enters about this portal."""
    if not settings.STAFF_SIGN_ON.saml_metadata:
        return redirect("staff")
    return HttpResponse(saml.metadata(), content_type="application/samlmetadata+xml")


def signed_on(request: Request, identity: Identity) -> None:
    """The person is signed in, as staff, in this browser. Posts say what they may do; the provider says nothing of it.

    Raises Unknown, and brake.Suspended for one who opens nothing any more.
    """
    person = _person(identity)
    brake.refuse_suspended(person)
    request.session.sign_in(
        person, own_device=False, device=device_name(request.headers.get("User-Agent", ""))
    )
    request.session.proved(identity.proved_at)
    request.person = person


def address(after: str, *, fresh: bool = False) -> str:
    """The page that leads to the sign-on and from there to `after`; empty when no sign-on is set up."""
    if not (settings.STAFF_SIGN_ON.oidc_issuer or settings.STAFF_SIGN_ON.saml_metadata or _demo()):
        return ""
    return reverse("staff_sign_on") + _query(after, fresh=fresh)


def own_path(address: str) -> str:
    """The address when it is a path on the school's side of this portal; empty otherwise."""
    fine = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if fine and address.startswith("/staff/") else ""


def _welcome(request: Request, identity: Identity, asked: Asked) -> HttpResponse:
    here = request.person
    if here is not None and here.subject != identity.subject:
        request.session.flush()  # someone else answered for the person who sat here
        raise Refused("another person")
    if here is not None:
        request.session.unlock()
        request.session.proved(identity.proved_at)
        return redirect(asked.after or "staff_home")
    try:
        signed_on(request, identity)
    except Unknown:
        return redirect(reverse("staff") + "?unknown=1")
    return redirect(reverse("staff") + _query(asked.after))


def _person(identity: Identity) -> Person:
    active = Person.objects.filter(kind=Person.Kind.STAFF, state=Person.State.ACTIVE)
    person = active.filter(subject=identity.subject, subject__gt="").first()
    if person is not None:
        return person
    # The first time: the employee number finds the one whom the User Manager added. From then on the subject does.
    if not identity.employee:
        raise Unknown
    first = active.filter(subject="", posts__employee__sourced_id=identity.employee).distinct()[:2]
    for person in first if len(first) == 1 else ():
        if active.filter(pk=person.pk, subject="").update(subject=identity.subject):
            person.subject = identity.subject
            return person
    raise Unknown


def _refused(request: Request, refusal: Refused) -> HttpResponse:
    LOG.warning("a staff sign-on was refused: %s", refusal)
    return _page(request, "refused", 403)


def _page(request: Request, state: str, status: int) -> HttpResponse:
    return render(
        request, "staff/sign_in.html", {"state": state, "sign_on": reverse("staff_sign_on")}, status=status
    )


def _demo() -> bool:
    try:
        reverse(DEMO)
    except NoReverseMatch:
        return False
    return True


def _query(after: str, *, fresh: bool = False) -> str:
    asked = ({"next": after} if after else {}) | ({"fresh": "1"} if fresh else {})
    return "?" + urlencode(asked) if asked else ""
