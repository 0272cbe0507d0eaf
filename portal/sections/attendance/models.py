"""Marks of attendance as the school entered them, and the reasons families sent."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access.shut import Rows
from portal.people.models import Person
from portal.record.models import RecordRow
from portal.students.models import Org, SchoolClass, Student


class Mark(RecordRow):
    """attendance.csv (companion): one mark for a day, or for one period of it. No row means not taken."""

    belongs_to: ClassVar[tuple[str, ...]] = ("attendance",)

    class Scope(models.TextChoices):
        DAY = "day"
        PERIOD = "period"

    class Category(models.TextChoices):
        PRESENT = "present", _("Present")
        EXCUSED = "excusedAbsence", _("Absent, excused")
        UNEXCUSED = "unexcusedAbsence", _("Absent, not excused")
        UNVERIFIED = "unverifiedAbsence", _("Absent, no reason yet")
        TARDY = "tardy", _("Late")
        EXCUSED_TARDY = "excusedTardy", _("Late, excused")
        LEFT_EARLY = "earlyDeparture", _("Left early")
        PART_DAY = "partialDay", _("There for part of the day")
        SUSPENSION = "suspension", _("Suspension")
        INDEPENDENT = "independentStudy", _("Independent study")
        FIELD_TRIP = "fieldTrip", _("School activity")

    # The largest table: a student's rows are found by the unique index below, and nothing else is asked of it.
    student = models.ForeignKey(Student, models.CASCADE, related_name="+", db_index=False)
    school = models.ForeignKey(Org, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    scope = models.CharField(max_length=6, choices=Scope)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, related_name="+", db_index=False)
    period = models.CharField(max_length=20, blank=True)
    category = models.CharField(max_length=40)  # Category, or ext:<token>
    local_code = models.CharField(max_length=40, blank=True)
    local_text = models.CharField(max_length=255, blank=True)
    minutes_missed = models.PositiveSmallIntegerField(null=True)
    entered_at = models.DateTimeField(null=True)
    reason_text = models.TextField(blank=True)

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student",
                "on",
                "scope",
                "period",
                "school",
                condition=models.Q(active=True),
                name="attendance_one_mark_a_period",
            ),
        ]


class Explanation(models.Model):
    """A reason a family sent for a missed day. The school's system stays as it is until the office clears it."""

    wall: ClassVar = {"family": "ra", "staff": "ru"}

    belongs_to: ClassVar[tuple[str, ...]] = ("attendance",)

    class Reason(models.TextChoices):
        SICK = "sick", _("Sick")
        DOCTOR = "doctor", _("Doctor or dentist")
        FAMILY = "family", _("Family emergency")
        RELIGIOUS = "religious", _("Religious or cultural day")
        OTHER = "other", _("Another reason")

    class State(models.TextChoices):
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        CALL = "call", _("The office asks you to call")

    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    on = models.DateField()
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=2000, blank=True)
    sent_by = models.ForeignKey(Person, models.PROTECT)
    sent_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State, default=State.SENT)
    active = models.BooleanField(default=True)

    rows = Rows()

    class Meta:
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(
                "student", "on", "sent_by", name="attendance_one_reason_a_day_and_parent"
            ),
        ]
