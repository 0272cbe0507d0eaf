"""How a change reaches the school's own system: one small interface, two ways.

Signed HTTP, where the district's system has (or is given) the endpoint of docs/sis_write_back.md; and the registrar
desk, where it has none and the portal's own record is what the office works from.
"""

import hashlib
import hmac
import http.client
import json
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from portal.sis.models import Outgoing

CONNECT, ANSWER = 3, 10  # seconds
LONGEST_ANSWER = 65_536  # bytes
REFUSALS = {400, 409, 413, 422}  # the others speak of the way there, not of the change, and are tried again
Payload = dict[str, Any]


@dataclass(frozen=True)
class Accepted:
    """The other side has it."""


@dataclass(frozen=True)
class Refused:
    """The other side will never take it like this."""

    reason: Outgoing.Reason


@dataclass(frozen=True)
class Failed:
    """It did not work now. doubtful: it may have been taken all the same."""

    doubtful: bool


Outcome = Accepted | Refused | Failed


@dataclass(frozen=True)
class There:
    """What the other side has for the fields of a change now: value, and whether the school wrote it last."""

    fields: dict[str, tuple[Any, bool]]


class Unreachable(Exception):
    """The other side could not be asked."""


class Connector(Protocol):
    once_only: bool  # the other side promises that a key sent twice counts once

    def deliver(self, key: str, payload: Payload) -> Outcome:
        """Hands one change over; a second time with the same key changes nothing."""

    def read_back(self, key: str) -> There | None:
        """What stands there now for the fields of this change; None when the key is not known. Raises Unreachable."""


class Desk:
    """No system to write to: the portal's record is the one the registrar desk works from, so saving is having."""

    once_only = True

    def deliver(self, key: str, payload: Payload) -> Outcome:
        return Accepted()

    def read_back(self, key: str) -> There | None:
        return There({})


class SignedHttp:
    """PUT /changes/<key>, signed with a shared secret; see docs/sis_write_back.md. Follows no redirect."""

    def __init__(self, url: str, secret: str, *, once_only: bool = True) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        self.once_only = once_only
        self._secret = secret.encode()
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._path = parts.path.rstrip("/")
        self._own = threading.local()  # a kept-alive connection for each thread

    def deliver(self, key: str, payload: Payload) -> Outcome:
        try:
            status, said = self._ask("PUT", f"/changes/{key}", payload)
        except _NotSent:
            return Failed(doubtful=False)
        except (OSError, http.client.HTTPException):
            return Failed(doubtful=True)
        if status in (200, 201):
            return Accepted()
        if status in REFUSALS:
            return Refused(_reason(said.get("code")))
        return Failed(doubtful=status >= 500)

    def read_back(self, key: str) -> There | None:
        try:
            status, said = self._ask("GET", f"/changes/{key}", None)
        except (OSError, http.client.HTTPException) as problem:
            raise Unreachable from problem
        if status == 404 and said.get("code") == "unknown_key":
            return None
        fields = said.get("fields")
        if status != 200 or not isinstance(fields, dict):
            raise Unreachable
        return There({name: (each.get("value"), each.get("by") == "school") for name, each in fields.items()})

    def _ask(self, method: str, path: str, payload: Payload | None) -> tuple[int, dict[str, Any]]:
        body = b"" if payload is None else json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()
        path = self._path + path
        sent = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            **signed(self._secret, method, path, body, int(time.time())),
        }
        for fresh in (False, True):
            connection = self._connection(fresh)
            try:
                connection.request(method, path, body, sent)
                answer = connection.getresponse()
                text = answer.read(LONGEST_ANSWER)
                if answer.will_close:
                    connection.close()
            except http.client.RemoteDisconnected:
                # A kept-alive connection the other side had closed; a key sent twice counts once, so once more.
                connection.close()
                if fresh or not self.once_only:
                    raise
            except Exception:
                connection.close()
                raise
            else:
                return answer.status, _object(text)
        raise Unreachable

    def _connection(self, fresh: bool) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is not None and kept.sock is not None and not fresh:
            return kept
        if self._secure:
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=CONNECT, context=ssl.create_default_context()
            )
        else:
            made = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT)
        try:
            made.connect()
        except OSError as problem:
            raise _NotSent from problem
        made.sock.settimeout(ANSWER)
        self._own.connection = made
        return made


class _NotSent(OSError):
    """There was no connection, so nothing was sent."""


def signed(secret: bytes, method: str, path: str, body: bytes, at: int) -> dict[str, str]:
    """The two headers that prove who sent a request and when. at: seconds since 1970."""
    what = b"\n".join([str(at).encode(), method.encode(), path.encode(), body])
    return {
        "Portal-Timestamp": str(at),
        "Portal-Signature": "v1=" + hmac.new(secret, what, hashlib.sha256).hexdigest(),
    }


def connector() -> Connector:
    """The district's way to its system: signed HTTP when SIS_URL is set, otherwise the desk."""
    if not settings.SIS_URL:
        return Desk()
    return SignedHttp(settings.SIS_URL, settings.SIS_SECRET, once_only=settings.SIS_ONCE_ONLY)


def _reason(code: Any) -> Outgoing.Reason:
    """A closed list: what the other side writes beside its code is never stored or shown."""
    return Outgoing.Reason(code) if code in Outgoing.Reason.values else Outgoing.Reason.OTHER


def _object(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
