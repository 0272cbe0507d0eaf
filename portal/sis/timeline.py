"""Hands changed rows to the section they belong to; what it makes of them becomes events on the timeline.

Rows that families do not meet before an hour that is still to come are handed over again when it has come.
"""

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.timezone import localdate, make_aware
from procrastinate.contrib.django import app

from portal.record import contents, printed
from portal.record.feed import Feed
from portal.record.models import Arrival, Event, RecordRow
from portal.record.section import Section
from portal.record.timeline import Change, Happening
from portal.sis.load import Load, q
from portal.sis.reader import Staged

LOOKS_BACK = timedelta(days=30)
FIRST_LOOKS_BACK = timedelta(days=14)  # the first time a file comes, everything in it is new
MANY_LOOK_BACK = timedelta(days=7)  # the same of a large district, in which no family has been let in yet
QUARTER = timedelta(minutes=15)  # rows whose hour comes within one are told together at its end
LATEST = timedelta(days=400)  # what is to be shown later than that will have come in anew by then
SHOW = "portal.sis.jobs.tell_what_is_shown_now"
CHUNK = 10_000  # rows told together; work they share is then looked up once


def listeners(feed: Feed) -> list[Section]:
    """The sections that make events of this feed's rows."""
    if not issubclass(feed.into, RecordRow):
        return []
    return [section for section in contents.sections() if section.events and feed in section.feeds]


def tell(load: Load, sections: Sequence[Section], feed: Feed, staged: Staged, *, many: bool) -> None:
    """Events for what this run changed in the feed's table, as far as it speaks of the last days.

    Each section gets all changes of a student together, a few hundred students at a time.
    many: the first load of a large district.
    """
    recent = _recent(load, feed, staged, many=many)
    if feed.shown_from:
        _ask_for_later(load, feed, recent)
        recent = [rows.filter(**{f"{feed.shown_from}__lte": load.at}) for rows in recent]
    for changes in _changes(load, feed, recent):
        for section in sections:
            assert section.events is not None
            told = section.events(changes)
            news = list(_without_words(section, told) if section.sensitive else told)
            _keep(load, section, news)
            if not many:  # nobody of a district so new looks at all its papers tonight
                printed.soon(section, list(dict.fromkeys(each.student_id for each in news)))


def _ask_for_later(load: Load, feed: Feed, recent: Sequence[models.QuerySet[RecordRow]]) -> None:
    """Puts a job in the queue for each quarter of an hour in which rows of this run will be shown."""
    to_come = {f"{feed.shown_from}__gt": load.at, f"{feed.shown_from}__lte": load.at + LATEST}
    ends: set[datetime] = set()
    for rows in recent:
        moments = rows.filter(**to_come).order_by().values_list(feed.shown_from, flat=True).distinct()
        ends |= {_end_of_quarter(moment) for moment in moments.iterator(chunk_size=CHUNK)}
    for until in sorted(ends):
        app.configure_task(SHOW, schedule_at=until).defer(
            table=feed.into._meta.label, source=load.source, until=until.isoformat()
        )


def _end_of_quarter(moment: datetime) -> datetime:
    """The next quarter of an hour, or the moment itself when it is one."""
    over = timedelta(seconds=moment.timestamp() % QUARTER.total_seconds())
    return moment - over + QUARTER if over else moment


def tell_shown(load: Load, table: str, until: datetime) -> None:
    """Events for rows that came in before their hour, when it came in the quarter up to `until`. Once is as good as twice.

    table: the label of a feed's model, like gradebook.Mark.
    """
    feeds = {feed.into._meta.label: feed for section in contents.sections() for feed in section.feeds}
    feed = feeds[table]
    rows = feed.into.rows.for_import().filter(  # type: ignore[attr-defined]  # as in _recent
        source=load.source,
        active=True,
        **{f"{feed.shown_from}__gt": until - QUARTER, f"{feed.shown_from}__lte": until},
    )
    for shown in _by_student([rows]):
        changes = [Change(row, {}) for row in shown]  # to families they are new
        for section in listeners(feed):
            assert section.events is not None
            told = section.events(changes)
            news = list(_without_words(section, told) if section.sensitive else told)
            _keep(load, section, news, once=True)
            printed.soon(section, list(dict.fromkeys(each.student_id for each in news)))


def _keep(load: Load, section: Section, news: Iterable[Happening], *, once: bool = False) -> None:
    """once: an event that is there already is not told again."""
    known = (
        f"""WHERE NOT EXISTS (SELECT FROM {q(Event._meta.db_table)} e WHERE e.student_id = student AND e."on" = day
              AND e.section = %(section)s AND e.kind = told.kind AND e.words = told.words)"""
        if once
        else ""
    )
    events = [(each.student_id, each.kind, each.on, json.dumps(each.words)) for each in news]
    load.do(
        f"""INSERT INTO {q(Event._meta.db_table)} (student_id, section, kind, "on", words, came_at, active)
            SELECT student, %(section)s, kind, day, words, now(), true
            FROM unnest(%(students)s::bigint[], %(kinds)s::text[], %(days)s::date[], %(words)s::jsonb[])
              WITH ORDINALITY told (student, kind, day, words, n) {known} ORDER BY n""",
        section=section.key,
        **{
            name: [event[n] for event in events]
            for n, name in enumerate(("students", "kinds", "days", "words"))
        },
    )


def _without_words(section: Section, told: Iterable[Happening]) -> Iterator[Happening]:
    """A sensitive section says only that there is something new, once a day."""
    for student, on in dict.fromkeys((each.student_id, each.on) for each in told):
        yield Happening(f"{section.key}.new", student, on)


def _changes(load: Load, feed: Feed, found: Sequence[models.QuerySet[RecordRow]]) -> Iterator[list[Change]]:
    """The changed rows with what they were before, each student's in one list."""
    for rows in _by_student(found):
        yield _with_before(load, feed, rows)


def _by_student(found: Sequence[models.QuerySet[RecordRow]]) -> Iterator[list[RecordRow]]:
    """Rows, each student's in one list; at least CHUNK rows a list but for the last."""
    rows: list[RecordRow] = []
    ordered = (each.order_by("student_id", "pk").iterator(chunk_size=CHUNK) for each in found)
    recent = heapq.merge(*ordered, key=attrgetter("student_id", "pk"))
    for _student, of_student in groupby(recent, key=attrgetter("student_id")):
        rows += of_student
        if len(rows) >= CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _recent(load: Load, feed: Feed, staged: Staged, *, many: bool) -> list[models.QuerySet[RecordRow]]:
    known = Arrival.objects.filter(source=load.source, file=feed.file).exists()
    since = localdate(load.at) - (LOOKS_BACK if known else MANY_LOOK_BACK if many else FIRST_LOOKS_BACK)
    rows = feed.into.rows.for_import().filter(source=load.source)  # type: ignore[attr-defined]
    if feed.dated:
        moment = isinstance(feed.into._meta.get_field(feed.dated), models.DateTimeField)
        rows = rows.filter(
            **{f"{feed.dated}__gte": make_aware(datetime.combine(since, time.min)) if moment else since}
        )
    if staged.mode == "delta":  # its rows are few, and those of the table many
        were = rows.filter(pk__in=RawSQL("SELECT id FROM touched WHERE was", []))
        new = rows.filter(pk__in=RawSQL("SELECT id FROM touched WHERE NOT was", []))
        return [were, new.exclude(feed.silent) if feed.silent else new]
    rows = rows.filter(run_id=load.run_id)
    if feed.silent:
        new = models.Q(active=True) & ~models.Q(pk__in=RawSQL("SELECT id FROM before", []))
        rows = rows.exclude(feed.silent & new)
    return [rows]


def _with_before(load: Load, feed: Feed, rows: list[RecordRow]) -> list[Change]:
    """What each row was; one that ended was the same and active, one that came back had not been there."""
    fields = [field for field in feed.into._meta.concrete_fields if not field.primary_key]
    names = [field.attname for field in fields]
    before = {
        pk: dict(zip(names, values, strict=True))
        for pk, *values in load.ask(
            f"SELECT id, {', '.join(q(field.column) for field in fields)} FROM before WHERE active AND id = ANY(%(ids)s::bigint[])",
            ids=[row.pk for row in rows],
        )
    }
    return [
        Change(row, before.get(row.pk, {}))
        if row.active
        else Change(row, {name: getattr(row, name) for name in names} | {"active": True})
        for row in rows
    ]
