"""Marks of report cards and the grade so far, as the school published them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow
from portal.students.models import Employee, SchoolClass, Term


class Mark(RecordRow):
    """reportCardMarks.csv (companion): one mark of a reporting period. Unseen before `posted_at`."""

    belongs_to: ClassVar[tuple[str, ...]] = ("grades", "report-cards")

    class Type(models.TextChoices):
        ACADEMIC = "academic", _("Grade")
        WORK_HABITS = "workHabits", _("Work habits")
        COOPERATION = "cooperation", _("Cooperation")
        EFFORT = "effort", _("Effort")
        STANDARD = "standard", _("Standard")
        CITIZENSHIP = "citizenship", _("Citizenship")

    term = models.ForeignKey(Term, models.PROTECT, related_name="+")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=255)
    type = models.CharField(max_length=20)  # Type, or ext:<token>
    mark = models.CharField(max_length=40)
    mark_text = models.CharField(max_length=255, blank=True)
    standard_code = models.CharField(max_length=255, blank=True)
    comment = models.TextField(blank=True)
    teacher = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    credits_attempted = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    credits_earned = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    is_final = models.BooleanField(null=True)
    posted_at = models.DateTimeField()

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="grades_marks_of")]


class CurrentGrade(RecordRow):
    """currentGrades.csv (companion): the grade so far that a teacher publishes for a class."""

    belongs_to: ClassVar[tuple[str, ...]] = ("grades",)

    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="+")
    term = models.ForeignKey(Term, models.PROTECT, related_name="+")
    mark = models.CharField(max_length=10)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # 0 to 100 and a little over
    updated_at = models.DateTimeField()
    comment = models.TextField(blank=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="grades_now_of")]
