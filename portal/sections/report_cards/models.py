"""What families say about a report card, and the sheets that were set of it."""

from typing import ClassVar

from django.db import models

from portal.access.shut import Rows
from portal.people.models import Person
from portal.students.models import Student, Term


class Signature(models.Model):
    """A parent has seen a report card, where the school asks for it."""

    belongs_to: ClassVar[tuple[str, ...]] = ("report-cards",)

    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    term = models.ForeignKey(Term, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    active = models.BooleanField(default=True)

    rows = Rows()

    class Meta:
        default_manager_name = "rows"
        constraints = [models.UniqueConstraint("student", "person", "term", name="report_cards_seen_once")]
