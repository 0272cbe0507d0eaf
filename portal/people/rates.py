"""Counts plain requests, of an account or of a network, so that nobody takes the record page by page.

A statement for each request would cost as much as the page's own look at its session, and all pages of a school would
queue at one row. So each process counts in memory and brings every fifth request to the shared table, which answers
with the sum of all processes. In one process the count is exact; with more, each other process may let up to four
requests more through: with two, the 125th a minute instead of the 121st. A restart forgets as little.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse

from portal.people import limits
from portal.web import errors, overload
from portal.web.request import Request

LOG = logging.getLogger("portal.limits")
EVERY = 5  # requests brought to the table at once
MOST = 20_000  # accounts and networks one process remembers


@dataclass
class Tally:
    """Of one account or network since its window began."""

    known: int  # as the table said last
    fresh: int  # since then, here
    ends_at: datetime


_tallies: dict[tuple[str, str], Tally] = {}
_lock = threading.Lock()


class Rates:
    """Refuses with 429 and the time to wait. The ways out, help and emergencies are never counted."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if settings.REQUESTS_TIMES and not overload.stays_open(request.path):
            try:
                _ask(request)
            except limits.TooMany as many:
                return errors.too_many(request, many.wait_minutes)
            except limits.Busy:
                LOG.warning(
                    "requests go uncounted"
                )  # reads go on; what is guarded is refused where it is counted
        return self.get_response(request)


def count(rule: str, key: str) -> None:
    """One more request. Raises TooMany, Busy."""
    moment = limits.now()
    with _lock:
        if len(_tallies) > MOST:
            _tallies.clear()
        tally = _tallies.get((rule, key))
        if tally is None or tally.ends_at <= moment:
            tally = _tallies[rule, key] = Tally(
                0, EVERY - 1, moment
            )  # a window's first request is brought at once
            bring = 1
        else:
            tally.fresh += 1
            bring = tally.fresh
    most = limits.tries(rule, key) * settings.REQUESTS_TIMES
    if tally.ends_at == moment or bring >= EVERY:
        known, ends_at = limits.count(rule, key, bring)
        with _lock:
            tally.known, tally.ends_at = known, ends_at
            tally.fresh = 0 if bring == 1 else tally.fresh - bring
    if tally.known + tally.fresh > most:
        raise limits.TooMany(tally.ends_at - limits.now())


def forget() -> None:
    """Begin anew, as a restart does."""
    with _lock:
        _tallies.clear()


def _ask(request: Request) -> None:
    if request.person is None:
        count("requests_network", limits.network(request))
    else:
        count("requests_minute", str(request.person.pk))
        count("requests_day", str(request.person.pk))
