"""One transaction for each request: nobody's while the session is read, then the person's, or the door's."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpResponse

from portal.access.gate import Actor
from portal.people.asking import become, begun, opened, within
from portal.web.request import Request

__all__ = ["Asker", "Context", "opened", "within"]

REFUSALS = (Http404, PermissionDenied, SuspiciousOperation)


class Context:
    """Wraps session, view and template in one transaction; what ends in a 500 leaves no trace in the data."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.failed = False
        with begun():
            response = self.get_response(request)
            if request.failed or response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        request.failed = not isinstance(exception, REFUSALS)


class Asker:
    """Behind a door for families or staff the database answers this person alone."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        person, row = request.person, request.session.row
        actor = Actor(person, row.unlocked_at if row else None) if person else None
        request.actor = actor  # type: ignore[assignment]  # None for a visitor
        return self.get_response(request)

    def process_view(self, request: Request, view: Callable[..., HttpResponse], *_address: Any) -> None:
        person = request.person
        if person is not None and getattr(view, "door", "") == person.kind:
            become(person.kind, person.pk)
        else:
            become("door")
