"""Import runs: what came, what it changed, what was put aside and why."""

from typing import ClassVar

from django.db import models


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
    files = models.JSONField(default=list)  # report for each file: rows, added, changed, ended, quarantined


class Quarantined(models.Model):
    """A row that did not go in: where it stood and what is wrong. Its content is not kept."""

    wall: ClassVar = {"importer": "raud"}

    run = models.ForeignKey(Run, models.CASCADE, related_name="quarantined")
    file = models.CharField(max_length=60)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=40)  # code; reasons.py has the words
    sourced_id = models.CharField(max_length=255, blank=True)


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
