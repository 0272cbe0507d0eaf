"""New shots and new words of the school on them are told, without what they are about."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate

from portal.record.timeline import Change, Happening
from portal.sections.immunizations.models import Dose


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each recent dose, and for each requirement whose state changed since it was last told."""
    for change in changes:
        row = change.row
        if not row.active:
            continue
        if isinstance(row, Dose):
            yield Happening("immunizations.new", row.student_id, row.on)
        elif change.before and change.was("state") != row.state:
            yield Happening("immunizations.new", row.student_id, localdate())
