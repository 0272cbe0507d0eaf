"""What a changed ride means to a family; where the stop is stays on the page."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening

SEEN = ("route", "stop", "at", "days", "begins", "ends")

sentences: dict[str, Words] = {
    "bus.new": _("A bus is planned for %(name)s."),
    "bus.changed": _("The bus of %(name)s changed."),
    "bus.ended": _("%(name)s no longer has this bus."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each student and kind in a run: a new ride, a changed one, one that is gone."""
    told: set[tuple[int, str]] = set()
    for change in changes:
        kind = _kind(change)
        if kind and (change.row.student_id, kind) not in told:
            told.add((change.row.student_id, kind))
            yield Happening(kind, change.row.student_id, localdate())


def _kind(change: Change) -> str | None:
    if not hasattr(change.row, "stop"):
        return None
    if not change.row.active:
        return "bus.ended"
    if not change.before:
        return "bus.new"
    return "bus.changed" if any(change.was(name) != getattr(change.row, name) for name in SEEN) else None
