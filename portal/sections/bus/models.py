"""Rides of students as the transportation office planned them, and what is different on a day.

The columns follow GTFS (stops, routes, stop times, service alerts), so that a live feed can take the place of the files.
"""

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.record.models import RecordRow
from portal.students.models import Org, Rostered

ALWAYS = date(2000, 1, 1)  # a ride without a first day


class Direction(models.TextChoices):
    TO_SCHOOL = "toSchool", _("To school")
    FROM_SCHOOL = "fromSchool", _("From school")


class Weekday(models.TextChoices):
    MON = "mon", _("Monday")
    TUE = "tue", _("Tuesday")
    WED = "wed", _("Wednesday")
    THU = "thu", _("Thursday")
    FRI = "fri", _("Friday")
    SAT = "sat", _("Saturday")
    SUN = "sun", _("Sunday")


class Ride(RecordRow):
    """transportation.csv (companion): one student's place on one bus. It shows where a child stands."""

    belongs_to: ClassVar[tuple[str, ...]] = ("bus",)

    school = models.ForeignKey(Org, models.PROTECT, related_name="+")
    direction = models.CharField(max_length=10, choices=Direction)
    route = models.CharField(max_length=40)  # "3142"
    vehicle = models.CharField(max_length=40, blank=True)  # what stands on the bus
    stop = models.CharField(max_length=255)  # "Whittier Blvd & S Lorena St"
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)  # degrees
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)  # degrees
    at = models.TimeField()  # on the school's clock
    days = models.CharField(max_length=40)  # codes of Weekday, commas between
    begins = models.DateField(default=ALWAYS)
    ends = models.DateField(null=True)  # inclusive

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student",
                "direction",
                "at",
                "days",
                "begins",
                condition=models.Q(active=True),
                name="bus_one_ride_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("begins")),
                name="bus_ride_ends_after_it_begins",
            ),
        ]


class Notice(Rostered):
    """busNotices.csv (companion): what is different on one route on one day. Of no student."""

    wall: ClassVar = {"everyone": "r"}

    class State(models.TextChoices):
        DELAYED = "delayed", pgettext_lazy("bus", "Late")
        EARLY = "early", _("Early")
        CANCELLED = "cancelled", _("Not running")
        CHANGED = "changed", _("Changed")

    route = models.CharField(max_length=40)
    on = models.DateField()
    direction = models.CharField(max_length=10, choices=Direction, blank=True)  # empty: both
    state = models.CharField(max_length=40)  # State, or ext:<token>
    minutes = models.PositiveSmallIntegerField(null=True)  # late or early
    text = models.CharField(max_length=500, blank=True)  # "Traffic on Soto St"

    class Meta(Rostered.Meta):
        indexes = [models.Index(fields=["on", "route"], name="bus_notices_of_a_day")]
