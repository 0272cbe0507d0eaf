"""What happens when more is asked than the house can carry: a quick no, before queues grow.

The server gives each process more threads than may work at once. Those that find no place stand in a short line. Who
would stand in it too long, as fast as it moves lately, is told at once, with a small page that needs no database. Files,
the ways out, help and emergencies do not stand in line.
"""

import threading
import time
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
FEW = 8  # that may stand in line however slow it moves: one slow page, as after a start, turns nobody away
LONGEST = 0.7  # seconds that whoever joins the line may expect to stand in it
PATIENCE = 2.0  # seconds after which they leave it, when it moved slower than that
SPARE = 2  # threads for what does not stand in line, and for saying no
THREADS = AT_ONCE + LINE + SPARE
OPEN = ("logout", "staff/sign-out", "signed-out", "help", "emergency", ".well-known", "csp-report")


class House:
    """Who is inside, being served or in line, and how fast it goes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self.inside = 0
        self.pace = 0.0  # seconds that a page held its place, lately

    def join(self) -> bool:
        """Whether there is room, and the line moves fast enough; who joined must leave."""
        with self._lock:
            before_me = max(0, self.inside + 1 - AT_ONCE)
            too_long = before_me > FEW and before_me * self.pace / AT_ONCE > LONGEST
            if self.inside >= AT_ONCE + LINE or too_long:
                return False
            self.inside += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self.inside -= 1

    def served(self, page: Callable[[], HttpResponse]) -> HttpResponse | None:
        """The page, made at a place of its own; None when no place came free in time."""
        if not self._places.acquire(timeout=PATIENCE):
            return None
        began = time.perf_counter()
        try:
            return page()
        finally:
            self._places.release()
            self.pace += (min(time.perf_counter() - began, PATIENCE) - self.pace) / 20


house = House()


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
        if not house.join():
            return overloaded(request)
        try:
            return house.served(lambda: self.get_response(request)) or overloaded(request)
        finally:
            house.leave()


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
