"""What changed scores mean to a family: a result came. Which, only the page says."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from portal.record.scores.models import Score
from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.testing import tests_known as known

RECENT = timedelta(days=30)  # what was released earlier was no news when it came

sentences: dict[str, Words] = {
    "testing.result": _("A test result came: %(test)s."),
    "testing.corrected": _("A test result was corrected: %(test)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each whole result that may be seen since a few days."""
    for change in changes:
        row = change.row
        if (
            not isinstance(row, Score)
            or row.whole_id
            or row.test.upper() in known.ELSEWHERE
            or not row.active
        ):
            continue
        if not now() - RECENT <= row.released_at <= now() or change.was("score") == row.score:
            continue
        kind = "testing.corrected" if change.before else "testing.result"
        test = known.name(row.test.upper(), row.subject, row.name)
        yield Happening(kind, row.student_id, localdate(row.released_at), {"test": test})
