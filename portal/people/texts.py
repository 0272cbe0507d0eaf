"""Text messages: one small interface to whatever sends them. Codes to prove a number; never a way to sign in."""

import base64
import json
import urllib.request
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from portal.people import seals

DELIVER = "portal.people.jobs.deliver_text"
SECONDS = 10


class Sender(Protocol):
    """Sends one text message, or raises. to: +12135550100."""

    def send(self, to: str, text: str) -> None: ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Our token and somebody's number go to the configured address and nowhere else."""

    def redirect_request(self, *_args: Any) -> None:
        return None


class Gateway:
    """POST SMS_URL with {"to", "text"} as JSON and SMS_TOKEN as bearer token; any answer but 2xx is a failure."""

    def send(self, to: str, text: str) -> None:
        request = urllib.request.Request(  # noqa: S310 - a configured https address
            settings.SMS_URL or "",
            json.dumps({"to": to, "text": text}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"},
        )
        urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS).close()


def available() -> bool:
    """Whether this portal can send text messages at all."""
    return bool(settings.TEXT_SENDER)


def post(to: str, text: str) -> None:
    """Puts a text message on its way; it leaves when the transaction it belongs to has been kept.

    What waits in the queue is sealed.
    """
    sealed = seals.seal(text.encode(), f"text {to}")
    number = seals.seal(to.encode(), "text to")
    app.configure_task(DELIVER).defer(to=_packed(number), sealed=_packed(sealed))


def send(to: str, sealed: str) -> None:
    """Hands one message to the sender."""
    number = seals.unseal(base64.b64decode(to), "text to").decode()
    text = seals.unseal(base64.b64decode(sealed), f"text {number}").decode()
    sender: Sender = import_string(settings.TEXT_SENDER)()
    sender.send(number, text)


def _packed(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()
