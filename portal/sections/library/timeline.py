"""What changed loans and cards mean to a family."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.library.models import Card, Loan

sentences: dict[str, Words] = {
    "library.borrowed": _("%(name)s took out %(title)s."),
    "library.returned": _("%(name)s brought back %(title)s."),
    "library.card": _("%(name)s has a library card: %(library)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each book that went out or came back, and for each card that is ready."""
    for change in changes:
        row = change.row
        if isinstance(row, Card):
            if row.active and row.state == Card.State.ISSUED and change.was("state") != row.state:
                yield Happening("library.card", row.student_id, localdate(), {"library": row.library})
        elif isinstance(row, Loan):
            out = row.active and row.returned_on is None
            was_out = bool(change.before) and change.was("returned_on") is None
            if out and not was_out:
                yield Happening(
                    "library.borrowed", row.student_id, row.borrowed_on or localdate(), {"title": row.title}
                )
            elif was_out and not out:
                yield Happening(
                    "library.returned", row.student_id, row.returned_on or localdate(), {"title": row.title}
                )
