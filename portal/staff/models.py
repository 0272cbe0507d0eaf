"""Identity checks at the counter: that they were made, never what was shown."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access.models import Post
from portal.family.models import Guardianship
from portal.people.models import Person, reference
from portal.students.models import Org, Student


class IdentityCheck(models.Model):
    """One checklist: who asked, how, what matched. Never which kind of ID, its number or a picture."""

    wall: ClassVar = {
        "staff": {
            "ra": "EXISTS (SELECT FROM family_guardianship g WHERE g.id = staff_identitycheck.guardianship_id)"
        }
    }

    class Channel(models.TextChoices):
        COUNTER = "counter", _("At the counter")
        VIDEO = "video", _("Video call")
        PHONE = "phone", _("Phone after video")

    class Outcome(models.TextChoices):
        SHOWN = "shown", _("PIN shown")
        PRINTED = "printed", _("Letter printed")
        IDENTITY = "identity", _("Identity confirmed")
        NOT_RELEASED = "not_released", _("Could not verify")

    guardianship = models.ForeignKey(Guardianship, models.PROTECT)
    post = models.ForeignKey(Post, models.PROTECT)
    channel = models.CharField(max_length=7, choices=Channel)
    birth_date_matches = models.BooleanField()
    name_matches = models.BooleanField()
    grade_matches = models.BooleanField()
    address_and_phone_match = models.BooleanField()
    emergency_contact_matches = models.BooleanField()
    photo_id_seen = models.BooleanField()
    face_matches = models.BooleanField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    made_at = models.DateTimeField(auto_now_add=True)


class Listed(models.Model):
    """T3b: a student someone ticked for letters."""

    wall: ClassVar = {"staff": {"raud": "{mine}"}}

    person = models.ForeignKey(Person, models.CASCADE)
    student = models.ForeignKey(Student, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint("person", "student", name="staff_listed_once")]


class Printing(models.Model):
    """One printing of PIN letters: who asked, why, how far it is. The sheets wait encrypted for one download."""

    wall: ClassVar = {
        # One's own, and for a second person who agrees those with letters of their students.
        "staff": {
            "a": "{mine}",
            "ru": "{mine} OR EXISTS (SELECT FROM staff_letter l WHERE l.printing_id = staff_printing.id)",
        },
        "worker": "ru",
    }

    class Reason(models.TextChoices):
        NEW_YEAR = "new_year", _("New school year or new students")
        ASKED = "asked", _("Families asked for it")
        EVENT = "event", _("School event for families")
        NOT_LINKED = "not_linked", _("Families who are not linked yet")

    class State(models.TextChoices):
        SECOND = "second", _("Waits for a second person")
        PRINTING = "printing", _("Printing")
        READY = "ready", _("Ready")
        TAKEN = "taken", _("Downloaded")
        STOPPED = "stopped", _("Stopped")

    ref = models.CharField(max_length=10, unique=True, default=reference)
    person = models.ForeignKey(Person, models.PROTECT, related_name="printings")
    agreed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="printings_agreed")
    reason = models.CharField(max_length=10, choices=Reason)
    state = models.CharField(max_length=8, choices=State)
    made_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)  # the PDF, AES-256-GCM; gone after one download or a day


class Letter(models.Model):
    """One sheet of a printing: for this guardian of this student, or why there is none."""

    wall: ClassVar = {
        "staff": {
            "rau": "EXISTS (SELECT FROM family_guardianship g WHERE g.id = staff_letter.guardianship_id)"
        },
        "worker": "r",
    }

    class Skipped(models.TextChoices):
        NO_ADDRESS = "no_address", _("No mailing address on file")
        CONFIDENTIAL = "confidential", _("The address is confidential: give the letter in person")
        LINKED = "linked", _("Already linked")
        NOT_NOW = "not_now", _("No longer possible")

    printing = models.ForeignKey(Printing, models.CASCADE, related_name="letters")
    guardianship = models.ForeignKey(Guardianship, models.CASCADE)
    skipped = models.CharField(max_length=12, choices=Skipped, blank=True)
    printed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("printing", "guardianship", name="staff_one_letter_each")]
        indexes = [models.Index(fields=["guardianship"], name="staff_letters_of")]


class FamilyCount(models.Model):
    """How far the families of some students have come, on one day; names nobody. Counted by a job, see adoption.py.

    Each step counts students who came at least so far: a linked family has its PIN, whoever gave it.
    """

    wall: ClassVar = {"staff": {"r": "{everywhere} OR school_id = {schools}"}, "reporter": "raud"}

    on = models.DateField()
    school = models.ForeignKey(Org, models.CASCADE)
    grade = models.CharField(max_length=5, blank=True)  # CEDS code
    run_id = models.BigIntegerField(default=0)  # the newest import that had gone in
    language = models.CharField(max_length=10, blank=True)  # of the first verified adult; empty: not known
    students = models.PositiveIntegerField()
    verified = models.PositiveIntegerField()  # a verified parent or guardian is on file
    issued = models.PositiveIntegerField()  # a PIN was given to one
    registered = models.PositiveIntegerField()  # and one of them has an account with the email on file
    linked = models.PositiveIntegerField()  # an account of one sees the student
    active = models.PositiveIntegerField()  # and is signed in on a device it used in the last 30 days

    class Meta:
        constraints = [
            models.UniqueConstraint("on", "school", "grade", "language", name="staff_one_count_a_day")
        ]
        indexes = [models.Index(fields=["school", "on"], name="staff_counts_of_school")]


class Goal(models.Model):
    """How many of a place's families should be linked, and by which day."""

    wall: ClassVar = {"staff": {"r": "true", "au": "place_id = {answers}"}}

    place = models.OneToOneField(Org, models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()  # of students with a linked family
    by = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now=True)
