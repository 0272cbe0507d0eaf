"""PINs: made for one guardian and one student, read again by staff after the identity check, spent by the link."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from portal.family.models import Guardianship, Pin
from portal.family.standing import verified
from portal.people import seals

WRONG_TRIES = 10  # with the right Student ID and birth date; then the PIN is dead
LIVE = Q(spent_at=None, dead_at=None)


class NotVerified(Exception):
    """The school has not verified this adult; there is no PIN for them."""


class State(Enum):
    """What staff see of a PIN; never the digits."""

    NOT_ISSUED = _("Not issued")
    ISSUED = _("Issued")
    USED = _("Used")
    EXPIRED = _("Expired")
    LOCKED = _("Locked")


@dataclass(frozen=True)
class Shown:
    """The state of a guardian's PIN for one student, with when and by whom where that is known."""

    state: State
    at: datetime | None = None
    by: str = ""  # role and place: "office_manager, Lincoln High"


@transaction.atomic
def give(guardianship: Guardianship, by: str, *, new: bool = False) -> tuple[Pin, str]:
    """The PIN to hand over, and its digits: the one that waits to be used, or a new one.

    new: the old one is dead at once. by: role and place, as `Shown` has them.
    Raises NotVerified. The caller has made the identity check.
    """
    # Two clerks at once: the second waits here and reads the PIN of the first.
    right = Guardianship.objects.select_for_update(no_key=True).get(pk=guardianship.pk)
    if not verified(right, localdate()):
        raise NotVerified
    old = Pin.objects.select_for_update().filter(LIVE, guardianship=right).first()
    if old is not None and (new or old.expires_at <= now()):
        old.dead_at, old.dead_because = now(), Pin.Dead.REPLACED
        old.save(update_fields=["dead_at", "dead_because"])
        old = None
    pin, digits = (old, read(old)) if old else make(right)
    pin.given_at, pin.given_by = now(), by
    pin.save(update_fields=["given_at", "given_by"])
    return pin, digits


def make(guardianship: Guardianship) -> tuple[Pin, str]:
    """A new PIN, unlike every other live one in the district, for a guardian who has none."""
    while True:
        digits = "".join(secrets.choice("0123456789") for _n in range(settings.DISTRICT.pin_digits))
        kept, *by_older_keys = lookups(digits)
        if Pin.objects.filter(LIVE, lookup__in=by_older_keys).exists():
            continue
        pin = Pin(
            guardianship=guardianship,
            sealed=seals.seal(digits.encode(), _about(guardianship.pk)),
            lookup=kept,
            expires_at=now() + timedelta(days=settings.DISTRICT.pin_days),
        )
        try:
            with transaction.atomic():
                pin.save()
        except IntegrityError:
            if Pin.objects.filter(LIVE, guardianship=guardianship).exists():
                raise
        else:
            return pin, digits


def live(guardianship: Guardianship) -> Pin | None:
    """The PIN that waits to be used, if there is one."""
    return Pin.objects.filter(LIVE, guardianship=guardianship, expires_at__gt=now()).first()


def read(pin: Pin) -> str:
    """The digits again, for staff who made the identity check."""
    return seals.unseal(bytes(pin.sealed), _about(pin.guardianship_id)).decode()


def lookups(digits: str) -> list[str]:
    """What the table keeps to find a PIN by its digits, by each key that is still good; the first is written."""
    return seals.keyed_by_each(digits, "pin")


def seal_anew(using: str) -> int:
    """Those that may still be used, by the newest key; how many. using: the connection that may."""
    done = 0
    for pin in Pin.objects.using(using).filter(LIVE).select_for_update():
        digits = read(pin)
        pin.sealed, pin.lookup = seals.seal(digits.encode(), _about(pin.guardianship_id)), lookups(digits)[0]
        pin.save(using=using, update_fields=["sealed", "lookup"])
        done += 1
    return done


def grouped(digits: str) -> str:
    """4821 7735: groups of four, as on the letter."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def states(guardianships: Iterable[Guardianship]) -> dict[int, Shown]:
    """By guardianship, the state of its newest PIN; one query."""
    shown = {right.pk: Shown(State.NOT_ISSUED) for right in guardianships}
    for pin in Pin.objects.filter(guardianship__in=shown).order_by("made_at", "pk"):
        shown[pin.guardianship_id] = state(pin)
    return shown


def state(pin: Pin) -> Shown:
    """The state of one PIN."""
    if pin.spent_at is not None:
        return Shown(State.USED, pin.spent_at, pin.given_by)
    if pin.dead_because == Pin.Dead.GUESSED_AT:
        return Shown(State.LOCKED, pin.dead_at)
    if pin.dead_at is not None or pin.given_at is None:
        return Shown(State.NOT_ISSUED)
    if pin.expires_at <= now():
        return Shown(State.EXPIRED, pin.expires_at)
    return Shown(State.ISSUED, pin.given_at, pin.given_by)


def _about(guardianship_id: int) -> str:
    return f"pin of guardianship {guardianship_id}"
