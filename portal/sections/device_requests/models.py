"""Laptops, tablets and hotspots families asked for, and how far each request is."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow


class DeviceRequest(RecordRow):
    """deviceRequests.csv (companion): one request as the technology office keeps it."""

    belongs_to: ClassVar[tuple[str, ...]] = ("device-requests",)

    class Device(models.TextChoices):
        LAPTOP = "laptop", _("Laptop")
        TABLET = "tablet", _("Tablet")
        HOTSPOT = "hotspot", _("Internet hotspot")
        CHARGER = "charger", _("Charger")

    class Reason(models.TextChoices):
        NONE = "none", _("No device at home")
        BROKEN = "broken", _("The old one is broken")
        LOST = "lost", _("The old one is lost")
        STOLEN = "stolen", _("The old one was stolen")
        ACCESSIBILITY = "accessibility", _("Needs accessibility features")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Received")
        APPROVED = "approved", _("Approved")
        READY = "ready", _("Ready to pick up")
        ISSUED = "issued", _("Picked up")
        RETURNED = "returned", _("Given back")
        DENIED = "denied", _("Not possible now")
        CANCELLED = "cancelled", _("Taken back by the family")

    device = models.CharField(max_length=40)  # Device, or ext:<token>
    reason = models.CharField(max_length=40, blank=True)  # Reason, or ext:<token>
    state = models.CharField(max_length=40)  # State, or ext:<token>
    requested_on = models.DateField()
    place = models.CharField(max_length=255, blank=True)  # where to pick it up
    issued_on = models.DateField(null=True)
    due_back_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)  # what the office says to the family

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(issued_on=None) | models.Q(issued_on__gte=models.F("requested_on")),
                name="device_issued_after_it_was_asked_for",
            ),
            models.CheckConstraint(
                condition=models.Q(due_back_on=None) | models.Q(due_back_on__gte=models.F("requested_on")),
                name="device_due_back_after_it_was_asked_for",
            ),
        ]
        indexes = [models.Index(fields=["student", "-requested_on"], name="device_requests_of")]
