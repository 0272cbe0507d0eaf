"""Papers between a family and the school: asked for, sent in, and given out."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.record.models import RecordRow


class Kind(models.TextChoices):
    """What a paper from a family is."""

    ABSENCE_NOTE = "absenceNote", _("Absence note")
    RESIDENCE = "proofOfResidence", _("Proof of address")
    SHOTS = "immunizationRecord", _("Shot record")
    BIRTH = "birthCertificate", _("Birth certificate")
    COURT = "courtOrder", _("Court or custody order")
    CAREGIVER = "caregiverAffidavit", _("Caregiver form")
    MEDICAL = "medicalForm", _("Medical form")
    INCOME = "incomeVerification", _("Proof of income")
    PROGRAM = "programVerification", _("Proof for a program")
    IEP = "iep", _("Paper about an IEP or 504 plan")
    OTHER = "other", _("Another paper")


class Wanted(RecordRow):
    """documentRequests.csv (companion): a paper the school asked the family for."""

    belongs_to: ClassVar[tuple[str, ...]] = ("documents",)

    class State(models.TextChoices):
        OPEN = "open", _("Asked for")
        RECEIVED = "received", _("Received")
        CLOSED = "closed", _("No longer needed")

    kind = models.CharField(max_length=40)  # Kind, or ext:<token>
    title = models.CharField(max_length=255, blank=True)  # when the kind alone does not say it
    asked_on = models.DateField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=40)  # State, or ext:<token>

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(due_on=None) | models.Q(due_on__gte=models.F("asked_on")),
                name="documents_due_after_asked_for",
            ),
        ]
        indexes = [models.Index(fields=["student"], name="documents_wanted_of")]


class Sent(RecordRow):
    """sentDocuments.csv (companion): a paper the family sent or brought, and what the school said of it."""

    belongs_to: ClassVar[tuple[str, ...]] = ("documents",)

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        IN_REVIEW = "inReview", _("Someone is reading it")
        ACCEPTED = "accepted", pgettext_lazy("document", "Accepted")
        REJECTED = "rejected", _("Please send again")
        EXPIRED = "expired", _("Too old now")

    class Reason(models.TextChoices):
        UNREADABLE = "unreadable", _("We could not read it.")
        WRONG = "wrongDocument", _("It is not the paper we asked for.")
        OLD = "tooOld", _("It is too old.")
        INCOMPLETE = "incomplete", _("A page or a signature is not there.")
        OTHER = "other", _("The school office can tell you why.")

    kind = models.CharField(max_length=40)  # Kind, or ext:<token>
    name = models.CharField(max_length=255, blank=True)  # of the file, as the family named it
    sent_on = models.DateField()
    state = models.CharField(max_length=40)  # State, or ext:<token>
    reason = models.CharField(max_length=40, blank=True)  # Reason, or ext:<token>

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student", "-sent_on"], name="documents_sent_of")]


class Paper(RecordRow):
    """documents.csv (companion): a paper the school gives the family. Unseen before `published_at`."""

    belongs_to: ClassVar[tuple[str, ...]] = ("documents",)

    class Kind(models.TextChoices):
        REPORT_CARD = "reportCard", _("Report card")
        LETTER = "letter", _("Letter")
        IEP = "iep", _("IEP or 504 plan")
        TEST_REPORT = "testReport", _("Test report")
        NOTICE = "notice", _("Notice")
        OTHER = "other", _("Another paper")

    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=40)  # Kind, or ext:<token>
    language = models.CharField(max_length=20, blank=True)  # BCP 47
    file_name = models.CharField(max_length=255)  # in files/ of the bundle
    sha256 = models.CharField(max_length=64)  # of the file, lower-case hex
    published_at = models.DateTimeField()
    expires_on = models.DateField(null=True)  # last day it is shown
    requires_signature = models.BooleanField(null=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student", "-published_at"], name="documents_papers_of")]
