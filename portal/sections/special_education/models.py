"""Plans, the services and accommodations in them. Hidden completely from everyone without full educational rights."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow
from portal.students.models import Employee


class Plan(RecordRow):
    """specialEducationPlans.csv (companion): one plan, or the steps toward one."""

    belongs_to: ClassVar[tuple[str, ...]] = ("special-education",)

    class Type(models.TextChoices):
        IEP = "iep", _("IEP")
        SECTION_504 = "section504", _("504 plan")
        ISP = "isp", _("Services plan for private school")
        IFSP = "ifsp", _("Family service plan (IFSP)")

    class State(models.TextChoices):
        REFERRED = "referred", _("Asked for")
        EVALUATING = "evaluating", _("Evaluation under way")
        ACTIVE = "active", _("In force")
        EXITED = "exited", _("Ended")
        DECLINED = "declined", _("Not agreed to")
        REVOKED = "revoked", _("Consent taken back")

    type = models.CharField(max_length=40)  # Type, or ext:<token>
    state = models.CharField(max_length=40)  # State, or ext:<token>
    disability = models.CharField(max_length=255, blank=True)  # state code or the category in words
    begins = models.DateField(null=True)
    review_due = models.DateField(null=True)  # yearly review
    reevaluation_due = models.DateField(null=True)  # three-year review
    last_meeting_on = models.DateField(null=True)
    next_meeting_at = models.DateTimeField(null=True)
    case_manager = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    consent_on = models.DateField(null=True)  # a parent's, to the evaluation or the plan

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.CheckConstraint(
                condition=(
                    models.Q(begins=None)
                    | (models.Q(review_due=None) | models.Q(review_due__gte=models.F("begins")))
                    & (models.Q(reevaluation_due=None) | models.Q(reevaluation_due__gte=models.F("begins")))
                ),
                name="special_education_reviews_later",
            ),
        ]
        indexes = [models.Index(fields=["student"], name="sped_plans_of")]


class Service(RecordRow):
    """specialEducationServices.csv (companion): help a plan promises. The student is the plan's."""

    belongs_to: ClassVar[tuple[str, ...]] = ("special-education",)

    class Per(models.TextChoices):
        DAY = "day"
        WEEK = "week"
        MONTH = "month"
        YEAR = "year"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    service = models.CharField(max_length=255)  # state code or words
    minutes = models.PositiveIntegerField(null=True)  # in each `per`
    per = models.CharField(max_length=40, blank=True)  # Per, or ext:<token>
    setting = models.CharField(max_length=255, blank=True)
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # last day
    provider = models.CharField(max_length=255, blank=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="sped_services_of")]


class Accommodation(RecordRow):
    """accommodations.csv (companion): what is done differently for the student. The student is the plan's."""

    belongs_to: ClassVar[tuple[str, ...]] = ("special-education",)

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    area = models.CharField(max_length=255, blank=True)
    text = models.TextField()

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="sped_accommodations_of")]
