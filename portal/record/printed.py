"""PDFs of sections: set when someone asks, or before that when an import brought news; kept until they would look different."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models.functions import Length
from django.utils import translation
from django.utils.timezone import now
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from portal.access import gate
from portal.access.grant import Grant
from portal.paper import sheets
from portal.paper.sheets import Sheet
from portal.people import limits
from portal.people.models import Person
from portal.record.models import Printed
from portal.record.section import Section

AHEAD = "portal.record.jobs.set_ahead"
TOGETHER = 50  # students in one job
LATELY = timedelta(days=60)  # who signed in within that time may ask soon


def pdf(grant: Grant, name: str, sheet: Sheet) -> bytes:
    """The PDF of a sheet. Raises NotReady, and TooMany for more than ten new ones an hour.

    name: the sheet's own among those of the section, language included.
    """
    kept = _kept(grant, name, sheet)
    if kept is not None:
        return bytes(kept.pdf)
    limits.hit("paper", str(grant.person.pk))
    return _set(grant, name, sheet)


def sizes(grant: Grant) -> dict[str, int]:
    """Bytes of the PDFs that were set last, by name; one query that reads none of them."""
    rows = Printed.rows.under(grant).filter(section=grant.section).annotate(size=Length("pdf"))
    return dict(rows.values_list("name", "size"))


def soon(section: Section, students: Sequence[int]) -> None:
    """Puts in the queue what the families of these students will ask for; nothing for a section without such papers."""
    if any(paper.ahead for paper in section.papers):
        for first in range(0, len(students), TOGETHER):
            some: list[JSONValue] = list(students[first : first + TOGETHER])
            app.configure_task(AHEAD).defer(section=section.key, students=some)


def people(students: Sequence[int]) -> list[int]:
    """Accounts linked to these students that were used lately."""
    found = Person.objects.filter(
        links__guardianship__student__in=students, links__ended_at=None, last_login__gte=now() - LATELY
    )
    return sorted(set(found.values_list("pk", flat=True)))


def ahead(person: int, section: Section, students: Sequence[int]) -> None:
    """Sets this person's papers in their language; what cannot be set now waits until they ask."""
    actor = gate.Actor(Person.objects.get(pk=person))
    if not actor.person.is_active:
        return
    with translation.override(actor.person.language):
        for grant in gate.admit_each(actor, section):
            for paper in section.papers if grant.student.pk in students else ():
                for address in paper.ahead(grant) if paper.ahead else ():
                    sheet, name = paper.sheet(grant, **address), named(address)
                    try:
                        if _kept(grant, name, sheet) is None:
                            _set(grant, name, sheet)
                    except sheets.NotReady:
                        return


def named(address: dict[str, object]) -> str:
    """The name of a sheet, from the values of its address."""
    return "/".join(map(str, address.values()))


def _kept(grant: Grant, name: str, sheet: Sheet) -> Printed | None:
    return Printed.rows.under(grant).filter(section=grant.section, name=name, version=sheet.version).first()


def _set(grant: Grant, name: str, sheet: Sheet) -> bytes:
    made = sheets.pdf(sheet)
    Printed.rows.under(grant).update_or_create(
        student=grant.student,
        section=grant.section,
        name=name,
        defaults={"version": sheet.version, "pdf": made},
    )
    return made
