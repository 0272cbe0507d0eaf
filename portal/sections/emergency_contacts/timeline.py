"""What a changed list of people to call means to a family, and what a parent's own numbers went through."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.emergency_contacts.models import EmergencyContact

sentences: dict[str, Words] = {
    "emergency-contacts.people": _("The school changed the list of people to call for %(name)s."),
    "emergency-contacts.numbers.changed": _("You changed your emergency numbers for %(name)s."),
    "emergency-contacts.numbers.accepted": _("The school has your emergency numbers for %(name)s."),
    "emergency-contacts.numbers.refused": _("The school could not take your emergency numbers for %(name)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each student whose list changed; it names nobody. Medical alerts tell nothing here."""
    told = None
    for change in changes:
        if isinstance(change.row, EmergencyContact) and change.row.student_id != told and change.before:
            told = change.row.student_id
            yield Happening("emergency-contacts.people", told, localdate())
