"""How old the record on a page is: when its files last came from the school."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import now

from portal.record.models import Arrival


@dataclass(frozen=True)
class AsOf:
    """at: the oldest of the last arrivals of the files asked about; None when one has never come."""

    at: datetime | None
    late: bool  # older than the district's limit
    held: bool  # newer files wait for a person at the district


def of(files: Iterable[str], source: str) -> AsOf:
    """The age of what these files brought from one source; one query."""
    wanted = set(files)
    arrived = {a.file: a for a in Arrival.objects.filter(file__in=wanted, source=source)}
    times = [arrival.as_of for arrival in arrived.values()]
    at = min(times) if times else None
    return AsOf(
        at=at,
        late=at is not None and now() - at > timedelta(hours=settings.DISTRICT.late_feed_hours),
        held=any(arrival.held_since for arrival in arrived.values()),
    )
