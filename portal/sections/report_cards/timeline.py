"""What changed marks mean for the report card: it came out."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from portal.record.gradebook.models import Mark
from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.students.models import Term

RECENT = timedelta(days=14)  # what came out earlier was no news when it reached us

sentences: dict[str, Words] = {
    "report-cards.posted": _("A report card came out: %(term)s."),
    "report-cards.seen": _("You told the school that you have seen the report card: %(term)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each student, term and day with new marks that may be seen; one query for all changes."""
    news = {
        (row.student_id, row.term_id, localdate(row.posted_at)): None
        for change in changes
        for row in [change.row]
        if isinstance(row, Mark)
        and row.active
        and not change.before
        and now() - RECENT <= row.posted_at <= now()
    }
    titles = dict(
        Term.objects.filter(pk__in={term for _student, term, _on in news}).values_list("pk", "title")
    )
    for student, term, on in news:
        yield Happening("report-cards.posted", student, on, {"term": titles[term]})
