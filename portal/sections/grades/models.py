"""The grade so far, as the school published it."""

from typing import ClassVar

from django.db import models

from portal.record.models import RecordRow
from portal.students.models import SchoolClass, Student, Term


class CurrentGrade(RecordRow):
    """currentGrades.csv (companion): the grade so far that a teacher publishes for a class."""

    belongs_to: ClassVar[tuple[str, ...]] = ("grades",)

    student = models.ForeignKey(Student, models.CASCADE, related_name="+", db_index=False)
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="+", db_index=False)
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", db_index=False)
    mark = models.CharField(max_length=10)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # 0 to 100 and a little over
    updated_at = models.DateTimeField()
    comment = models.TextField(blank=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="grades_now_of")]
