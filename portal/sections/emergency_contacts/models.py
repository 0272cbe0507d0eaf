"""Whom the school may call, what it must know of a child's health, and what parents changed of their own numbers."""

from typing import ClassVar

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from portal.access.shut import Rows
from portal.family.models import Guardian, Guardianship
from portal.people.models import Person
from portal.record.models import RecordRow
from portal.sis.models import Outgoing
from portal.students.models import Student, display_name

OPENS = ("emergency-contacts", "emergency-report")  # the section, and the office's report of changes


class EmergencyContact(RecordRow):
    """emergencyContacts.csv (companion): an adult the school may call, in the order it calls."""

    belongs_to: ClassVar[tuple[str, ...]] = (*OPENS, "registrar")  # the desk adds, removes and puts in order
    wall: ClassVar = {"family": "r", "staff": {"r": "", "au": "{desk}"}, "importer": "raud"}

    FURTHER: ClassVar = {
        "neighbor": _("Neighbor"),
        "friend": _("Family friend"),
        "babysitter": _("Babysitter"),
        "doctor": _("Doctor"),
    }

    priority = models.PositiveSmallIntegerField()
    given_name = models.CharField(max_length=255)
    family_name = models.CharField(max_length=255, blank=True)
    relationship = models.CharField(
        max_length=40
    )  # of guardianships.csv, neighbor, friend, babysitter or doctor
    phone = models.CharField(max_length=30)
    phone_type = models.CharField(max_length=10, blank=True)  # mobile, home or work
    alt_phone = models.CharField(max_length=30, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=10, blank=True)
    may_pick_up = models.BooleanField(null=True)
    guardian = models.ForeignKey(Guardian, models.SET_NULL, null=True, related_name="+")  # when it is one
    kept_at = models.DateTimeField(
        null=True
    )  # from then on the registrar's desk keeps this row, not the feed
    said = models.JSONField(null=True)  # of a kept row: whether the feed's last word let them pick up

    class Meta(RecordRow.Meta):
        pass

    @property
    def name(self) -> str:
        return display_name(self.given_name, "", self.family_name)


class MedicalAlert(RecordRow):
    """medicalAlerts.csv (companion): what an adult in charge must know. Printed on the office's cards, shown nowhere."""

    belongs_to: ClassVar[tuple[str, ...]] = ("emergency-contacts", "emergency-report")

    class Category(models.TextChoices):
        ALLERGY = "allergy", _("Allergy")
        MEDICATION = "medication", _("Medication")
        CONDITION = "condition", _("Condition")
        DEVICE = "device", _("Medical device")

    category = models.CharField(max_length=40)
    summary = models.TextField()
    severity = models.CharField(max_length=10, blank=True)  # low, moderate or severe
    action_plan_on_file = models.BooleanField(null=True)
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # inclusive

    class Meta(RecordRow.Meta):
        pass


class NumberChange(models.Model):
    """One field of a parent's own card that they changed, for one child. Nothing is rewritten; the newest counts."""

    belongs_to: ClassVar[tuple[str, ...]] = OPENS

    class Field(models.TextChoices):
        HOME = "home", _("Home phone")
        WORK = "work", _("Work phone")
        CELL = "cell", _("Cell phone")
        PREFERRED = "preferred", _("Number we call first")
        CONTACT_BY = "contact_by", _("How we reach you")
        TEXT_OPT_IN = "text_opt_in", _("Text messages")

    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    guardianship = models.ForeignKey(Guardianship, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")  # who changed it
    at = models.DateTimeField(default=now)
    field = models.CharField(max_length=11, choices=Field)
    old = models.CharField(max_length=30, blank=True)
    new = models.CharField(max_length=30, blank=True)
    typed = models.CharField(max_length=60, blank=True)  # a number as the family wrote it
    consent = models.TextField(blank=True)  # text messages: the words that were agreed to, in their language
    sent = models.ForeignKey(Outgoing, models.PROTECT, related_name="+")  # its way to the school
    active = models.BooleanField(default=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    rows = Rows()

    class Meta:
        default_manager_name = "rows"
        indexes = [models.Index(fields=["student", "-id"], name="emergency_changes_of")]


class CellProof(models.Model):
    """That a cell number rings at the person who typed it: six digits went there and came back."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    cell = models.CharField(max_length=30)
    code_hash = models.CharField(max_length=64, blank=True)  # keyed
    expires_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "cell", name="emergency_cell_once")]


class YearlyCheck(models.Model):
    """When a parent last said that their numbers are right, by saving them or by saying so."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()
