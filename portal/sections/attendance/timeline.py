"""What changed marks of attendance mean to a family; a correction is told, nothing told before is rewritten."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from portal.record.timeline import Change, Happening
from portal.sections.attendance.models import Mark
from portal.sections.attendance.reading import ABSENT, LATE


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each day that became an absence, became late, or stopped being either.

    The day's own mark speaks where it changed; otherwise the periods do, named in `periods`. Changes that come one
    after the other make one event; nothing is held back to sort them, because an import brings millions.
    """

    def of_day(change: Change) -> tuple[int, object]:
        return change.row.student_id, change.row.on

    for _day, group in groupby(changes, key=of_day):
        told: dict[str, list[Change]] = {}
        for change in group:
            if kind := _kind(change):
                told.setdefault(kind, []).append(change)
        for kind, same in told.items():
            whole = any(change.row.scope == Mark.Scope.DAY for change in same)
            periods = [] if whole else sorted(change.row.period for change in same)
            row = same[0].row
            yield Happening(kind, row.student_id, row.on, {"periods": periods} if periods else {})


def _kind(change: Change) -> str | None:
    now, was = change.row.category if change.row.active else None, change.was("category")
    if now in ABSENT:
        return None if was in ABSENT else "attendance.absent"
    if now in LATE:
        return None if was in LATE else "attendance.late"
    return "attendance.corrected" if was in ABSENT or was in LATE else None
