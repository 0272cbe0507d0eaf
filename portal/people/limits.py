"""Slows down guessing and taking: how often something may happen, counted before the work it allows. One table of all.

Counts are kept apart from the request they belong to, so they stand when it is undone, and tries made at the
same moment all count. Keys are kept as keyed hashes: the table names no address, no network and no student.
When they cannot be counted, what they guard is refused (Busy, a 503); plain requests alone go on uncounted.
Files sent in and machine keys have no limit yet, for no address takes either.
"""

import ipaddress
import logging
import math
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.people import seals
from portal.web import formats
from portal.web.request import Request

LOG = logging.getLogger("portal.limits")
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
    by_network: bool = False  # the key is a network; ten times as many from the schools' own


@dataclass(frozen=True)
class AtOnce:
    """So many at the same moment in one process; the next waits its turn for some seconds, then is refused."""

    places: int
    patience: float  # seconds

    @cached_property
    def _free(self) -> threading.BoundedSemaphore:
        return threading.BoundedSemaphore(self.places)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises Busy."""
        if not self._free.acquire(timeout=self.patience):
            raise Busy
        try:
            yield
        finally:
            self._free.release()


class Busy(Exception):
    """Too many at this moment, or nobody can count them; try again soon."""


RULES: dict[str, Limit] = {
    "link_hour": Limit(5, HOUR),  # by account
    "link_day": Limit(10, DAY),
    "link_month": Limit(20, 30 * DAY),
    "link_student": Limit(5, HOUR, in_a_row=True),  # by student: the right ID, the wrong PIN
    "link_network": Limit(20, HOUR, by_network=True),
    "link_district_burst": Limit(300, timedelta(minutes=10)),
    "link_district_day": Limit(2000, DAY),
    "sign_in": Limit(
        10, timedelta(minutes=15), doubles_to=DAY, in_a_row=True
    ),  # by account and network or device
    "sign_in_account": Limit(100, FOR_GOOD, in_a_row=True),
    "sign_in_network": Limit(60, HOUR, by_network=True),
    "unlock": Limit(10, timedelta(minutes=15), doubles_to=DAY, in_a_row=True),  # by account
    # Robot boxes ticked without proof; beyond it six digits go out by mail.
    "tick_network": Limit(5, HOUR, by_network=True),
    "mail_address": Limit(3, HOUR),  # confirm, reset, send again; by address and purpose
    "mail_network": Limit(20, HOUR, by_network=True),
    "paper": Limit(10, HOUR),  # PDFs set anew, by account; two at a time: see paper/sheets.py
    "code_tries": Limit(5, timedelta(minutes=10)),  # by form and address
    "code_sends": Limit(3, HOUR),
    "requests_minute": Limit(120, timedelta(minutes=1)),  # by account, signed in; see rates.py
    "requests_day": Limit(3000, DAY),
    "requests_network": Limit(300, timedelta(minutes=5), by_network=True),  # not signed in
    "opened_hour": Limit(60, HOUR),  # different students, by member of staff; see access/brake.py
    "opened_day": Limit(200, DAY),
    "listed_day": Limit(1000, DAY),  # rows of searches and lists
    "same_student": Limit(10_000, HOUR),  # by staff and student: the first of an hour counts as opened
    "suspended": Limit(1, FOR_GOOD),  # by member of staff: beyond twice a limit of the three above
}
HASHES = AtOnce(8, patience=2)  # passwords being checked
EXPORT_ALONE = 500  # students in one file; more would take two people, so no file of more is made
OF_SCHOOLS = 10  # times as many by network, from the schools' own
ROBOT_AFTER = 5  # wrong sign-ins until the robot box is asked for
LONGEST_WAIT = 2 * 24 * 60  # minutes; beyond it only a new password helps

COUNT = """
INSERT INTO people_count AS c (rule, key, n, waits, ends_at)
VALUES (%(rule)s, %(key)s, %(times)s, 0, %(moment)s + %(per)s)
ON CONFLICT (rule, key) DO UPDATE SET
  n = CASE WHEN c.ends_at <= %(moment)s THEN %(times)s ELSE LEAST(c.n::bigint + %(times)s, 2000000000) END,
  waits = CASE WHEN c.ends_at <= %(moment)s - interval '1 day' THEN 0
               WHEN c.ends_at > %(moment)s AND c.n <= %(tries)s AND c.n + %(times)s > %(tries)s
               THEN c.waits + 1 ELSE c.waits END,
  ends_at = CASE WHEN c.ends_at <= %(moment)s THEN %(moment)s + %(per)s
                 WHEN c.n <= %(tries)s AND c.n + %(times)s > %(tries)s
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


def hit(rule: str, key: str, times: int = 1) -> int:
    """Counts one try, or several at once, before the work, and tells how many there were. Raises TooMany, Busy."""
    n, ends_at = count(rule, key, times)
    if n > tries(rule, key):
        raise TooMany(ends_at - now())
    return n


def count(rule: str, key: str, times: int = 1) -> tuple[int, datetime]:
    """Counts and tells how many there were and until when they count, and never refuses. Raises Busy."""
    limit = RULES[rule]
    wait = limit.wait or limit.per
    moment = now()
    with _store() as cursor:
        cursor.execute(
            COUNT,
            {
                "rule": rule,
                "key": _hashed(key),
                "moment": moment,
                "tries": tries(rule, key),
                "times": times,
                "per": limit.per,
                "wait": wait,
                "longest": limit.doubles_to or wait,
            },
        )
        n, ends_at = cursor.fetchone()
    return n, ends_at


def forgive(rule: str, key: str) -> None:
    """The try was a success: it no longer counts, nor do those before it where the limit is for tries in a row."""
    taken = "0" if RULES[rule].in_a_row else "GREATEST(n - 1, 0)"
    with _store() as cursor:
        cursor.execute(
            f"UPDATE people_count SET n = {taken}, waits = 0 WHERE rule = %s AND key = %s",  # noqa: S608
            [rule, _hashed(key)],
        )


def reset(rule: str, key: str) -> None:
    """Nothing stands against the key any more, waits included."""
    with _store() as cursor:
        cursor.execute("DELETE FROM people_count WHERE rule = %s AND key = %s", [rule, _hashed(key)])


def tried(rule: str, key: str) -> int:
    """How many tries stand against the key now; counts nothing."""
    with _store() as cursor:
        cursor.execute(
            "SELECT n FROM people_count WHERE rule = %s AND key = %s AND ends_at > %s",
            [rule, _hashed(key), now()],
        )
        row = cursor.fetchone()
    return row[0] if row else 0


def standing(rule: str, keys: Iterable[str]) -> set[str]:
    """Those of the keys against which a try stands now; one query for all."""
    hashes = {_hashed(key): key for key in keys}
    with _store() as cursor:
        cursor.execute(
            "SELECT key FROM people_count WHERE rule = %s AND key = ANY (%s) AND ends_at > %s AND n > 0",
            [rule, list(hashes), now()],
        )
        return {hashes[row[0]] for row in cursor.fetchall()}


def tries(rule: str, key: str) -> int:
    """How many may be made: as the table says, times ten where a whole school shares the network."""
    limit = RULES[rule]
    return limit.tries * OF_SCHOOLS if limit.by_network and _of_schools(key) else limit.tries


def _of_schools(network: str) -> bool:
    """network: as network() gives it."""
    return any(
        ipaddress.ip_network(network).overlaps(ipaddress.ip_network(own))
        for own in settings.SCHOOL_NETWORKS
        if (":" in network) is (":" in own)
    )


@contextmanager
def _store() -> Iterator[Any]:
    """A cursor on the counters; when they are away, nobody may try."""
    try:
        with connections["apart"].cursor() as cursor:
            yield cursor
    except DatabaseError as away:
        LOG.error("the counters of limits are away", exc_info=True)
        raise Busy from away


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
