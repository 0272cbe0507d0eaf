"""Columns of reportCardMarks.csv and currentGrades.csv. Source: our companion CSV set, version 1.0."""

from portal.record.feed import Column, Feed, Kind
from portal.sections.grades.models import CurrentGrade, Mark
from portal.students.models import Employee, SchoolClass, Student, Term

marks = Feed(
    file="reportCardMarks.csv",
    into=Mark,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("academicSessionSourcedId", "term", Kind.REFERENCE, required=True, to=Term),
        Column("classSourcedId", "school_class", Kind.REFERENCE, to=SchoolClass),
        Column("subject", "subject", required=True),
        Column("markType", "type", Kind.CODE, required=True, codes=Mark.Type.values, longest=20),
        Column("mark", "mark", required=True, longest=40),
        Column("markText", "mark_text"),
        Column("standardCode", "standard_code"),
        Column("comment", "comment", Kind.NOTE, longest=20_000),
        Column("teacherSourcedId", "teacher", Kind.REFERENCE, to=Employee),
        Column("creditsAttempted", "credits_attempted", Kind.DECIMAL),
        Column("creditsEarned", "credits_earned", Kind.DECIMAL),
        Column("isFinal", "is_final", Kind.YES_NO),
        Column("postedAt", "posted_at", Kind.MOMENT, required=True),
    ),
)

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
