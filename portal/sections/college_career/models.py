"""Final marks that earn credit, and how far each graduation requirement is met."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from portal.record.models import RecordRow


class TranscriptCourse(RecordRow):
    """transcriptCourses.csv (companion): one final mark."""

    belongs_to: ClassVar[tuple[str, ...]] = ("college-career",)

    school_year = models.PositiveSmallIntegerField()  # the year in which the school year ends
    term = models.CharField(max_length=100)  # as the school calls it
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=100, blank=True)
    mark = models.CharField(max_length=10)
    credits = models.DecimalField(max_digits=5, decimal_places=2)  # earned; 0 for an F
    area = models.CharField(max_length=1, blank=True)  # a to g: subject area of UC and CSU
    weight = models.DecimalField(max_digits=3, decimal_places=2, null=True)  # points added for honors and AP
    counts = models.BooleanField(default=True)  # in the averages; not for physical education

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.CheckConstraint(condition=Q(credits__gte=0), name="college_career_credits_not_below_0"),
        ]
        indexes = [models.Index(fields=["student"], name="college_career_courses_of")]


class Progress(RecordRow):
    """graduationProgress.csv (companion): one requirement, as the school counts it."""

    belongs_to: ClassVar[tuple[str, ...]] = ("college-career",)

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    required = models.DecimalField(max_digits=5, decimal_places=2)  # credits
    earned = models.DecimalField(max_digits=5, decimal_places=2)  # credits
    in_progress = models.DecimalField(
        max_digits=5, decimal_places=2, null=True
    )  # credits of classes that run now
    is_met = models.BooleanField()
    as_of = models.DateField()

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student", "code", condition=Q(active=True), name="college_career_one_row_a_requirement"
            ),
            models.CheckConstraint(
                condition=Q(required__gte=0, earned__gte=0), name="college_career_progress_not_below_0"
            ),
        ]
