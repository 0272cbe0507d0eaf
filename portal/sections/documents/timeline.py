"""What changed papers mean to a family; which paper it is stays on the page."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.documents.models import Paper, Sent, Wanted

sentences: dict[str, Words] = {
    "documents.asked": _("The school asked for a paper for %(name)s."),
    "documents.accepted": _("The school accepted a paper for %(name)s."),
    "documents.again": _("The school asks for a paper for %(name)s once more."),
    "documents.paper": _("There is a new paper from the school for %(name)s."),
}
SAID: dict[str, str] = {Sent.State.ACCEPTED: "documents.accepted", Sent.State.REJECTED: "documents.again"}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each paper asked for, answered or given out."""
    for change in changes:
        row, new_state = change.row, change.was("state") != getattr(change.row, "state", None)
        if not row.active:
            continue
        if isinstance(row, Wanted) and row.state == Wanted.State.OPEN and new_state:
            yield Happening("documents.asked", row.student_id, row.asked_on)
        elif isinstance(row, Sent) and new_state and (kind := SAID.get(row.state)):
            yield Happening(kind, row.student_id, localdate())
        elif isinstance(row, Paper) and not change.before and row.published_at <= now():
            yield Happening("documents.paper", row.student_id, localdate(row.published_at))
