"""What is kept from families about one another. The database answers yes or no, and shows nobody the other's rows."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import BooleanField, Func

from portal.students.models import Student


class Confidential(Func):
    """Whether a confidential contact point stands with the student, or with any adult around the student.

    A family in Safe at Home may have kept its home address out of the files; then the mailing address carries the mark.
    Source: California Government Code 6205–6217.
    """

    function = "portal_confidential"  # access/wall.py
    output_field = BooleanField()


class KeptAway(Func):
    """KeptAway("guardian", "student"): whether an order keeps this adult away from the student, or hides the adult."""

    function = "portal_kept_away"
    output_field = BooleanField()


def confidential(student: Student) -> bool:
    """The same for one student; one query."""
    return student.pk in confidential_of([student.pk])


def confidential_of(students: Iterable[int]) -> set[int]:
    """The same for many, by key: those of whom it is true; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pk FROM unnest(%s::bigint[]) AS pk WHERE portal_confidential(pk)", [list(students)]
        )
        return {pk for (pk,) in cursor.fetchall()}
