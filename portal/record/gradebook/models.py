"""Categories, assignments and scores. Source: OneRoster categories.csv, lineItems.csv, results.csv.

The largest tables have an index only for what is asked of them: the rows of a student, the work of a class.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.people.models import reference
from portal.record.models import RecordRow
from portal.students.models import Employee, Rostered, SchoolClass, Student, Term


class Category(Rostered):
    """categories.csv: Homework, Tests … with its weight where the source gives one (1.2)."""

    wall: ClassVar = {"everyone": "r"}

    title = models.CharField(max_length=255)
    weight = models.PositiveSmallIntegerField(null=True)  # percent of the grade

    class Meta(Rostered.Meta):
        pass


class LineItem(Rostered):
    """lineItems.csv: one assignment of a class."""

    wall: ClassVar = {"everyone": "r"}

    ref = models.CharField(max_length=10, unique=True, default=reference)
    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    assigned_on = models.DateField()
    due_on = models.DateField()
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, db_index=False)
    term = models.ForeignKey(Term, models.PROTECT, null=True, db_index=False)
    least = models.DecimalField(max_digits=9, decimal_places=2, null=True)  # points
    most = models.DecimalField(max_digits=9, decimal_places=2, null=True)  # points

    class Meta(Rostered.Meta):
        indexes = [models.Index(fields=["school_class", "due_on"], name="gradebook_work_of_class")]


class Result(RecordRow):
    """results.csv: what one student has for one assignment. A blank score is not a zero."""

    belongs_to: ClassVar[tuple[str, ...]] = ("assignments", "grades", "schoology")

    class Status(models.TextChoices):
        EXEMPT = "exempt", _("Excused")
        FULLY_GRADED = "fully graded", _("Graded")
        NOT_SUBMITTED = "not submitted", _("Not turned in")
        PARTIALLY_GRADED = "partially graded", _("Partly graded")
        SUBMITTED = "submitted", _("Turned in, waiting for a grade")

    student = models.ForeignKey(Student, models.CASCADE, related_name="+", db_index=False)
    line_item = models.ForeignKey(LineItem, models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=20, choices=Status)
    score = models.DecimalField(max_digits=9, decimal_places=2, null=True)  # points
    text_score = models.CharField(max_length=100, blank=True)
    scored_on = models.DateField(null=True)
    comment = models.TextField(blank=True)
    late = models.BooleanField(null=True)
    missing = models.BooleanField(null=True)  # null: the source does not say (1.1)
    incomplete = models.BooleanField(null=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student", "line_item"], name="gradebook_results_of")]


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

    student = models.ForeignKey(Student, models.CASCADE, related_name="+", db_index=False)
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", db_index=False)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, related_name="+", db_index=False)
    subject = models.CharField(max_length=255)
    type = models.CharField(max_length=20)  # Type, or ext:<token>
    mark = models.CharField(max_length=40)
    mark_text = models.CharField(max_length=255, blank=True)
    standard_code = models.CharField(max_length=255, blank=True)
    comment = models.TextField(blank=True)
    teacher = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    credits_attempted = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    credits_earned = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    is_final = models.BooleanField(null=True)
    posted_at = models.DateTimeField()

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="gradebook_marks_of")]
