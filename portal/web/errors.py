"""What is answered when a page cannot be shown, always in our own words; named in the settings and the addresses."""

import logging
import secrets

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger("portal.web")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when too much was sent."""
    return message(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return message(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there and not yours are the same page."""
    return message(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, with a reference that stands beside the traceback in the log."""
    reference = secrets.token_hex(4)
    log.error("Server error, reference %s", reference, exc_info=True)
    return message(request, 500, reference=reference)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or too old."""
    return message(request, 403, words="stale")


def message(request: HttpRequest, status: int, *, words: str = "", **context: object) -> HttpResponse:
    """The page for a status; words picks another text of web/message.html than the status would."""
    for name in ("person", "classic"):  # not there yet when an outer layer failed
        if not hasattr(request, name):
            setattr(request, name, None)
    return render(request, "web/message.html", {"status": words or status, **context}, status=status)
