"""What happens when more is asked than the house can carry: a quick no, before queues grow.

The server gives each process more threads than may work at once. Those that find no place stand in a short line; who
finds the line full, or waits too long, gets a small page that needs no database. Files, the ways out, help and
emergencies do not stand in line.
"""

import threading
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from portal.web import errors
from portal.web.request import Request

AT_ONCE = 2  # pages made at the same moment by one process: more only take turns at its one interpreter
LINE = 48  # that may wait for a place: about a second of pages, and a class that signs in at the same moment
PATIENCE = 2.0  # seconds
SPARE = 2  # threads for what does not stand in line, and for saying no
THREADS = AT_ONCE + LINE + SPARE
OPEN = ("logout", "staff/sign-out", "signed-out", "help", "emergency", ".well-known", "csp-report")

_places = threading.BoundedSemaphore(AT_ONCE)
_standing = threading.BoundedSemaphore(AT_ONCE + LINE)


def stays_open(path: str) -> bool:
    """Whether the address answers even when all others are shed or counted out."""
    inside = path.strip("/")
    first, _, rest = inside.partition("/")
    if first in settings.LANGUAGE_NAMES:
        inside = rest
    return any(inside == open_ or inside.startswith(f"{open_}/") for open_ in OPEN)


class Shed:
    """Outside of sessions and database; inside of the static files."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if stays_open(request.path):
            return self.get_response(request)
        if not _standing.acquire(blocking=False):
            return overloaded(request)
        try:
            if not _places.acquire(timeout=PATIENCE):
                return overloaded(request)
            try:
                return self.get_response(request)
            finally:
                _places.release()
        finally:
            _standing.release()


def overloaded(request: Request) -> HttpResponse:
    """503 with the time after which trying again makes sense; asks nothing of the database."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if code not in {each for each, _name in settings.LANGUAGES}:
        code = settings.LANGUAGE_CODE
    if errors.wants_json(request):
        with translation.override(code):
            answer: HttpResponse = errors.as_json(request, 503, "busy")
    else:
        district = settings.DISTRICT
        answer = HttpResponse(_page(code, district.hotline_phone, district.hotline_hours), status=503)
    answer["Retry-After"] = str(errors.BUSY_FOR)
    return answer


@cache
def _page(code: str, _phone: str, _hours: str) -> str:
    """The same for everyone who reads this language, so it is written once while the hotline stays the same."""
    with translation.override(code):
        return render_to_string("web/overload.html")
