"""Columns of currentGrades.csv; reportCardMarks.csv is the gradebook's. Source: our companion CSV set, version 1.0."""

from portal.record.feed import Column, Feed, Kind
from portal.record.gradebook.feed import marks
from portal.sections.grades.models import CurrentGrade
from portal.students.models import SchoolClass, Student, Term

now = Feed(
    file="currentGrades.csv",
    into=CurrentGrade,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("classSourcedId", "school_class", Kind.REFERENCE, required=True, to=SchoolClass),
        Column("academicSessionSourcedId", "term", Kind.REFERENCE, required=True, to=Term),
        Column("mark", "mark", required=True, longest=10),
        Column("percent", "percent", Kind.DECIMAL),
        Column("updatedAt", "updated_at", Kind.MOMENT, required=True),
        Column("comment", "comment", Kind.NOTE, longest=20_000),
    ),
)

feeds = (marks, now)
