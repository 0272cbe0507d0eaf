"""Who may knock: every view says whether it is for anyone, for families or for staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.people import typed
from portal.people.models import Person
from portal.people.sessions import cookie_name
from portal.web import errors
from portal.web.request import Request

View = Callable[..., HttpResponse]


class Door:
    """Tells each request who is signed in: request.person, or None, and after how many idle seconds that ends."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        person, row = request.session.person, request.session.row
        request.person = person  # type: ignore[assignment]  # None for a visitor, whom guarded views never meet
        shared = person is not None and person.kind == Person.Kind.FAMILY and row and not row.own_device
        request.idle_seconds = int(settings.SHARED_IDLE.total_seconds()) if shared else None
        response = self.get_response(request)
        if request.person is not None:
            response.headers["Cache-Control"] = "private, no-store"
        return response


def anyone(view: View) -> View:
    """For visitors too."""
    view.door = "anyone"  # type: ignore[attr-defined]
    return view


def family_only(view: View) -> View:
    """For a signed-in family account; others sign in first and come back here."""
    return _for(Person.Kind.FAMILY, "login", view)


def staff_only(view: View) -> View:
    """For signed-in staff."""
    return _for(Person.Kind.STAFF, "staff", view)


def asks(what: object) -> Callable[[View], View]:
    """Behind the door, the view asks the gate for this: a section or Directory, or the key of a Directory."""

    def declared(view: View) -> View:
        view.asks = what  # type: ignore[attr-defined]
        return view

    return declared


def unlocked(view: View) -> View:
    """Behind the door, for those who gave their password or passkey in the last 15 minutes; others do it now.

    For changing how one signs in. Sections and changes of the record ask more kindly: see `fresh`.
    """

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.session.unlocked:
            return to_unlock(request)
        return view(request, *args, **kwargs)

    return guarded


class Locked(Exception):
    """A sensitive section or a change, and 15 idle minutes passed since the person proved who they are."""


def fresh(request: Request) -> None:
    """Asked after the gate said yes, so that what is not theirs stays not there. Raises Locked."""
    if not request.session.fresh:
        raise Locked


def to_unlock(request: Request) -> HttpResponse:
    """Unlock, and back to where one was with what one typed; a program is told so."""
    if errors.wants_json(request):
        return errors.as_json(request, 403, "unlock")
    return redirect(reverse("unlock") + "?" + urlencode({"next": typed.way_back(request, request.person)}))


def own_path(address: str) -> str | None:
    """The address if it leads to a page of ours, from anywhere else None; checked before every redirect."""
    if not address.startswith("/") or len(address) > 2000:
        return None
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else None


def _for(kind: str, sign_in: str, view: View) -> View:
    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and typed.KEEP in request.headers:
            return typed.kept(request, request.person or request.session.ended)
        if request.person is None or request.person.kind != kind:
            if errors.wants_json(request):
                return errors.as_json(request, 401, "sign_in")
            ended = request.session.ended
            whose = ended if ended and ended.kind == kind else None
            query = {"next": typed.way_back(request, whose)}
            if cookie_name(request.path) in request.COOKIES:
                query["ended"] = "1"  # they were signed in here before
            return redirect(reverse(sign_in) + "?" + urlencode(query))
        if request.method == "POST":
            typed.done(request)
        return view(request, *args, **kwargs)

    guarded.door = kind  # type: ignore[attr-defined]
    return guarded
