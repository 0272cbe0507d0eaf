"""The district's sign-on for staff, whichever protocol it speaks: what we asked for, and what we accept of the answer."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.timezone import now

LOG = logging.getLogger("portal.people")
WAITS = timedelta(minutes=10)  # for the answer to a sign-on
SKEW = timedelta(seconds=60)  # by which the provider's clock may differ
AT_ONCE = 5  # sign-ons on their way in one browser
LONGEST = 255  # characters of issuer and subject together
KEPT = "sign_on"  # in a visitor's session


class Refused(Exception):
    """The provider's word is not accepted. The reason is for the log and never on a page."""


class Unreachable(Exception):
    """The provider does not answer, or not in words we know."""


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for."""

    subject: str  # issuer, a space, subject; never an e-mail address
    employee: str  # the roster's id of the employee, where the provider says it
    proved_at: datetime  # when the person last showed who they are


@dataclass(frozen=True)
class Asked:
    """A sign-on this browser began."""

    after: str  # the page to lead to
    fresh: bool  # whether the person had to show anew who they are
    at: datetime


def remember(session: SessionBase, key: str, after: str, fresh: bool) -> None:
    """Ties a sign-on to this browser. key: the OIDC state or the SAML request's id."""
    kept = dict(list(session.get(KEPT, {}).items())[-(AT_ONCE - 1) :])
    session[KEPT] = kept | {key: {"after": after, "fresh": fresh, "at": now().isoformat()}}


def recall(session: SessionBase, key: str) -> Asked:
    """The sign-on this browser began under this key, once. Raises Refused."""
    kept = dict(session.get(KEPT, {}))
    asked = kept.pop(key, None)
    if asked is None:
        raise Refused("not asked for by this browser")
    session[KEPT] = kept
    at = datetime.fromisoformat(asked["at"])
    if now() - at > WAITS:
        raise Refused("answered too late")
    return Asked(asked["after"], asked["fresh"], at)


def accept(identity: Identity, asked: Asked) -> None:
    """Checks the age of the proof. Raises Refused."""
    if identity.proved_at > now() + SKEW:
        raise Refused("proved in the future")
    if now() - identity.proved_at > settings.STAFF_LONGEST + SKEW:
        raise Refused("proved too long ago")
    if asked.fresh and identity.proved_at < asked.at - SKEW:
        raise Refused("not proved anew")


def subject(issuer: str, name: str) -> str:
    """Issuer and subject as the account keeps them. Raises Refused."""
    whole = f"{issuer} {name}"
    if not issuer or not name or len(whole) > LONGEST:
        raise Refused("no usable subject")
    return whole
