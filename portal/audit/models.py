"""The record of access, and the chain that seals it. Names of sections and actions, never content.

Nobody in the application changes, removes or empties these tables: the database refuses (migration 0002).
"""

from typing import ClassVar

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from portal.people.models import Person
from portal.students.models import Org, Student


class Purpose(models.TextChoices):
    """Why staff look at records, asked once in a session; the words are read by families too."""

    HELPING = "helping", _("To help a parent")
    VERIFICATION = "verification", _("To check who someone is")
    SAFETY = "safety", _("For safety")
    OTHER = "other", _("Another reason")


class Access(models.Model):
    """One look or one act. Written in the same transaction as what it tells of."""

    wall: ClassVar = {
        # Staff and machines who looked at one's children, never another guardian, nor what was about one.
        "family": {
            "a": "{mine}",
            "r": "{mine} OR ({child} AND role <> 'guardian' AND (about IS NULL OR EXISTS ("
            "SELECT FROM family_link l WHERE l.guardianship_id = audit_access.about)))",
        },
        "staff": {"a": "{mine}", "r": "{mine} OR coalesce(org_id, 0) = {audited}"},
        "linking": {"ra": "{mine} OR {about}"},
        "worker": "ra",
        "auditor": "r",
    }

    at = models.DateTimeField(default=now)
    person = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False)  # none: a machine
    machine = models.CharField(max_length=60, blank=True)  # name of the service or key, when no person asked
    role = models.CharField(max_length=30)  # guardian, machine, or the role of a staff post
    place = models.CharField(max_length=255, blank=True)  # "Lincoln High"
    org = models.ForeignKey(
        Org, models.PROTECT, null=True, db_index=False
    )  # the student's school then; without a student, the place of the post
    student = models.ForeignKey(Student, models.PROTECT, null=True, db_index=False)
    about = models.BigIntegerField(null=True)  # the guardianship a PIN, letter or address was of
    section = models.CharField(max_length=40)
    action = models.CharField(max_length=40)  # see, or the act's name
    why = models.CharField(max_length=60)  # the rule that allowed it
    purpose = models.CharField(max_length=12, choices=Purpose, blank=True)  # what staff said in this session
    purpose_words = models.CharField(max_length=200, blank=True)  # their own words for another reason
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        # Pages of the log go by moment, newest first; each filter that narrows well has its own way in.
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["student", "-at"], name="audit_of_student"),
            models.Index(fields=["person", "-at"], name="audit_by_person"),
            models.Index(fields=["org", "-at"], name="audit_at_school"),
        ]


class Link(models.Model):
    """One row's place in the chain: SHA-256 of the hash before it and of the row."""

    wall: ClassVar = {"worker": "ra", "auditor": "r"}

    position = models.BigIntegerField(primary_key=True)  # 1, 2, 3 …; a missing one is a missing row
    access = models.OneToOneField(Access, models.PROTECT)
    hash = models.BinaryField(max_length=32)


class Seal(models.Model):
    """A signed head of the chain; everything up to its position stood like this at this moment."""

    wall: ClassVar = {"worker": "ra", "auditor": "r"}

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3 …
    made_at = models.DateTimeField()
    position = models.BigIntegerField()  # of the last row it covers
    highest = models.BigIntegerField()  # greatest id of a row sealed so far
    head = models.BinaryField(max_length=32)  # hash of that last row
    signature = models.CharField(max_length=64)  # HMAC-SHA256 with a key kept outside the database

    class Meta:
        indexes = [models.Index(fields=["-made_at"], name="audit_seals_newest")]
