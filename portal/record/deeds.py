"""What an adult did about a child, and what became of it: told when it is done, on that adult's own timeline."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.people.asking import within
from portal.people.models import Person
from portal.record.models import Deed
from portal.record.section import Words
from portal.students.models import Student


@dataclass(frozen=True)
class Beside:
    """A page beside the sections on which a family does something; what it is about stays there."""

    title: Words
    icon: str
    page: str  # name of its address
    sentences: dict[str, Words]


# By the key the gate knows the page by.
BESIDE = {
    "correction": Beside(
        _("Corrections"),
        "envelope-simple",
        "privacy_correction",
        {
            "correction.asked": _("You asked the school to correct the record."),
            "correction.hearing": _("You asked for a hearing about the record."),
            "correction.noted": _("You put a note of your own with the record."),
            "correction.answered": _("The school answered your request to correct the record."),
        },
    ),
    "privacy_log": Beside(
        _("Who has looked"),
        "shield-check",
        "privacy_log",
        {
            "privacy_log.asked": _("You asked the school a question about the record."),
            "privacy_log.answered": _("The school answered your question about the record."),
        },
    ),
}


def did(grant: Grant, kind: str, **words: str) -> None:
    """This adult did something. words: named values for the sentence of this kind; `date` is a day, as in 2026-10-05."""
    did_each([grant], kind, **words)


def did_each(grants: Sequence[Grant], kind: str, **words: str) -> None:
    """The same for several children at once."""
    for grant in grants:
        _keep(grant.person, grant.student, grant.section, kind, grant.on.isoformat(), words)


def became(person: Person, student: Student, section: str, kind: str) -> None:
    """Somebody else answered what this adult had done: the school, or its system."""
    with within("worker", purpose="answered"):  # staff do not write on a family's timeline, nor read it
        _keep(person, student, section, kind, localdate().isoformat(), {})


def _keep(person: Person, student: Student, section: str, kind: str, on: str, words: dict[str, str]) -> None:
    Deed.rows.create(student=student, person=person, section=section, kind=kind, on=on, words=words)
