"""What one request carries for the record of access: its id, and the reason staff gave in this session."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpResponse

from portal.web.request import Request

REASON = "reason"  # in a staff session: (purpose, own words)


@dataclass(frozen=True)
class Asking:
    request_id: str = ""  # 32 hexadecimal digits; empty outside of requests
    purpose: str = ""
    words: str = ""


NO_REQUEST = Asking()
_now: ContextVar[Asking] = ContextVar("asking", default=NO_REQUEST)


def now_asking() -> Asking:
    """Of the request being answered; empty in jobs and commands."""
    return _now.get()


class Remembered:
    """Keeps it for the time of one request."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        purpose, words = request.session.get(REASON, ("", ""))
        before = _now.set(Asking(request.id, purpose, words))
        try:
            return self.get_response(request)
        finally:
            _now.reset(before)
