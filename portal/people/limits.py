"""Slows down guessing: how often something may happen, counted before the work it allows.

Counts are kept apart from the request they belong to, so they stand when it is undone, and tries made at the
same moment all count. Keys are kept as keyed hashes: the table names no address, no network and no student.
"""

import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connections
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.people import seals
from portal.web import formats
from portal.web.request import Request

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOR_GOOD = timedelta(days=3650)  # until someone resets the password


@dataclass(frozen=True)
class Limit:
    """So many tries within a time that starts with the first; the next one is refused and starts the wait."""

    tries: int
    per: timedelta
    wait: timedelta | None = None  # none: as long as `per`
    doubles_to: timedelta | None = None  # each wait after a wait is twice as long, up to this
    in_a_row: bool = False  # a success forgives all tries before it, not only its own


RULES: dict[str, Limit] = {
    "link_hour": Limit(5, HOUR),  # by account
    "link_day": Limit(10, DAY),
    "link_month": Limit(20, 30 * DAY),
    "link_student": Limit(5, HOUR, in_a_row=True),  # by student: the right ID, the wrong PIN
    "link_network": Limit(20, HOUR),
    "link_district_burst": Limit(300, timedelta(minutes=10)),
    "link_district_day": Limit(2000, DAY),
    "sign_in": Limit(
        10, timedelta(minutes=15), doubles_to=DAY, in_a_row=True
    ),  # by account and network or device
    "sign_in_account": Limit(100, FOR_GOOD, in_a_row=True),
    "sign_in_network": Limit(60, HOUR),
    "unlock": Limit(10, timedelta(minutes=15), doubles_to=DAY, in_a_row=True),  # by account
    "tick_network": Limit(5, HOUR),  # robot boxes ticked without proof; beyond it six digits go out by mail
    "mail_address": Limit(3, HOUR),  # confirm, reset, send again; by address and purpose
    "mail_network": Limit(20, HOUR),
    "paper": Limit(10, HOUR),  # PDFs set anew, by account
    "code_tries": Limit(5, timedelta(minutes=10)),  # by form and address
    "code_sends": Limit(3, HOUR),
}
ROBOT_AFTER = 5  # wrong sign-ins until the robot box is asked for
LONGEST_WAIT = 2 * 24 * 60  # minutes; beyond it only a new password helps

COUNT = """
INSERT INTO people_count AS c (rule, key, n, waits, ends_at)
VALUES (%(rule)s, %(key)s, 1, 0, %(moment)s + %(per)s)
ON CONFLICT (rule, key) DO UPDATE SET
  n = CASE WHEN c.ends_at <= %(moment)s THEN 1 ELSE c.n + 1 END,
  waits = CASE WHEN c.ends_at <= %(moment)s - interval '1 day' THEN 0
               WHEN c.ends_at > %(moment)s AND c.n = %(tries)s THEN c.waits + 1 ELSE c.waits END,
  ends_at = CASE WHEN c.ends_at <= %(moment)s THEN %(moment)s + %(per)s
                 WHEN c.n = %(tries)s
                 THEN %(moment)s + LEAST(%(wait)s * power(2, LEAST(c.waits, 20)), %(longest)s)
                 ELSE c.ends_at END
RETURNING n, ends_at
"""


class TooMany(Exception):
    """Over the limit; wait_minutes says for how long, rounded up."""

    def __init__(self, wait: timedelta) -> None:
        self.wait_minutes = max(1, math.ceil(wait / timedelta(minutes=1)))

    @property
    def words(self) -> str:
        """What to do now, in the reader's language."""
        phone = formats.phone(settings.DISTRICT.hotline_phone)
        if self.wait_minutes > LONGEST_WAIT:
            return _(
                "Too many tries. For safety, reset your password, or call the Family Hotline: %(phone)s."
            ) % {"phone": phone}
        return ngettext(
            "Too many tries. For safety, wait %(n)d minute, or call the Family Hotline: %(phone)s.",
            "Too many tries. For safety, wait %(n)d minutes, or call the Family Hotline: %(phone)s.",
            self.wait_minutes,
        ) % {"n": self.wait_minutes, "phone": phone}


def hit(rule: str, key: str) -> int:
    """Counts one try, before the work, and tells how many there were. Raises TooMany."""
    limit = RULES[rule]
    wait = limit.wait or limit.per
    moment = now()
    with connections["apart"].cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "rule": rule,
                "key": _hashed(key),
                "moment": moment,
                "tries": limit.tries,
                "per": limit.per,  # type: ignore[dict-item]  # the driver knows a timedelta, its types do not
                "wait": wait,  # type: ignore[dict-item]
                "longest": limit.doubles_to or wait,  # type: ignore[dict-item]
            },
        )
        n, ends_at = cursor.fetchone()
    if n > limit.tries:
        raise TooMany(ends_at - moment)
    return n


def forgive(rule: str, key: str) -> None:
    """The try was a success: it no longer counts, nor do those before it where the limit is for tries in a row."""
    taken = "0" if RULES[rule].in_a_row else "GREATEST(n - 1, 0)"
    with connections["apart"].cursor() as cursor:
        cursor.execute(
            f"UPDATE people_count SET n = {taken}, waits = 0 WHERE rule = %s AND key = %s",  # noqa: S608
            [rule, _hashed(key)],
        )


def tried(rule: str, key: str) -> int:
    """How many tries stand against the key now; counts nothing."""
    with connections["apart"].cursor() as cursor:
        cursor.execute(
            "SELECT n FROM people_count WHERE rule = %s AND key = %s AND ends_at > %s",
            [rule, _hashed(key), now()],
        )
        row = cursor.fetchone()
    return row[0] if row else 0


def network(request: Request) -> str:
    """The neighbourhood a request comes from: its IPv4 /24 or IPv6 /56, as the trusted hop reports it."""
    address = ipaddress.ip_address(_address(request))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 56), strict=False))


def _address(request: Request) -> str:
    """The nearest address that is not one of our own proxies; what lies beyond it anyone may have written."""
    hops = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), request.META.get("REMOTE_ADDR", "")]
    trusted = [ipaddress.ip_network(proxy.strip(), strict=False) for proxy in settings.TRUSTED_PROXIES]
    nearest = "0.0.0.0"  # noqa: S104 - everyone without a readable address is one neighbourhood
    for hop in reversed(hops):
        try:
            address = ipaddress.ip_address(hop.strip())
        except ValueError:
            return nearest
        nearest = str(address)
        if not any(address.version == near.version and address in near for near in trusted):
            return nearest
    return nearest


def _hashed(key: str) -> str:
    return seals.keyed(key, "count")
