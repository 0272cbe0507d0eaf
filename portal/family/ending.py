"""What ends when a right ends. Links close by themselves, because standing is asked anew on every request."""

from datetime import date

from django.db.models import QuerySet
from django.utils.timezone import now

from portal.family.models import Guardianship, Pin
from portal.family.pins import LIVE
from portal.family.standing import verified, verified_now


def close_unverified(on: date) -> int:
    """Every PIN that waits for a guardian who is not verified on this day is dead; how many were. One statement."""
    return _kill(Guardianship.objects.exclude(verified_now(on)))


def close(right: Guardianship, on: date) -> int:
    """The same for one adult and one student."""
    return 0 if verified(right, on) else _kill(Guardianship.objects.filter(pk=right.pk))


def _kill(unverified: QuerySet[Guardianship]) -> int:
    return Pin.objects.filter(LIVE, guardianship__in=unverified.values("pk")).update(
        dead_at=now(), dead_because=Pin.Dead.NOT_VERIFIED
    )
