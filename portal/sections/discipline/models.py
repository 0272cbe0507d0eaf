"""Incidents and what the school did about them. Only this student's own part; nobody else is named."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow
from portal.students.models import Org


class Incident(RecordRow):
    """disciplineIncidents.csv (companion): what happened. Unseen until the family was told of an action."""

    belongs_to: ClassVar[tuple[str, ...]] = ("discipline",)

    class Behavior(models.TextChoices):
        STATE_OFFENSE = "stateOffense", _("A rule of state law for schools")
        SCHOOL_VIOLATION = "schoolViolation", _("A rule of the school")
        CODE_OF_CONDUCT = "codeOfConduct", _("The district's code of conduct")
        OTHER = "other", _("Something else")

    class Location(models.TextChoices):
        CLASSROOM = "classroom", _("In a classroom")
        HALLWAY = "hallway", _("In a hallway")
        CAFETERIA = "cafeteria", _("In the cafeteria")
        PLAYGROUND = "playground", _("On the playground")
        BUS = "bus", _("On the bus")
        OFF_CAMPUS = "offCampus", _("Away from school")
        ONLINE = "online", _("Online")
        OTHER = "other", _("Somewhere else")

    school = models.ForeignKey(Org, models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.CharField(max_length=20, blank=True)  # local time as the school wrote it
    behavior = models.CharField(max_length=40)  # Behavior, or ext:<token>, as ext:48900f
    behavior_text = models.CharField(max_length=255)
    location = models.CharField(max_length=40, blank=True)  # Location, or ext:<token>
    description = models.TextField(blank=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="discipline_incidents_of")]


class Action(RecordRow):
    """disciplineActions.csv (companion): one thing the school did. Unseen until its notice was sent."""

    belongs_to: ClassVar[tuple[str, ...]] = ("discipline",)

    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("Meeting about what happened")
        RESTORATIVE = "restorative", _("Restorative meeting, to repair the harm")
        COMMUNITY_SERVICE = "communityService", _("Helping the school community")
        NO_ACTION = "noAction", _("No further step")
        DETENTION = "detention", _("Detention, time after class")
        REMOVAL = "removalFromClass", _("Out of one class, at school")
        IN_SCHOOL = "inSchoolSuspension", _("Suspension at school, away from class")
        SUSPENSION = "outOfSchoolSuspension", _("Suspension, days at home")
        EXPULSION = "expulsion", _("Expulsion")
        OTHER = "other", _("Another step")

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)  # Kind, or ext:<token>
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # last day
    days = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # school days
    notice_sent_at = models.DateTimeField(null=True)

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(days=None) | models.Q(days__gte=0), name="discipline_days"
            ),
            models.CheckConstraint(
                condition=models.Q(begins=None)
                | models.Q(ends=None)
                | models.Q(begins__lte=models.F("ends")),
                name="discipline_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["student"], name="discipline_actions_of")]
