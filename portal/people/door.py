"""Who may knock: every view says whether it is for anyone, for families or for staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.people.models import Person

View = Callable[..., HttpResponse]


class Door:
    """Tells each request who is signed in: request.person, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = request.session.person
        response = self.get_response(request)
        if request.person is not None:
            response.headers.setdefault("Cache-Control", "private, no-store")
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


def _for(kind: str, sign_in: str, view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.person is None or request.person.kind != kind:
            back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
            return redirect(reverse(sign_in) + ("?" + urlencode({"next": back}) if back else ""))
        return view(request, *args, **kwargs)

    guarded.door = kind  # type: ignore[attr-defined]
    return guarded
