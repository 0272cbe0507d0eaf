"""The record of access. Names of sections and actions, never content."""

from typing import ClassVar

from django.db import models
from django.utils.timezone import now

from portal.people.models import Person
from portal.students.models import Student


class Access(models.Model):
    """One look or one act. Written in the same transaction as what it tells of."""

    wall: ClassVar = {
        "family": "ra",
        "staff": "ra",
        "linking": {"ra": "{mine} OR {about}"},
        "worker": "ra",
        "auditor": "r",
    }

    at = models.DateTimeField(default=now)
    person = models.ForeignKey(Person, models.PROTECT, null=True)  # none: a machine
    role = models.CharField(max_length=30)  # guardian, or the role of a staff post
    place = models.CharField(max_length=255, blank=True)  # "Lincoln High"
    student = models.ForeignKey(Student, models.PROTECT, null=True)
    section = models.CharField(max_length=40)
    action = models.CharField(max_length=40)  # see, or the act's name
    why = models.CharField(max_length=60)  # the rule that allowed it, or the reason staff gave
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["student", "-at"], name="audit_of_student"),
            models.Index(fields=["person", "-at"], name="audit_by_person"),
        ]
