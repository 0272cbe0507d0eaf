"""Everything the school has published of a student's grades, and nothing before its hour; one query."""

from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import DecimalField, QuerySet, Value
from django.db.models.functions import Coalesce, Now

from portal.access.grant import Grant
from portal.access.kept import kept
from portal.record.gradebook.classes import SchoolTerm, Teacher
from portal.record.gradebook.models import Mark
from portal.sections.grades.models import CurrentGrade
from portal.students.models import display_name

NOW = "now"  # the grade so far, among the types of marks
NO_PERCENT = Value(None, DecimalField(max_digits=5, decimal_places=2))
TERM = ("term", "term__title", "term__begins", "term__ends", "term__school_year")


class Published(NamedTuple):
    """A mark of a report card, or a grade so far, as the query below brings it."""

    type: str  # NOW, Mark.Type or ext:<token>
    class_pk: int | None
    subject: str  # empty for a grade so far
    mark: str
    text: str  # the school's own words for the mark
    percent: Decimal | None
    comment: str
    final: bool
    at: datetime
    teacher_given: str | None  # of who signed it
    teacher_family: str | None
    teacher_email: str | None
    term_pk: int
    term_title: str
    term_begins: date
    term_ends: date
    term_year: int
    pk: int

    @property
    def teacher(self) -> Teacher:
        """Who signed it; without a name when nobody did."""
        name = display_name(self.teacher_given or "", "", self.teacher_family or "")
        return Teacher(name, self.teacher_email or "")

    @property
    def term(self) -> SchoolTerm:
        return SchoolTerm(self.term_pk, self.term_title, self.term_begins, self.term_ends, self.term_year)


def posted(rows: QuerySet[Mark]) -> QuerySet[Mark]:
    """Without the marks whose hour has not come: for families they do not exist."""
    return rows.filter(posted_at__lte=Now())


def published(grant: Grant) -> list[Published]:
    """Marks and grades so far, latest first. Source: reportCardMarks.csv, currentGrades.csv."""
    return sorted(map(Published._make, _both(grant)), key=attrgetter("at", "pk"), reverse=True)


@kept
def _both(grant: Grant) -> QuerySet[Any, Any]:
    marks = posted(Mark.rows.under(grant)).values_list(
        "type", "school_class", "subject", "mark", "mark_text", NO_PERCENT, "comment", Coalesce("is_final", False),
        "posted_at", "teacher__given_name", "teacher__family_name", "teacher__email", *TERM, "pk",
    )  # fmt: skip
    so_far = CurrentGrade.rows.under(grant).values_list(
        Value(NOW), "school_class", Value(""), "mark", Value(""), "percent", "comment", Value(False),
        "updated_at", Value(""), Value(""), Value(""), *TERM, "pk",
    )  # fmt: skip
    return marks.order_by().union(so_far.order_by(), all=True)
