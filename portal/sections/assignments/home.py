"""What assignments say of children on the pages that show several things at once."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from portal.access.grant import Grant
from portal.record.gradebook import classes, work
from portal.record.gradebook.classes import Classes
from portal.record.section import CardFact, HomeFact, Need, Tone
from portal.sections.assignments.reading import Show
from portal.students.models import Student
from portal.web import formats
from portal.web.addresses import url as address


def home(grants: Sequence[Grant]) -> dict[int, HomeFact]:
    """Tile, card and need of each student; one query."""
    found = classes.of(*grants)
    return {grant.student.pk: _fact(grant.student, found[grant.student.pk]) for grant in grants}


def ahead(grant: Grant, until: date) -> Iterable[tuple[date, str]]:
    """Work that is still to be turned in; two queries."""
    student = grant.student.pk
    mine = {student: classes.of(grant)[student].kept}
    for piece in reversed(work.of([grant], mine, (grant.on, until))[student]):
        if not piece.done:
            yield (
                piece.due_on,
                _("%(title)s in %(course)s is due.") % {"title": piece.title, "course": piece.class_title},
            )


def _fact(student: Student, mine: Classes) -> HomeFact:
    n = mine.not_turned_in
    posted = n or any(each.has_work for each in mine.kept)
    url = address("assignments", ref=student.ref) + f"?show={Show.NOT_TURNED_IN}"
    card = CardFact(
        pgettext("several", "Not turned in"),
        formats.number(n) if posted else _("Nothing yet"),
        url,
        Tone.WARN if n else Tone.QUIET,
    )
    return HomeFact(
        tile=_("%(n)s not turned in") % {"n": formats.number(n)} if posted else _("Nothing yet"),
        card=() if student.elementary else (card,),
        needs=(_need(student, mine, url),) if n else (),
    )


def _need(student: Student, mine: Classes, url: str) -> Need:
    n = mine.not_turned_in
    sentence = ngettext("{name}: {n} thing not turned in", "{name}: {n} things not turned in", n)
    return Need(
        rank=1,
        key=f"assignments.not_turned_in:{student.ref}:{n}",
        icon="clipboard-text",
        sentence=format_html(
            sentence, name=format_html("<bdi>{}</bdi>", student.first_name), n=formats.number(n)
        ),
        detail=" · ".join(each.title for each in mine.kept if each.not_turned_in),
        url=url,
    )
