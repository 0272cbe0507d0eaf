"""What changed results mean to a family: work that was graded, found not turned in, or is new."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.record.gradebook.models import LineItem, Result
from portal.record.gradebook.work import Answer, Status, status_of
from portal.record.section import Words
from portal.record.timeline import Change, Happening

RECENT = timedelta(days=7)  # what is older was no news when it came, as on the first import
KINDS = {
    Status.GRADED: "assignments.graded",
    Status.NOT_TURNED_IN: "assignments.not_turned_in",
    Status.OPEN: "assignments.new",
}

sentences: dict[str, Words] = {
    "assignments.graded": _("%(title)s in %(course)s was graded."),
    "assignments.not_turned_in": _("%(title)s in %(course)s was not turned in."),
    "assignments.new": _("New work in %(course)s: %(title)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each result that became graded or not turned in, or that came as work still to do.

    The words need the titles of the work, which a changed result does not carry: one query for all changes.
    """
    today = localdate()
    ours = [(change, row) for change in changes if isinstance(row := change.row, Result) and row.active]
    items = LineItem.objects.select_related("school_class").in_bulk(
        {row.line_item_id for _change, row in ours}
    )
    for change, row in ours:
        yield from _event(change, row, items[row.line_item_id], today)


def _event(change: Change, row: Result, item: LineItem, today: date) -> Iterator[Happening]:
    status = status_of(_answer(vars(row)), item.due_on, today)
    was = status_of(_answer(vars(row) | change.before), item.due_on, today) if change.before else None
    on = {
        Status.GRADED: row.scored_on,
        Status.NOT_TURNED_IN: item.due_on,
        Status.OPEN: item.assigned_on,
    }.get(status)
    if status == was or on is None or not today - RECENT <= on <= today:
        return
    words = {"title": item.title, "course": item.school_class.title}
    yield Happening(KINDS[status], row.student_id, on, words)


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(Result.Status(row["status"]), row["score"], row["text_score"], row["missing"])
