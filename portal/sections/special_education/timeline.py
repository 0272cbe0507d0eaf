"""News of a plan is told, without what it is about; what lies further back is no news."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.timezone import localdate

from portal.record.models import RecordRow
from portal.record.timeline import Change, Happening
from portal.sections.special_education.models import Plan, Service

RECENT = timedelta(days=30)


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each part of a plan that changed, or that is new and began or was agreed lately."""
    today = localdate()
    for change in changes:
        row = change.row
        if row.active and (change.before or any(today - RECENT <= day <= today for day in _days(row))):
            yield Happening("special-education.new", row.student_id, today)


def _days(row: RecordRow) -> list[date]:
    """The days on which something of this row happened."""
    if isinstance(row, Plan):
        days = [row.begins, row.last_meeting_on, row.consent_on]
    else:
        days = [row.begins] if isinstance(row, Service) else []
    return [day for day in days if day]
