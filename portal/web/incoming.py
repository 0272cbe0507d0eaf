"""What may come in at all: where a request was made, what kind of body it has, and how large and deep that is.

A view that takes more than forms says so: `takes("application/json")`; a sign-on's return address is
`from_elsewhere`, and is then bound to the browser in a way of its own.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpResponse

from portal.web import errors
from portal.web.request import Request

CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LARGEST = 1_000_000  # bytes of a body, but for uploads
LONGEST_QUERY = 8_000  # bytes
DEEPEST = 20  # levels of JSON
CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")

View = Callable[..., HttpResponse]


def takes(*kinds: str) -> Callable[[View], View]:
    """The view reads bodies of these content types, and no others."""

    def said(view: View) -> View:
        view.takes = kinds  # type: ignore[attr-defined]
        return view

    return said


def from_elsewhere(view: View) -> View:
    """Other houses may send a browser here with something in hand; the view itself checks who speaks."""
    view.from_elsewhere = view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def as_json(request: Request) -> Any:
    """The body as JSON of at most 20 levels. Raises BadRequest."""
    try:
        text = request.body.decode("utf-8")
        if _depth(text) > DEEPEST:
            raise BadRequest("too deep")
        return json.loads(text, parse_constant=_no_constant)
    except ValueError:
        raise BadRequest("no JSON") from None


class Incoming:
    """Refuses, in words, what no page of ours sends. Nothing is read or changed before."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if CONTROLS.search(request.path.encode("utf-8", "surrogatepass")):
            return errors.not_found(request)
        if len(query) > LONGEST_QUERY:
            return errors.bad_request(request)
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return errors.wrong_method(request, response.headers.get("Allow", ""))
        return response

    def process_view(self, request: Request, view: View, *_args: object) -> HttpResponse | None:
        if foreign(request) and not getattr(view, "from_elsewhere", False):
            safe = request.method in CHANGES_NOTHING
            return errors.forbidden(request) if safe else errors.stale_form(request)
        if request.method in CHANGES_NOTHING:
            return None
        kinds = getattr(view, "takes", FORMS)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length != "0" and request.content_type not in kinds:
            return errors.wrong_kind(request)
        largest = settings.FILE_UPLOAD_MAX_MEMORY_SIZE if "multipart/form-data" in _uploads(view) else LARGEST
        if not length.isdigit() or int(length) > largest:
            return errors.bad_request(request, RequestDataTooBig())
        if kinds is FORMS and any(
            CONTROLS.search(name.encode("utf-8", "surrogatepass")) for name in request.POST
        ):
            return errors.bad_request(request)  # what a value may hold, its field says in words of its own
        return None


def foreign(request: Request) -> bool:
    """Whether another site's page made the request. Links and typed addresses may lead here, anything else not.

    Browsers from before these headers say `Origin`; a program says neither, and has no cookies but its own.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if request.method in CHANGES_NOTHING:
        followed = (
            request.headers.get("Sec-Fetch-Mode") == "navigate"
            and request.headers.get("Sec-Fetch-Dest", "document") == "document"
        )
        return site not in (None, "same-origin", "none") and not followed
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.get_host()}"


def _uploads(view: View) -> tuple[str, ...]:
    return getattr(view, "takes", ()) if getattr(view, "takes", FORMS) is not FORMS else ()


def _depth(text: str) -> int:
    """How deep brackets nest outside of strings; counted before parsing, which would go down as far."""
    deepest = level = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"?|[\[{\]}]', text, re.DOTALL):
        if token[0] in "[{":
            level += 1
            deepest = max(deepest, level)
        elif token[0] in "]}":
            level -= 1
    return deepest


def _no_constant(_name: str) -> None:
    raise ValueError  # NaN and Infinity are no JSON
