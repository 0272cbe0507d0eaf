"""Signing in with a password: counted first, one answer for every wrong pair, and word about a new device."""

import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.utils.timezone import now

from portal.people import limits, mail, mail_links
from portal.people.accounts import key_of
from portal.people.models import KnownDevice, MailLink, Person
from portal.people.sessions import hashed
from portal.web.request import Request

NOT_ME_LASTS = timedelta(days=7)
DEVICE_KNOWN = timedelta(days=400)  # the longest a browser keeps a cookie


class WrongPair(Exception):
    """Unknown address or wrong password; nothing tells which. tried: how many in a row, this one included."""

    def __init__(self, tried: int) -> None:
        self.tried = tried


class RobotFirst(Exception):
    """After five wrong tries only people may go on; nothing was checked."""


class Unconfirmed(Exception):
    """The password is right, the address was never confirmed."""


class AccountClosed(Exception):
    """The password is right, the account is closed."""

    def __init__(self, person: Person) -> None:
        self.person = person


def check(request: Request, username: str, password: str, human: bool) -> Person:
    """The active family account of this pair.

    human: whether the robot box was answered.
    Raises limits.TooMany, RobotFirst, WrongPair; and after the right password Unconfirmed or AccountClosed.
    """
    account = key_of(username)
    person = Person.objects.filter(kind=Person.Kind.FAMILY, email_key=account).first()
    counts = _counts(request, account, person)
    tried, *_rest = [limits.hit(rule, key) for rule, key in counts]
    if tried > limits.ROBOT_AFTER and not human:
        raise RobotFirst
    if person is None or not person.has_usable_password():
        make_password(password)  # as long as checking takes
        raise WrongPair(tried)
    if not person.check_password(password):
        raise WrongPair(tried)
    for rule, key in counts:
        limits.forgive(rule, key)
    if person.state == Person.State.PENDING:
        raise Unconfirmed
    if person.state == Person.State.CLOSED:
        raise AccountClosed(person)
    return person


def welcome_in(request: Request, person: Person, own_device: bool) -> None:
    """Signs the browser in. From a browser never seen before with this account, the owner hears of it by mail."""
    first_ever = not KnownDevice.objects.filter(person=person).exists()
    cookie = _device(request) or secrets.token_urlsafe(32)
    _known, new = KnownDevice.objects.get_or_create(person=person, key_hash=hashed(cookie))
    name = device_name(request.headers.get("User-Agent", ""))
    request.session.sign_in(person, own_device=own_device, device=name)
    request.person, request.device_cookie = person, cookie
    if new and not first_ever:
        about = {"session": request.session.row.ref if request.session.row else ""}
        token = mail_links.make(MailLink.Purpose.NOT_ME, NOT_ME_LASTS, person=person, about=about)
        mail.post(
            person.email,
            person.language,
            "people/new_device",
            device=name,
            at=now(),
            link=mail_links.address("not_me", token),
        )


def remember_device(request: Request, response: HttpResponse) -> HttpResponse:
    """The answer to a sign-in carries the cookie that makes this browser known."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        request.device_cookie,
        max_age=int(DEVICE_KNOWN.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def device_name(agent: str) -> str:
    """ "Chrome on Android": enough to know one's own devices by, and nothing to follow a person with."""
    browser = next(
        (name for name, sign in BROWSERS if re.search(sign, agent)),
        "Browser",
    )
    system = next((name for name, sign in SYSTEMS if re.search(sign, agent)), "")
    return f"{browser} – {system}" if system else browser


BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"), ("Samsung Internet", "SamsungBrowser/"), ("Opera", "OPR/|Opera"),
    ("Firefox", "Firefox/|FxiOS/"), ("Chrome", "Chrome/|CriOS/"), ("Safari", "Safari/"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Chromebook", "CrOS"),
    ("Windows", "Windows"), ("Mac", "Macintosh|Mac OS X"), ("Linux", "Linux"),
)  # fmt: skip


def forgive(request: Request, person: Person) -> None:
    """A new password begins with a clean slate."""
    for rule, key in _counts(request, person.email_key, person):
        limits.forgive(rule, key)
    limits.forgive("sign_in_account", person.email_key)
    limits.forgive("unlock", str(person.pk))


def _counts(request: Request, account: str, person: Person | None) -> list[tuple[str, str]]:
    """What a try counts against, in this order: a try that is refused does not count against what follows."""
    network = limits.network(request)
    device = hashed(_device(request))
    known = KnownDevice.objects.filter(person_id=person.pk if person else 0, key_hash=device).exists()
    if known:
        # Strangers who guess cannot lock out the devices a family uses: those have a count of their own.
        return [("sign_in", f"{account} {device}"), ("sign_in_network", network)]
    return [
        ("sign_in", f"{account} {network}"),
        ("sign_in_network", network),
        ("sign_in_account", account),
    ]


def _device(request: Request) -> str:
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")[:100]
