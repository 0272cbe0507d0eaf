"""How old the record on a page is: when its files last came from the school."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import now

from portal.access.kept import kept
from portal.record.models import Arrival


@dataclass(frozen=True)
class AsOf:
    """at: the oldest of the last arrivals of the files asked about; None when one has never come."""

    at: datetime | None
    late: bool  # older than the district's limit
    held: bool  # newer files wait for a person at the district


def of(files: Iterable[str], *sources: str) -> AsOf:
    """The age of what these files brought from the sources named; one query."""
    return _age(_arrived(files, sources))


def of_each(files: Iterable[str], sources: Iterable[str]) -> dict[str, AsOf]:
    """The age for each source by itself; one query."""
    by_source: dict[str, list[Arrived]] = {source: [] for source in sources}
    for arrival in _arrived(files, by_source):
        by_source[arrival.source].append(arrival)
    return {source: _age(arrivals) for source, arrivals in by_source.items()}


class Arrived(NamedTuple):
    source: str
    as_of: datetime
    held_since: datetime | None


def _arrived(files: Iterable[str], sources: Iterable[str]) -> list[Arrived]:
    return [Arrived._make(row) for row in _last(sorted(set(files)), sorted(set(sources)))]


@kept
def _last(files: Sequence[str], sources: Sequence[str]) -> QuerySet[Any, Any]:
    arrivals = Arrival.objects.filter(file__in=files, source__in=sources)
    return arrivals.values_list("source", "as_of", "held_since")


def _age(arrivals: list[Arrived]) -> AsOf:
    at = min((arrival.as_of for arrival in arrivals), default=None)
    return AsOf(
        at=at,
        late=at is not None and now() - at > timedelta(hours=settings.DISTRICT.late_feed_hours),
        held=any(arrival.held_since for arrival in arrivals),
    )
