"""What a family asked the school about its child's record, and copies that were made of it.

Each belongs to the adult who asked; another guardian of the same child never meets it.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access.models import Post
from portal.audit.models import Access
from portal.family.models import Guardianship
from portal.people.models import Person, reference
from portal.students.models import Student


class Case(models.Model):
    """Something the school has to answer by a day."""

    wall: ClassVar = {"family": {"rau": "{mine}"}, "staff": "ru", "worker": "ru"}

    ref = models.CharField(max_length=10, unique=True, default=reference)
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")  # who asked
    guardianship = models.ForeignKey(Guardianship, models.PROTECT, related_name="+")  # as whom
    asked_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField()
    answer = models.TextField(blank=True)  # at most 2,000 characters
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class Question(Case):
    """A family does not know why someone looked."""

    wall: ClassVar = {  # what the database lets each role do, beside the gate
        "family": {"rau": "{mine} AND {child}"},
        "staff": {"ru(answer, answered_at, answered_by_id)": "{place}"},
        "worker": "r",
    }

    access = models.ForeignKey(Access, models.PROTECT, related_name="+")  # the look
    words = models.TextField(blank=True)  # what the family adds, at most 2,000 characters

    class Meta:
        constraints = [models.UniqueConstraint("person", "access", name="privacy_one_question_a_look")]
        indexes = [models.Index(fields=["student", "due_on"], name="privacy_questions_due")]


class Correction(Case):
    """A request to correct the record. Source: 34 CFR 99.20–99.22, California Education Code 49070."""

    wall: ClassVar = {
        "family": {"rau": "{mine} AND {child}"},
        "staff": {"ru(state, answer, hearing, answered_at, answered_by_id)": "{place}"},
        "worker": "r",
    }

    class State(models.TextChoices):
        SENT = "sent", _("With the school")
        ACCEPTED = "accepted", _("The school agrees")
        PARTLY = "partly", _("The school agrees in part")
        REFUSED = "refused", _("The school does not agree")

    section = models.CharField(max_length=40)  # key of the section
    item = models.CharField(max_length=200)  # which entry, in the family's words
    wrong = models.TextField()  # what is wrong, at most 2,000 characters
    should = models.TextField()  # what it should say, at most 2,000 characters
    state = models.CharField(max_length=8, choices=State, default=State.SENT)
    hearing = models.TextField(blank=True)  # how to get a hearing, when the school does not fully agree
    hearing_asked_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)  # the family's own note; it stays with the record
    noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent") ^ models.Q(answered_at__isnull=False),
                name="privacy_answered_when_decided",
            )
        ]
        indexes = [models.Index(fields=["student", "due_on"], name="privacy_corrections_due")]

    @property
    def meaning(self) -> str:
        """How the pill looks."""
        looks = {"sent": "progress", "accepted": "good", "partly": "look", "refused": "neutral"}
        return looks[self.state]

    @property
    def contested(self) -> bool:
        """Whether a hearing and a note of one's own are open to the family."""
        return self.state in (self.State.PARTLY, self.State.REFUSED)


class Copy(models.Model):
    """A copy of a child's record that one adult asked for: made by a job, kept encrypted, gone after its hours."""

    wall: ClassVar = {"family": {"rau": "{mine}"}, "worker": "ru"}

    class State(models.TextChoices):
        WAITING = "waiting", _("We are making your file.")
        READY = "ready", _("Ready")
        NOT_MADE = "not_made", _("Not made")  # the record was closed to this adult when the job ran
        GONE = "gone", _("Deleted")

    ref = models.CharField(max_length=10, unique=True, default=reference)
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sections = models.JSONField()  # keys that were chosen, after the making those that are in it
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=64, blank=True)  # random name in the folder of kept files
    sealed_key = models.BinaryField(default=bytes)  # the file's own key, sealed and bound to this row

    class Meta:
        indexes = [models.Index(fields=["person", "-asked_at"], name="privacy_copies_of")]
