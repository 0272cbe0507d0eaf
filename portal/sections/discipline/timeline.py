"""A notice that was sent to the family is told, without what it is about."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.timezone import localdate, now

from portal.record.timeline import Change, Happening
from portal.sections.discipline.models import Action

RECENT = timedelta(days=30)


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each action that the family was told of in the last days, or that changed since."""
    for change in changes:
        row = change.row
        if not isinstance(row, Action) or not row.active or row.notice_sent_at is None:
            continue
        if now() - RECENT <= row.notice_sent_at <= now():
            yield Happening("discipline.new", row.student_id, localdate(row.notice_sent_at))
