"""Sessions: one row for each signed-in browser, known by the hash of its cookie, with time limits of its own.

Families and staff use different cookies, chosen by the address: everything below /staff/ is the school's side.
"""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.db.models import Q
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.timezone import now

from portal.people import asking
from portal.people.models import Person, Session
from portal.people.statements import Statement
from portal.web.headers import CLEAR
from portal.web.request import Request

KEY_LENGTH = 43  # characters: 256 bits
AT_MOST = 10  # signed-in browsers of one person
NOTICED_EVERY = timedelta(seconds=10)  # how exactly we remember when a session was last used
OF_SESSION = [field.attname for field in Session._meta.concrete_fields]
OF_PERSON = [field.attname for field in Person._meta.concrete_fields]
COLUMNS = [f'(s)."{name}"' for name in OF_SESSION] + [f'(p)."{name}"' for name in OF_PERSON]
FIND = Statement((f"SELECT {', '.join(COLUMNS)} FROM portal_session(", ")"))  # noqa: S608 - columns of our own


def hashed(key: str) -> str:
    """What the table keeps of a cookie."""
    return hashlib.sha256(key.encode()).hexdigest()


def hashed_token(key: str) -> str:
    """What the table keeps of an app's token: the same text as a cookie is another key, and opens nothing."""
    return hashed(f"token {key}")


class SessionStore(DatabaseStore):
    """Django's database sessions with hashed keys, a person, and the limits of own and shared devices."""

    hashed = staticmethod(hashed)  # from what the browser keeps to the key of the row
    row: Session | None = None
    signed_out = False  # by this request
    unnoticed = False  # this request is none of the person's own doing
    ended: Person | None = None  # whose session it was, when it ended by idling or by age

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @cached_property
    def model(self) -> type[Session]:
        return Session

    @property
    def person(self) -> Person | None:
        """Who is signed in; None for a visitor, an ended session or a closed account."""
        self._get_session()  # type: ignore[attr-defined]  # Django's own, unknown to its types
        return self.row.person if self.row and self.row.person and self.row.person.is_active else None

    def sign_in(self, person: Person, *, own_device: bool, device: str) -> None:
        """A new key and a fresh session for this person; whatever a visitor had is dropped.

        Beyond ten signed-in browsers the one unused for longest is signed out.
        """
        self.flush()
        self.signed_out = False  # only to come in again
        Person.objects.select_for_update(no_key=True).get(
            pk=person.pk
        )  # sign-ins at once: one after the other
        Person.objects.filter(pk=person.pk).update(last_login=now())
        oldest = Session.objects.filter(person=person).order_by("-seen_at")[AT_MOST - 1 :]
        Session.objects.filter(pk__in=list(oldest.values_list("pk", flat=True))).delete()
        moment = now()
        self.row = Session(
            person=person,
            own_device=own_device,
            device=device[:100],
            signed_in_at=moment,
            unlocked_at=moment,
            fresh_until=moment + settings.UNLOCK_LASTS,
        )
        self["since"] = now().isoformat()  # so that the session counts as changed and is saved
        self.save()

    def unlock(self) -> None:
        """A fresh proof of identity, and a new key."""
        self.cycle_key()
        if self.row:
            self.row.unlocked_at = now()
            self.row.fresh_until = now() + settings.UNLOCK_LASTS

    def proved(self, at: datetime) -> None:
        """When the person showed who they are, as the district's sign-on says it."""
        if self.row:
            self.row.unlocked_at, self.modified = at, True

    def cycle_key(self) -> None:
        """The same session under a new key."""
        before = self.hashed(self.session_key or "")
        self._session_key = self._get_new_session_key()
        Session.objects.filter(session_key=before).update(session_key=self.hashed(self._session_key))
        self.modified = True

    @property
    def unlocked(self) -> bool:
        """Whether identity was proved in the last 15 minutes: for changing how one signs in."""
        self._get_session()  # type: ignore[attr-defined]  # Django's own, unknown to its types
        at = self.row.unlocked_at if self.row else None
        return at is not None and now() - at <= settings.UNLOCK_LASTS

    @property
    def fresh(self) -> bool:
        """Whether no 15 idle minutes passed since identity was proved: for sensitive sections and changes."""
        self._get_session()  # type: ignore[attr-defined]  # Django's own, unknown to its types
        until = self.row.fresh_until if self.row else None
        return until is not None and now() <= until

    def noticed(self) -> None:
        """Remember that the session was used, at most every ten seconds."""
        moment = now()
        if self.row and self.row.person_id and self.session_key and moment - self.row.seen_at > NOTICED_EVERY:
            asking.someone()
            until = moment + settings.UNLOCK_LASTS if self.fresh else self.row.fresh_until
            Session.objects.filter(session_key=self.hashed(self.session_key)).update(
                seen_at=moment, fresh_until=until
            )

    def flush(self) -> None:
        self._get_session()  # type: ignore[attr-defined]  # Django's own, unknown to its types
        self.signed_out = self.row is not None and self.row.person_id is not None
        super().flush()
        self.row = None

    def _get_new_session_key(self) -> str:
        return secrets.token_urlsafe(32)

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key) and len(key or "") == KEY_LENGTH

    def _get_session_from_db(self) -> Session | None:
        moment = now()
        row = _found(self.hashed(self.session_key or ""))
        if row is None or row.expire_date <= moment:
            return None
        if row.person and over(row, moment):
            self.ended = row.person
            return None
        self.row = row
        return row

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db() if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=self.hashed(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=self.hashed(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        kept = self.row or Session()
        return Session(
            session_key=self.hashed(self._get_or_create_session_key()),  # type: ignore[attr-defined]  # as above
            session_data=self.encode(data),
            expire_date=now() + settings.OWN_LONGEST,
            person=kept.person,
            ref=kept.ref,
            device=kept.device,
            own_device=kept.own_device,
            signed_in_at=kept.signed_in_at,
            unlocked_at=kept.unlocked_at,
            fresh_until=kept.fresh_until,
            seen_at=now(),
        )


class TokenStore(SessionStore):
    """The session of an app that speaks with a token instead of a cookie."""

    hashed = staticmethod(hashed_token)


def _found(key: str) -> Session | None:
    """The session of a hashed key with its person, in one query that anybody may ask who knows the key."""
    for values in FIND.rows(key):
        row = Session.from_db(connection.alias, OF_SESSION, values[: len(OF_SESSION)])
        if row.person_id is not None:
            row.person = Person.from_db(connection.alias, OF_PERSON, values[len(OF_SESSION) :])
        return row
    return None


def over(row: Session, moment: datetime) -> bool:
    """Whether the session ended by idling or by its longest life."""
    signed_in = row.signed_in_at or moment
    if row.person and row.person.kind == Person.Kind.STAFF:
        return moment - row.seen_at > settings.STAFF_IDLE or moment - signed_in > settings.STAFF_LONGEST
    if row.own_device:
        return moment - max(signed_in, row.unlocked_at or signed_in) > settings.OWN_LONGEST
    return moment - row.seen_at > settings.SHARED_IDLE or moment - signed_in > settings.SHARED_LONGEST


def end_others(person: Person, keep: SessionStore | None = None) -> None:
    """Sign the person out everywhere, but for the session given."""
    kept = Q(session_key=keep.hashed(keep.session_key)) if keep and keep.session_key else Q(pk__in=[])
    Session.objects.filter(person=person).exclude(kept).delete()


def for_programs(path: str) -> bool:
    """Addresses of the API: a token in the Authorization header speaks there, and no cookie does."""
    return path.startswith("/api/")


def bearer(request: Request) -> str:
    """The token of the Authorization header; empty without one."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def cookie_name(path: str) -> str:
    """Which cookie speaks for this address."""
    return settings.STAFF_COOKIE_NAME if path.startswith("/staff/") else settings.SESSION_COOKIE_NAME


class Sessions:
    """Gives each request its session, and writes the cookie when the session changed."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if for_programs(request.path):
            return self._by_token(request)
        name = cookie_name(request.path)
        session = SessionStore(request.COOKIES.get(name))
        request.session = session
        response = self.get_response(request)
        if session.signed_out:  # whatever way it was done
            response.headers["Clear-Site-Data"] = CLEAR
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
        if response.status_code >= 500:
            return response
        if session.is_empty() and name in request.COOKIES and not session.unnoticed:
            response.delete_cookie(name, path="/", samesite="Lax")
        elif session.modified and not session.is_empty():
            try:
                asking.someone()
                session.save()
            except UpdateError:  # signed out from elsewhere while this page was made
                response.delete_cookie(name, path="/", samesite="Lax")
                return response
            own = session.row is not None and session.row.own_device
            response.set_cookie(
                name,
                session.session_key or "",
                max_age=int(settings.OWN_LONGEST.total_seconds()) if own else None,
                path="/",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        elif not session.unnoticed:
            session.noticed()
        return response

    def _by_token(self, request: Request) -> HttpResponse:
        """A token is the key of a session of its own: listed, ended and forgotten like every other."""
        session = request.session = TokenStore(bearer(request))
        response = self.get_response(request)
        patch_vary_headers(response, ("Authorization",))
        if response.status_code < 500 and session.modified and not session.is_empty():
            with suppress(UpdateError):  # signed out from elsewhere meanwhile
                session.save()
        else:
            session.noticed()
        return response
