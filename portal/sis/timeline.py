"""Hands changed rows to the section they belong to; what it makes of them becomes events on the timeline."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import models
from django.utils.timezone import localdate, make_aware

from portal.record import contents, printed
from portal.record.feed import Feed
from portal.record.models import Arrival, Event, RecordRow
from portal.record.section import Section
from portal.record.timeline import Change, Happening
from portal.sis.load import Load, q

LOOKS_BACK = timedelta(days=30)
FIRST_LOOKS_BACK = timedelta(days=14)  # the first time a file comes, everything in it is new
CHUNK = 10_000  # rows told together; work they share is then looked up once


def listeners(feed: Feed) -> list[Section]:
    """The sections that make events of this feed's rows."""
    if not issubclass(feed.into, RecordRow):
        return []
    return [section for section in contents.sections() if section.events and feed in section.feeds]


def tell(load: Load, section: Section, feed: Feed) -> None:
    """Events for what this run changed in the feed's table, as far as it speaks of the last days.

    The section gets all changes of a student together, a few hundred students at a time.
    """
    assert section.events is not None
    for changes in _changes(load, feed):
        told = section.events(changes)
        news = list(_without_words(section, told) if section.sensitive else told)
        Event.rows.for_import().bulk_create(
            Event(
                student_id=each.student_id, section=section.key, kind=each.kind, on=each.on, words=each.words
            )
            for each in news
        )
        printed.soon(section, list(dict.fromkeys(each.student_id for each in news)))


def _without_words(section: Section, told: Iterable[Happening]) -> Iterator[Happening]:
    """A sensitive section says only that there is something new, once a day."""
    for student, on in dict.fromkeys((each.student_id, each.on) for each in told):
        yield Happening(f"{section.key}.new", student, on)


def _changes(load: Load, feed: Feed) -> Iterator[list[Change]]:
    """The changed rows, each student's in one list; at least CHUNK rows a list but for the last."""
    rows: list[RecordRow] = []
    recent = _recent(load, feed).order_by("student_id", "pk").iterator(chunk_size=CHUNK)
    for _student, of_student in groupby(recent, key=attrgetter("student_id")):
        rows += of_student
        if len(rows) >= CHUNK:
            yield _with_before(load, feed, rows)
            rows = []
    if rows:
        yield _with_before(load, feed, rows)


def _recent(load: Load, feed: Feed) -> models.QuerySet[RecordRow]:
    known = Arrival.objects.filter(source=load.source, file=feed.file).exists()
    since = localdate(load.at) - (LOOKS_BACK if known else FIRST_LOOKS_BACK)
    rows = feed.into.rows.for_import().filter(source=load.source, run_id=load.run_id)  # type: ignore[attr-defined]
    if feed.dated:
        moment = isinstance(feed.into._meta.get_field(feed.dated), models.DateTimeField)
        rows = rows.filter(
            **{f"{feed.dated}__gte": make_aware(datetime.combine(since, time.min)) if moment else since}
        )
    return rows


def _with_before(load: Load, feed: Feed, rows: list[RecordRow]) -> list[Change]:
    """What each row was; one that ended was the same and active, one that came back had not been there."""
    fields = [field for field in feed.into._meta.concrete_fields if not field.primary_key]
    names = [field.attname for field in fields]
    before = {
        pk: dict(zip(names, values, strict=True))
        for pk, *values in load.ask(
            f"SELECT id, {', '.join(q(field.column) for field in fields)} FROM before WHERE active AND id = ANY(%(ids)s)",
            ids=[row.pk for row in rows],
        )
    }
    return [
        Change(row, before.get(row.pk, {}))
        if row.active
        else Change(row, {name: getattr(row, name) for name in names} | {"active": True})
        for row in rows
    ]
