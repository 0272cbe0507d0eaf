"""What a request carries by the time a view sees it; for the types, nothing is made here."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from portal.access.gate import Actor
    from portal.people.models import Person
    from portal.people.sessions import SessionStore


class Request(HttpRequest):
    """Set by the middleware, in this order."""

    id: str  # web/headers.py: 32 hexadecimal digits
    csp_nonce: str
    session: "SessionStore"  # people/sessions.py
    device_cookie: str  # people/entering.py: a browser that becomes known with this answer
    person: "Person"  # people/door.py; None for a visitor, whom guarded views never meet
    theme: str
    idle_seconds: int | None  # after which a shared device is signed out
    LANGUAGE_CODE: str  # people/languages.py
    classic: bool
    actor: "Actor"  # access/context.py
    failed: bool
    hide_after: int  # staff/views.py: seconds until a shared screen hides itself, 0 for never
