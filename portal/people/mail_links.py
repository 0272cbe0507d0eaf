"""Links sent by mail: 256 random bits, kept as a hash, for one purpose, once, for a limited time."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import now

from portal.people.models import MailLink, Person


def make(
    purpose: MailLink.Purpose,
    lasts: timedelta,
    *,
    person: Person | None = None,
    about: dict[str, Any] | None = None,
) -> str:
    """A new token; what it is about is kept with its hash."""
    token = secrets.token_urlsafe(32)
    MailLink.objects.create(
        token_hash=hashed(token),
        purpose=purpose,
        person=person,
        about=about or {},
        expires_at=now() + lasts,
    )
    return token


def find(purpose: MailLink.Purpose, token: str) -> MailLink | None:
    """The link as long as it works. Looking does not use it up: mail scanners look too."""
    return (
        MailLink.objects.filter(purpose=purpose, token_hash=hashed(token), used_at=None, expires_at__gt=now())
        .select_related("person")
        .first()
    )


def spend(link: MailLink) -> bool:
    """Uses the link up; False when another request was faster."""
    return MailLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now()) == 1


def void(purpose: MailLink.Purpose, person: Person) -> None:
    """Links of this purpose sent to this person before work no more."""
    MailLink.objects.filter(purpose=purpose, person=person, used_at=None).update(used_at=now())


def address(name: str, token: str) -> str:
    """The address to mail, on the portal's configured host, whatever host the request named."""
    return settings.BASE_URL + reverse(name, args=[token])


def hashed(token: str) -> str:
    """What the table keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
