"""Books a student has out of the school library, and library cards."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow


class Loan(RecordRow):
    """libraryLoans.csv (companion): one thing out of the school library. Brought back: the row ends, or says when."""

    belongs_to: ClassVar[tuple[str, ...]] = ("library",)

    title = models.CharField(max_length=500)
    author = models.CharField(max_length=255, blank=True)
    borrowed_on = models.DateField(null=True)
    due_on = models.DateField()
    returned_on = models.DateField(null=True)
    renewable = models.BooleanField(null=True)

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(borrowed_on=None) | models.Q(borrowed_on__lte=models.F("due_on")),
                name="library_due_after_borrowed",
            ),
        ]
        indexes = [models.Index(fields=["student", "due_on"], name="library_loans_of")]


class Card(RecordRow):
    """libraryCards.csv (companion): a card of the school or the public library. Never its whole number, never a PIN."""

    belongs_to: ClassVar[tuple[str, ...]] = ("library",)

    class State(models.TextChoices):
        ISSUED = "issued", _("Ready to use")
        NOT_ISSUED = "notIssued", _("Not issued yet")
        OPTED_OUT = "optedOut", _("Family said no")

    library = models.CharField(max_length=255)  # "Public Library"
    state = models.CharField(max_length=40)  # State, or ext:<token>
    last_digits = models.CharField(max_length=4, blank=True)  # of the card's number

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student", "library", condition=models.Q(active=True), name="library_one_card_of_a_library"
            ),
        ]
