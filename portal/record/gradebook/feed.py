"""Columns of categories.csv, lineItems.csv and results.csv, and of our own reportCardMarks.csv.

Source: OneRoster 1.1 and 1.2 CSV tables; our companion CSV set, version 1.0.
"""

from portal.record.feed import Alone, Column, Feed, Kind
from portal.record.gradebook.models import Category, LineItem, Mark, Result
from portal.students.models import Employee, SchoolClass, Student, Term

categories = Feed(
    file="categories.csv",
    into=Category,
    companion=False,
    columns=(
        Column("title", "title", required=True),
        Column("weight", "weight", Kind.WHOLE),  # 1.2
    ),
)

line_items = Feed(
    file="lineItems.csv",
    into=LineItem,
    companion=False,
    columns=(
        Column("title", "title", required=True),
        Column("description", "description", Kind.NOTE, longest=20_000),
        Column("assignDate", "assigned_on", Kind.DAY, required=True),
        Column("dueDate", "due_on", Kind.DAY, required=True),
        Column("classSourcedId", "school_class", Kind.REFERENCE, required=True, to=SchoolClass),
        Column("categorySourcedId", "category", Kind.REFERENCE, required=True, to=Category),
        Column("gradingPeriodSourcedId", "term", Kind.REFERENCE, to=Term),  # 1.1
        Column("academicSessionSourcedId", "term", Kind.REFERENCE, to=Term),  # 1.2
        Column("resultValueMin", "least", Kind.DECIMAL),
        Column("resultValueMax", "most", Kind.DECIMAL),
    ),
)

results = Feed(
    file="results.csv",
    into=Result,
    companion=False,
    columns=(
        Column("lineItemSourcedId", "line_item", Kind.REFERENCE, required=True, to=LineItem),
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("scoreStatus", "status", Kind.CODE, required=True, codes=Result.Status.values, longest=20),
        Column("score", "score", Kind.DECIMAL),
        Column("scoreDate", "scored_on", Kind.DAY, required=True),
        Column("comment", "comment", Kind.NOTE, longest=20_000),
        Column("textScore", "text_score", longest=100),  # 1.2, as the three below
        Column("incomplete", "incomplete", Kind.YES_NO),
        Column("late", "late", Kind.YES_NO),
        Column("missing", "missing", Kind.YES_NO),
    ),
)

feeds = (categories, line_items, results)

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
    check=(
        (
            "school_class_id IS NULL OR EXISTS (SELECT FROM students_enrollment e"
            " WHERE e.student_id = v.student_id AND e.school_class_id = v.school_class_id)",
            "not_in_class",
        ),
        (
            "coalesce(credits_attempted, 0) BETWEEN 0 AND 40 AND coalesce(credits_earned, 0) BETWEEN 0 AND 40",
            "out_of_range",
        ),
        (
            "credits_earned IS NULL OR credits_attempted IS NULL OR credits_earned <= credits_attempted",
            "out_of_range",
        ),
    ),
    shown_from="posted_at",
    alone=(Alone(("student_id", "school_class_id", "term_id", "type", "subject"), "is_final", "two_finals"),),
)
