"""Pages for when a page cannot be shown: in words, in the reader's language, and the same for everyone."""

import logging
import secrets

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from portal.web.request import Request

LOG = logging.getLogger("portal.errors")
BUSY_FOR = 5  # seconds after which trying again makes sense
UNSAID = (  # fields that no page repeats and nothing keeps
    "csrfmiddlewaretoken",
    "once",
    "password",
    "pin",
    "username",
    "robot",
    "robot_stamp",
    "website",
    "code",
)

JSON_WORDS = {
    "bad_request": _("We cannot read what was sent."),
    "fields": _("Some fields need another look."),
    "access_ended": _("You no longer have access to this student's records."),
    "method": _("This address does not do that."),
    "not_json": _("Send JSON."),
    "too_large": _("That is too much at once."),
    "too_many": _("Too many tries. Wait a little, then try again."),
    "failed": _("Something went wrong on our side. Try again in a few minutes."),
    "busy": _("Many people are here right now. Try again in a few seconds."),
    "no_match": _("That email and password do not match. Try again, or reset your password."),
    "sign_in": _("Sign in first."),
    "unlock": _("Unlock to go on"),
    "not_open": _("This page is not open to you."),
    "not_found": _("We could not find that page."),
}

CODES = {  # what a program is told where a reader gets a page
    400: "bad_request",
    403: "not_open",
    404: "not_found",
    405: "method",
    413: "too_large",
    415: "not_json",
    429: "too_many",
    500: "failed",
    503: "busy",
    "stale": "not_open",
}

# When even the page for trouble cannot be made.
BARE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Something went wrong</title>"
    "<h1>Something went wrong on our side.</h1>"
    "<p>Nothing you typed is lost. Try again in a few minutes.</p><p>{reference}</p></html>"
)


def wants_json(request: Request) -> bool:
    """Whether the address answers programs: errors are then JSON too."""
    return request.path.endswith(".json") or request.path.startswith("/api/")


def as_json(
    request: Request,
    status: int,
    code: str,
    fields: dict[str, list[str]] | None = None,
    message: object = "",
) -> JsonResponse:
    """The one shape of an error for programs: {code, message, fields, request_id}; by default in the words of JSON_WORDS."""
    error = {
        "code": code,
        "message": str(message or JSON_WORDS[code]),
        "fields": fields or {},
        "request_id": getattr(request, "id", ""),
    }
    answer = JsonResponse(error, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    """Not there and not yours look the same."""
    return _page(request, 404)


def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def bad_request(request: Request, exception: Exception | None = None) -> HttpResponse:
    """Too much at once, or something we cannot read."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return _page(request, 413 if too_much else 400)


def wrong_method(request: Request, allow: str) -> HttpResponse:
    """The address does something else than what was asked of it."""
    answer = _page(request, 405)
    answer["Allow"] = allow
    return answer


def wrong_kind(request: Request) -> HttpResponse:
    """A body that is not a form, where forms are read."""
    return _page(request, 415)


def server_error(request: Request) -> HttpResponse:
    """Says sorry and gives a reference, which is in the log beside what happened."""
    reference = getattr(request, "id", secrets.token_hex(4))[:8]
    LOG.error("an answer failed, reference %s", reference, exc_info=True)
    try:
        return _page(request, 500, reference=reference)
    except Exception:
        LOG.exception("the page for reference %s failed too", reference)
        return HttpResponse(BARE.format(reference=reference), status=500)


def too_many(request: Request, minutes: int) -> HttpResponse:
    """Wait so many minutes."""
    answer = _page(request, 429, minutes=minutes)
    answer["Retry-After"] = str(minutes * 60)
    return answer


def busy(request: Request) -> HttpResponse:
    """Too many at this moment; try again soon."""
    answer = _page(request, 503)
    answer["Retry-After"] = str(BUSY_FOR)
    return answer


def stale_form(request: Request, reason: str = "") -> HttpResponse:
    """A form without a good token: nothing was done, and what was typed can be copied from the page.

    Text from a form on another site is not shown.
    """
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    typed = (
        [value for name, value in request.POST.items() if name not in UNSAID and str(value).strip()]
        if ours
        else []
    )
    if wants_json(request):
        return as_json(request, 403, "not_open")
    context = {"status": "stale", "typed": typed[:20]}
    return render(request, "web/stale.html", context, status=403)


def _page(request: Request, status: int, **more: object) -> HttpResponse:
    if wants_json(request):
        return as_json(request, status, CODES[status])
    for name in ("person", "classic"):  # not there yet when an outer layer failed
        if not hasattr(request, name):
            setattr(request, name, None)
    if not hasattr(request, "actor"):
        request.person = None  # type: ignore[assignment]  # refused before rights were read: the page of a visitor
    return render(request, "web/message.html", {"status": status, **more}, status=status)
