"""Import runs: what came, what it changed, what was put aside and why. And the outbox: what is on its way back."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from portal.access.shut import Rows
from portal.people.models import Person
from portal.students.models import Student


def random_key() -> str:
    """128 random bits in hexadecimal: the name under which the other side knows a change."""
    return secrets.token_hex(16)


class Run(models.Model):
    """One bundle taken in, or refused."""

    wall: ClassVar = {"importer": "raud"}

    class Verdict(models.TextChoices):
        RUNNING = "running"
        APPLIED = "applied"
        HELD = "held"
        REFUSED = "refused"

    source = models.CharField(max_length=40)
    bundle = models.CharField(max_length=10)  # oneroster or companion
    version = models.CharField(max_length=5, blank=True)
    name = models.CharField(max_length=255)  # file or folder name, never its path
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=7, choices=Verdict, default=Verdict.RUNNING)
    reason = models.TextField(blank=True)  # why it was held or refused, in words
    because = models.JSONField(default=list)  # the same sentence by sentence, to be said in other languages
    files = models.JSONField(default=list)  # report for each file: rows, added, changed, ended, quarantined
    progress = models.JSONField(default=dict)  # of a run that goes on, for the monitor; see showing.py
    made_at = models.DateTimeField(null=True)  # when the sending system made the set, as far as it says so
    kept = models.BooleanField(default=False)  # the set is on the disk, see keeping.py
    asked_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+"
    )  # first of the two who let a held set in
    asked_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    rejected_at = models.DateTimeField(null=True)
    again = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="retaken"
    )  # the run whose kept set this one took in again


class Quarantined(models.Model):
    """A row that did not go in: where it stood and what is wrong. Its content is not kept."""

    wall: ClassVar = {"importer": "raud"}

    run = models.ForeignKey(Run, models.CASCADE, related_name="quarantined")
    file = models.CharField(max_length=60)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=40)  # code; reasons.py has the words
    sourced_id = models.CharField(max_length=255, blank=True)
    mark = models.CharField(max_length=64, blank=True)  # the same for the same row with the same fault


class Ignored(models.Model):
    """A row put aside that an administrator knows of: passed over until it says something else.

    The mark is a keyed hash of the row, its fault and its source, so that no content is kept for it.
    """

    wall: ClassVar = {"importer": "rad"}

    mark = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)


class Pending(models.Model):
    """A row that refers to an id not seen yet; read again by each run, kept seven days, then reported.

    It never makes an empty person.
    """

    wall: ClassVar = {"importer": "raud"}

    source = models.CharField(max_length=40)
    file = models.CharField(max_length=60)
    sourced_id = models.CharField(max_length=255)
    column = models.CharField(max_length=100)
    refers_to = models.CharField(max_length=255)
    first_seen = models.DateTimeField(auto_now_add=True)
    row = models.JSONField(default=dict)  # the columns we read of it, as they came

    class Meta:
        constraints = [
            models.UniqueConstraint("source", "file", "sourced_id", "column", name="sis_pending_once")
        ]


class Outgoing(models.Model):
    """One change on its way to the school's system. Its number is its place: a student's changes go one by one."""

    wall: ClassVar = {"family": "ra", "staff": "ra", "worker": "raud"}

    belongs_to: ClassVar[
        tuple[str, ...]
    ] = ()  # opens for no section; a section reads the state beside its own rows

    class State(models.TextChoices):
        WAITING = "waiting", _("Sending to the school")
        ACCEPTED = "accepted", _("The school has it")
        REFUSED = "refused", _("The school could not take it")
        REPLACED = "replaced", _("Replaced by a later change")

    class Reason(models.TextChoices):
        INVALID = "invalid", _("The school system did not accept the number.")
        UNKNOWN_STUDENT = "unknown_student", _("The school system does not know this student.")
        UNKNOWN_GUARDIAN = (
            "unknown_guardian",
            _("The school system does not know this adult for this student."),
        )
        LOCKED = "locked", _("The office is working on this record.")
        OTHER = "other", _("The school system gave no reason we know.")

    key = models.CharField(max_length=32, unique=True, default=random_key)
    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+"
    )  # who hears of the answer
    tells = models.CharField(max_length=50, blank=True)  # how: emergency-contacts.numbers
    kind = models.CharField(max_length=40)  # emergency.numbers
    sealed = models.BinaryField()  # the payload as JSON, AES-256-GCM bound to the key
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)  # why it was refused
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=now)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=now)  # not tried before
    lease = models.CharField(max_length=32, blank=True)  # who is sending it now
    leased_until = models.DateTimeField(null=True)
    doubtful = models.BooleanField(default=False)  # the last try may have been taken: no answer, or a 5xx
    settled_at = models.DateTimeField(null=True)  # accepted or refused
    checked_at = models.DateTimeField(null=True)  # last compared with the other side
    repairs = models.PositiveSmallIntegerField(default=0)  # how often it had to be sent again after all

    rows = Rows()

    class Meta:
        default_manager_name = "rows"
        indexes = [
            models.Index("student", "id", name="sis_outgoing_in_order", condition=models.Q(state="waiting")),
            models.Index("next_at", name="sis_outgoing_due", condition=models.Q(state="waiting")),
            models.Index("settled_at", name="sis_outgoing_settled", condition=models.Q(state="accepted")),
        ]


class Breaker(models.Model):
    """After five failures in a row nothing is sent to a system for a while, then one change feels its way."""

    wall: ClassVar = {"everyone": "r", "worker": "au"}

    name = models.CharField(max_length=20, unique=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    shut_until = models.DateTimeField(null=True)
