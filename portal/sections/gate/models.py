"""Where a student stands in each category of gifted and talented education."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow
from portal.students.models import Org


class Category(models.TextChoices):
    INTELLECTUAL = "intellectual", _("Intellectual ability")
    HIGH_ACHIEVEMENT = "highAchievement", _("High achievement")
    SPECIFIC_ACADEMIC = "specificAcademic", _("Specific academic ability")
    CREATIVE = "creative", _("Creative ability")
    LEADERSHIP = "leadership", _("Leadership")
    VISUAL_ARTS = "visualArts", _("Visual arts")
    PERFORMING_ARTS = "performingArts", _("Performing arts")


class Identification(RecordRow):
    """giftedTalented.csv (companion): one step in one category. The latest step of a category is where it stands."""

    belongs_to: ClassVar[tuple[str, ...]] = ("gate",)

    class State(models.TextChoices):
        REFERRED = "referred", _("Asked for")
        SCHEDULED = "scheduled", _("Screening planned")
        ASSESSED = "assessed", _("Waiting for the result")
        ELIGIBLE = "eligible", _("Identified")
        NOT_ELIGIBLE = "notEligible", _("Not identified this time")
        WITHDRAWN = "withdrawn", _("Stopped")

    category = models.CharField(max_length=40)  # Category, or ext:<token>
    state = models.CharField(max_length=40)  # State, or ext:<token>
    on = models.DateField()  # when it came to this state; a planned screening may lie ahead
    school = models.ForeignKey(Org, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="gate_steps_of")]
