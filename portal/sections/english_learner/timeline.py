"""A new status, result or criterion is told, without what it is about."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.timezone import localdate, now

from portal.record.scores.models import Score
from portal.record.timeline import Change, Happening
from portal.sections.english_learner.models import Status
from portal.sections.english_learner.rules import TESTS

RECENT = timedelta(days=30)


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each new status, each ELPAC result, each criterion newly met or no longer met."""
    for change in changes:
        row = change.row
        if not row.active:
            continue
        if isinstance(row, Score):
            whole = row.whole_id is None and row.test.upper() in TESTS
            if whole and change.was("score") != row.score and now() - RECENT <= row.released_at <= now():
                yield Happening("english-learner.new", row.student_id, localdate(row.released_at))
        elif isinstance(row, Status):
            if change.was("status") != row.status:
                yield Happening("english-learner.new", row.student_id, row.on)
        elif change.was("is_met") is not row.is_met:
            yield Happening("english-learner.new", row.student_id, row.as_of)
