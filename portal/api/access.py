"""Tokens: a person's own device signs in with the password and gets one, unlocks, and gives it back.

A token is the key of a session of an own device: 256 bits, kept as a hash, listed among the devices, ended there, by a new
password, or after 30 days.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from portal.api.endpoint import Refused
from portal.people import entering, limits, signing_in
from portal.people.forms import Login, LoginAgain, Unlock
from portal.web.request import Request


@dataclass(frozen=True)
class SignIn:
    email: str
    password: str
    device: str = ""  # what the person calls the device; by default what the app says of itself
    robot: str = ""  # the answer to /robot/challenge/?form=login, when `robot` was the code of a refusal
    code: str = ""  # six digits from a mail, when `fields` asks for them


@dataclass(frozen=True)
class Password:
    password: str


@dataclass(frozen=True)
class Token:
    token: str  # goes into the Authorization header: Bearer <token>
    expires_at: datetime
    name: str  # of the person
    language: str  # of the account


def sign_in(request: Request, body: SignIn) -> Token:
    """The same limits, the same answers and the same robot box as the page."""
    said = {"username": body.email, "password": body.password, "robot": body.robot, "code": body.code}
    form = (LoginAgain if body.robot or body.code else Login)(said)
    person, form, status = signing_in.tried(request, form)
    if person is None:
        raise _refused(form, status)
    entering.welcome_in(request, person, own_device=True)
    row = request.session.row
    if row is not None and body.device:
        row.device = body.device[:100]
    request.session.modified = True
    return _token(request)


def _refused(form: Login, status: int) -> Refused:
    """Everything the form says, as fields and a code; the words are those of the page."""
    data = form.errors.as_data()
    overall = list(data.get("__all__", ()))
    words = [str(message) for error in overall for message in error.messages]
    fields = {
        {"username": "email"}.get(name, name): [str(words) for words in messages]
        for name, messages in form.errors.items()
        if name != "__all__"
    }
    if status == 429:
        return Refused(429, "too_many", " ".join(words))
    code = next((error.code for error in overall if error.code in CODES), "")
    if code:
        return Refused(CODES[code], code, " ".join(words))
    if isinstance(form, LoginAgain):
        return Refused(403, "robot", _("Show that you are not a robot, then try again."), fields)
    return Refused(422, "fields", " ".join(words), fields)


CODES = {"no_match": 401, "unconfirmed": 403, "closed": 403}


def unlock(request: Request, body: Password) -> Token:
    """The password once more opens the sensitive sections for 15 minutes; the token is new, the old one is gone."""
    form = Unlock({"password": body.password})
    try:
        right = form.is_valid() and signing_in.unlocked(request, form)
    except limits.TooMany as many:
        raise Refused(429, "too_many", many.words) from many
    if not right:
        raise Refused(403, "no_match", _("That password does not match. Try again, or reset your password."))
    return _token(request)


def sign_out(request: Request, _body: None) -> None:
    """The token is worth nothing from here on."""
    request.session.flush()


def _token(request: Request) -> Token:
    row = request.session.row
    assert row is not None
    assert row.unlocked_at is not None
    return Token(
        token=request.session.session_key or "",
        expires_at=row.unlocked_at + settings.OWN_LONGEST,
        name=row.person.name if row.person else "",
        language=row.person.language if row.person else "",
    )
