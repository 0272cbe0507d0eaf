"""Hands changed rows to the section they belong to; what it makes of them becomes events on the timeline."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice

from django.db import models
from django.utils.timezone import localdate, make_aware

from portal.record.feed import Feed
from portal.record.models import Arrival, Event
from portal.record.section import Section
from portal.record.timeline import Change
from portal.sis.merge import Load, q

LOOKS_BACK = timedelta(days=30)
FIRST_LOOKS_BACK = timedelta(days=14)  # the first time a file comes, everything in it is new
CHUNK = 2000


def tell(load: Load, section: Section, feed: Feed) -> None:
    """Events for what this run changed in the feed's table, as far as it speaks of the last days."""
    assert section.events is not None
    happenings = section.events(_changes(load, feed))
    while chunk := list(islice(happenings, CHUNK)):
        Event.rows.for_import().bulk_create(
            Event(student_id=h.student_id, section=section.key, kind=h.kind, on=h.on, words=h.words)
            for h in chunk
        )


def _changes(load: Load, feed: Feed) -> Iterator[Change]:
    known = Arrival.objects.filter(source=load.source, file=feed.file).exists()
    since = localdate(load.at) - (LOOKS_BACK if known else FIRST_LOOKS_BACK)
    rows = feed.into.rows.for_import().filter(source=load.source, run_id=load.run_id, active=True)  # type: ignore[attr-defined]
    if feed.dated:
        moment = isinstance(feed.into._meta.get_field(feed.dated), models.DateTimeField)
        rows = rows.filter(
            **{f"{feed.dated}__gte": make_aware(datetime.combine(since, time.min)) if moment else since}
        )
    changed = rows.order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(changed, CHUNK)):
        before = _before(load, feed, [row.pk for row in chunk])
        for row in chunk:
            yield Change(row=row, before=before.get(row.pk, {}))


def _before(load: Load, feed: Feed, ids: list[int]) -> dict[int, dict[str, object]]:
    """The rows as they were and active, by id; the names are those of the fields."""
    fields = [field for field in feed.into._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(q(field.column) for field in fields)
    return {
        pk: dict(zip((field.attname for field in fields), values, strict=True))
        for pk, *values in load.ask(
            f"SELECT id, {columns} FROM before WHERE active AND id = ANY(%(ids)s)", ids=ids
        )
    }
