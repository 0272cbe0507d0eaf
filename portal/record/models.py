"""The frame of the record: rows of a student, when each file last came, and what happened."""

from typing import ClassVar

from django.db import models

from portal.access.shut import Rows
from portal.people.models import Person, reference
from portal.students.models import Rostered, Student


class RecordRow(Rostered):
    """A row of one student's record. Shut: only `rows.under(grant)` reads it."""

    belongs_to: ClassVar[tuple[str, ...]]  # keys of the sections that may open this table

    student = models.ForeignKey(Student, models.CASCADE, related_name="+")

    rows = Rows()

    class Meta(Rostered.Meta):
        abstract = True
        default_manager_name = "rows"


class Arrival(models.Model):
    """When a file of a source last came in, so that every page can say how old its record is."""

    wall: ClassVar = {"everyone": "r"}

    source = models.CharField(max_length=40)
    file = models.CharField(max_length=60)  # attendance.csv
    as_of = models.DateTimeField()  # when the source made the bundle, or when it came
    run_id = models.BigIntegerField()
    held_since = models.DateTimeField(null=True)  # a newer file waits for a person to look at it

    class Meta:
        constraints = [models.UniqueConstraint("source", "file", name="record_one_arrival_a_file")]


class Event(models.Model):
    """Something that happened, in the order it reached us. Corrections append; nothing is rewritten."""

    wall: ClassVar = {"family": "r", "staff": "r", "worker": "r", "importer": "raud"}

    belongs_to: ClassVar[tuple[str, ...]] = ("timeline",)

    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    section = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)  # attendance.absent
    on = models.DateField()  # the day it speaks of
    words = models.JSONField(default=dict)  # named values for the sentence of this kind
    came_at = models.DateTimeField(auto_now_add=True)
    active = models.BooleanField(default=True)

    rows = Rows()

    class Meta:
        default_manager_name = "rows"
        indexes = [models.Index(fields=["student", "-on"], name="record_events_of")]


class Deed(models.Model):
    """Something one adult did about a child, or what became of it. On that adult's own timeline, and on nobody else's.

    No importer writes here and no member of staff reads here: of two parents neither meets what the other did.
    """

    wall: ClassVar = {"family": {"ra": "{child} AND {mine}"}, "worker": "ra"}

    belongs_to: ClassVar[tuple[str, ...]] = ("timeline",)

    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")  # whose timeline it stands on
    section = models.CharField(max_length=40)  # of a section, or of a page of record/deeds.py
    kind = models.CharField(max_length=60)  # attendance.explained
    on = models.DateField()
    words = models.JSONField(default=dict)  # as of an Event
    came_at = models.DateTimeField(auto_now_add=True)
    active = models.BooleanField(default=True)

    rows = Rows()

    class Meta:
        default_manager_name = "rows"
        indexes = [models.Index(fields=["person", "student", "-on"], name="record_deeds_of")]


class PutAway(models.Model):
    """A line of "what needs me" that a person put away, for good or until a day."""

    person = models.ForeignKey(Person, models.CASCADE)
    key = models.CharField(max_length=80)  # the need's own name: attendance.absent:<student ref>:2026-11-24
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "key", name="record_put_away_once")]


class Sent(models.Model):
    """One-time keys of forms that were sent: a repeat gets the first answer and changes nothing."""

    person = models.ForeignKey(Person, models.CASCADE)
    key = models.CharField(max_length=43, default=reference)
    answer = models.CharField(max_length=255)  # where the first one was sent on to
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "key", name="record_form_sent_once")]


class Visit(models.Model):
    """When a person last looked at a section of a student, so that the next look can say what is new."""

    wall: ClassVar = {"family": {"raud": "{mine}"}, "staff": {"raud": "{mine}"}}

    person = models.ForeignKey(Person, models.CASCADE)
    student = models.ForeignKey(Student, models.CASCADE)
    section = models.CharField(max_length=40)
    at = models.DateTimeField()  # the visit that goes on, or the last
    before = models.DateTimeField(null=True)  # the visit before that

    class Meta:
        constraints = [models.UniqueConstraint("person", "student", "section", name="record_one_visit")]


class Printed(models.Model):
    """A PDF that was set of a section, kept as long as it would look the same."""

    belongs_to: ClassVar[tuple[str, ...]] = ("report-cards",)

    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    section = models.CharField(max_length=40)
    name = models.CharField(max_length=100)  # the rest of its address: 812/fa.pdf
    version = models.CharField(max_length=64)  # of Sheet
    pdf = models.BinaryField()
    made_at = models.DateTimeField(auto_now=True)
    active = models.BooleanField(default=True)

    rows = Rows()

    class Meta:
        default_manager_name = "rows"
        constraints = [models.UniqueConstraint("student", "section", "name", name="record_printed_once")]
