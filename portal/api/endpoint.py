"""One address of the API: who may ask, what comes in and what goes out; the view, and a page of docs/api.json, follow from it."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from django.http import HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _

from portal.access.gate import Ruled
from portal.people import door
from portal.record import faces
from portal.web import errors
from portal.web.incoming import takes
from portal.web.request import Request

LONGEST_TEXT = 2000  # characters
DEEPEST = 20


@dataclass(frozen=True)
class Endpoint:
    """One method at one address.

    do(request, body, **address) answers with a value of the type `answers`, or raises Refused.
    body: a frozen dataclass of texts and yes-or-no; None when nothing is sent.
    """

    method: str  # GET, POST, DELETE
    summary: str  # English, for docs/api.json
    do: Callable[..., Any]
    answers: Any = None  # None: 204 without content
    body: type | None = None
    status: int = 200
    errors: tuple[int, ...] = ()  # beside those every endpoint has
    needs_token: bool = True


class Refused(Exception):
    """What was asked cannot be done; becomes the one shape of an error."""

    def __init__(
        self, status: int, code: str, message: Any = "", fields: dict[str, list[str]] | None = None
    ) -> None:
        self.status, self.code, self.message, self.fields = status, code, message, fields or {}


def view(asks: Ruled | None, *endpoints: Endpoint) -> Callable[..., HttpResponse]:
    """The view of one address with a method or several. No cookie is read and none is set."""
    by_method = {each.method: each for each in endpoints}

    def answer(request: Request, **address: Any) -> HttpResponse:
        endpoint = by_method.get("GET" if request.method == "HEAD" else request.method or "")
        if endpoint is None:
            refusal = errors.as_json(request, 405, "method")
            refusal["Allow"] = ", ".join(by_method)
            return refusal
        try:
            body = _body(request, endpoint.body) if endpoint.body else None
            value = endpoint.do(request, body, **address)
        except Refused as refused:
            return errors.as_json(request, refused.status, refused.code, refused.fields, refused.message)
        if endpoint.answers is None:
            return HttpResponse(status=204)
        found = JsonResponse(
            faces.plain(value), status=endpoint.status, json_dumps_params={"ensure_ascii": False}, safe=False
        )
        return unless_known(request, found) if endpoint.method == "GET" else found

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # nothing here acts on a cookie
    behind = door.family_only if all(each.needs_token for each in endpoints) else door.anyone
    guarded = takes("application/json")(behind(answer))
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    guarded.endpoints = endpoints  # type: ignore[attr-defined]
    return door.asks(asks)(guarded) if asks else guarded


def unless_known(request: Request, answer: HttpResponse) -> HttpResponse:
    """The answer, or 304 when the app already has the same. An app keeps its own copies: browsers are told to keep none.

    The right was asked and the look written before, as for every answer.
    """
    if answer.status_code != 200:
        return answer
    etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _body(request: Request, shape: type) -> Any:
    """What was sent, as the dataclass it must be. Raises Refused."""
    if request.content_type != "application/json":
        raise Refused(415, "not_json")
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError) as unread:
        raise Refused(400, "bad_request") from unread
    if not isinstance(sent, dict) or _depth(sent) > DEEPEST:
        raise Refused(400, "bad_request")
    known = {each.name: each for each in fields(shape)}
    unknown = {
        str(name)[:100]: [str(_("This is not a field we know."))] for name in sent if name not in known
    }
    if unknown:
        raise Refused(400, "bad_request", fields=unknown)
    hints = get_type_hints(shape)
    wrong: dict[str, list[str]] = {}
    for name, each in known.items():
        if name not in sent:
            if each.default is MISSING:
                wrong[name] = [str(_("This is needed."))]
        elif not isinstance(sent[name], hints[name]) or not _readable(sent[name]):
            wrong[name] = [str(_("This cannot be read."))]
    if wrong:
        raise Refused(422, "fields", fields=wrong)
    return shape(**sent)


def _readable(value: str | bool) -> bool:
    if isinstance(value, bool):
        return True
    return len(value) <= LONGEST_TEXT and not any(
        unicodedata.category(letter) in ("Cc", "Cs") for letter in value
    )


def _depth(value: Any) -> int:
    inside: Sequence[Any] = ()
    if isinstance(value, Mapping):
        inside = list(value.values())
    elif isinstance(value, list):
        inside = value
    return 1 + max(map(_depth, inside), default=0)
