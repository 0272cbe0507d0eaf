"""What ends when a right ends. Links close by themselves, because standing is asked anew on every request."""

from datetime import date

from django.utils.timezone import now

from portal.family.models import Guardianship, Pin
from portal.family.pins import LIVE
from portal.family.standing import verified_now


def close_unverified(on: date) -> int:
    """Every PIN that waits for a guardian who is not verified on this day is dead; how many were. One statement."""
    unverified = Guardianship.objects.exclude(verified_now(on))
    return Pin.objects.filter(LIVE, guardianship__in=unverified.values("pk")).update(
        dead_at=now(), dead_because=Pin.Dead.NOT_VERIFIED
    )
