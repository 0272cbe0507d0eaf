"""Who is asking, told to the database once per transaction: the one place where the second wall gets its context."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection, transaction
from django.http import Http404, HttpResponse

from portal.access.gate import Actor
from portal.web.request import Request

REFUSALS = (Http404, PermissionDenied, SuspiciousOperation)


@contextmanager
def opened(kind: str, actor: int | None = None, purpose: str = "") -> Iterator[None]:
    """A transaction in which the database knows who asks.

    kind: family, staff, visitor, worker or importer.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.kind', %s, true), set_config('app.actor', %s, true),"
                " set_config('app.purpose', %s, true)",
                [kind, str(actor or ""), purpose],
            )
        yield


class Context:
    """Wraps view and template in one transaction; anything that ends in a 500 leaves no trace in the data."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        person = request.person
        row = request.session.row
        actor = Actor(person, row.unlocked_at if row else None) if person else None
        request.actor = actor  # type: ignore[assignment]  # None for a visitor
        request.failed = False
        with opened(person.kind if person else "visitor", person.pk if person else None):
            response = self.get_response(request)
            if request.failed or response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        request.failed = not isinstance(exception, REFUSALS)
