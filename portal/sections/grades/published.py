"""Everything the school has published of a student's grades, and nothing before its hour; one query."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from portal.access.grant import Grant
from portal.record.gradebook.classes import SchoolTerm, Teacher
from portal.sections.grades.models import CurrentGrade, Mark
from portal.students.models import display_name

NOW = "now"  # the grade so far, among the types of marks
NO_PERCENT = Value(None, DecimalField(max_digits=5, decimal_places=2))
TERM = ("term", "term__title", "term__begins", "term__ends", "term__school_year")


@dataclass(frozen=True)
class Published:
    """A mark of a report card, or a grade so far."""

    type: str  # NOW, Mark.Type or ext:<token>
    class_pk: int | None
    subject: str  # empty for a grade so far
    mark: str
    text: str  # the school's own words for the mark
    percent: Decimal | None
    comment: str
    final: bool
    at: datetime
    teacher: Teacher  # who signed it; without a name when nobody did
    term: SchoolTerm


def posted(rows: QuerySet[Mark]) -> QuerySet[Mark]:
    """Without the marks whose hour has not come: for families they do not exist."""
    return rows.filter(posted_at__lte=now())


def published(grant: Grant) -> list[Published]:
    """Marks and grades so far, latest first. Source: reportCardMarks.csv, currentGrades.csv."""
    marks = posted(Mark.rows.under(grant)).values_list(
        "type", "school_class", "subject", "mark", "mark_text", NO_PERCENT, "comment", Coalesce("is_final", False),
        "posted_at", "teacher__given_name", "teacher__family_name", "teacher__email", *TERM, "pk",
    )  # fmt: skip
    so_far = CurrentGrade.rows.under(grant).values_list(
        Value(NOW), "school_class", Value(""), "mark", Value(""), "percent", "comment", Value(False),
        "updated_at", Value(""), Value(""), Value(""), *TERM, "pk",
    )  # fmt: skip
    rows = sorted(
        marks.order_by().union(so_far.order_by(), all=True), key=lambda row: (row[8], row[-1]), reverse=True
    )
    return [
        Published(
            *row[:9],
            Teacher(display_name(row[9] or "", "", row[10] or ""), row[11] or ""),
            SchoolTerm(*row[12:17]),
        )
        for row in rows
    ]
