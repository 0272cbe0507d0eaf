"""Log lines as JSON: what happened and where, never who, and never anything a person typed."""

import hashlib
import hmac
import json
import logging
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from portal.web.request import Request

REQUESTS = logging.getLogger("portal.requests")

_request: ContextVar[str] = ContextVar("request_id", default="")


class Json(logging.Formatter):
    """One line an entry, line breaks and control characters escaped.

    A traceback keeps files, lines and the kind of each error. The words of an error stay out: they may quote a value.
    """

    converter = time.gmtime  # type: ignore[assignment]  # as the library's own documentation sets it
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if request_id := _request.get():
            entry["request_id"] = request_id
        entry |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            entry["trace"] = "".join(_trace(record.exc_info[1]))
        return json.dumps(entry, ensure_ascii=True)


def _message(record: logging.LogRecord) -> str:
    """Our own messages whole; of a library's, only the unfilled pattern, for its values are anyone's text."""
    return record.getMessage() if record.name.startswith("portal") else str(record.msg)


def _trace(error: BaseException) -> Iterator[str]:
    if error.__cause__ or (error.__context__ and not error.__suppress_context__):
        yield from _trace(error.__cause__ or error.__context__)  # type: ignore[arg-type]  # one of them is there
        yield "then\n"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}\n"
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"


@contextmanager
def of_request(request_id: str) -> Iterator[None]:
    """Lines written inside carry the id of this request."""
    before = _request.set(request_id)
    try:
        yield
    finally:
        _request.reset(before)


def answered(request: Request, status: int, seconds: float) -> None:
    """The line of one request: which route, how it went, how long it took, and a name for the actor that tells nobody.

    Neither the address nor the query: an address may hold a reference, a query anything.
    """
    level = logging.ERROR if status >= 500 else logging.WARNING if status in REFUSED else logging.INFO
    if not REQUESTS.isEnabledFor(level):
        return
    match, person = getattr(request, "resolver_match", None), getattr(request, "person", None)
    facts = {
        "route": match.route if match else "",
        "method": request.method if request.method in METHODS else "other",
        "status": status,
        "ms": round(1000 * seconds),
        "actor": pseudonym(person.pk) if person else "",
    }
    REQUESTS.log(level, "answered", extra={"facts": facts})


def pseudonym(pk: int) -> str:
    """The same person gives the same 16 characters, and nobody without our key finds the person."""
    return hmac.new(settings.SECRET_KEY.encode(), f"actor {pk}".encode(), hashlib.sha256).hexdigest()[:16]


REFUSED = frozenset({400, 403, 405, 413, 415, 429})  # worth a line where only warnings are kept
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
