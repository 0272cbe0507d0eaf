"""Keeps what a person typed when a time-out or an unlock comes between, and shows it again in the same form.

Kept on the server for a day, encrypted, for that account alone, and never a password, a PIN or a token. The way back
carries `?typed=1`, so that only a page that has something to show asks the table.
"""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse, QueryDict
from django.utils.timezone import now

from portal.people import seals
from portal.people.models import Person, Typed
from portal.web.errors import UNSAID
from portal.web.forms import TypedBefore
from portal.web.request import Request

KEPT_FOR = timedelta(hours=24)
LONGEST = 50_000  # bytes
MARK = "typed"
KEEP = "X-Keep"  # a header of our script when time runs out: keep what stands in the form, and do not send it


def keep(person: Person, path: str, sent: QueryDict) -> bool:
    """Keeps the fields for a form of this person at this path, instead of any kept before. False: nothing to keep."""
    fields = [
        (name, value)
        for name, values in sent.lists()
        if name not in UNSAID
        for value in values
        if isinstance(value, str)
    ]
    text = urlencode(fields).encode()
    if not any(value.strip() for _name, value in fields) or len(text) > LONGEST or len(path) > 255:
        return False
    sealed = seals.seal(text, _about(person, path))
    Typed.objects.update_or_create(person=person, path=path, defaults={"sealed": sealed, "at": now()})
    return True


def kept(request: Request, person: Person | None) -> HttpResponse:
    """204 when it is kept, 404 when there is nothing to keep or nobody to keep it for. The session ages on."""
    request.session.unnoticed = True
    done = person is not None and keep(person, request.path, request.POST)
    return HttpResponse(status=204 if done else 404)


def way_back(request: Request, person: Person | None) -> str:
    """The address to come back to after signing in or unlocking; what a form on its own page sent is kept for it."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc == request.get_host() and page.path != request.path:
        return page.path  # a button on another page: that page is where they were
    kept = person is not None and keep(person, request.path, request.POST)
    return f"{request.path}?{MARK}=1" if kept else request.path


def before(request: Request) -> TypedBefore | None:
    """What this person typed here before, on the page that comes after the interruption."""
    if MARK not in request.GET or request.person is None:
        return None
    kept = Typed.objects.filter(person=request.person, path=request.path, at__gt=now() - KEPT_FOR).first()
    if kept is None:
        return None
    return TypedBefore(seals.unseal(kept.sealed, _about(request.person, request.path)).decode())  # type: ignore[return-value]  # the stubs know no heirs of QueryDict


def done(request: Request) -> None:
    """The form was sent again: what was kept is forgotten."""
    if MARK in request.GET:
        Typed.objects.filter(person=request.person, path=request.path).delete()


def _about(person: Person, path: str) -> str:
    return f"typed {person.pk} {path}"
