"""What a changed list of people to call means to a family."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate

from portal.record.timeline import Change, Happening
from portal.sections.emergency_contacts.models import EmergencyContact


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each student whose list changed; it names nobody. Medical alerts tell nothing here."""
    told = None
    for change in changes:
        if isinstance(change.row, EmergencyContact) and change.row.student_id != told and change.before:
            told = change.row.student_id
            yield Happening("emergency-contacts.people", told, localdate())
