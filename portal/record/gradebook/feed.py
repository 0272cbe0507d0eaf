"""Columns of categories.csv, lineItems.csv and results.csv. Source: OneRoster 1.1 and 1.2 CSV tables."""

from portal.record.feed import Column, Feed, Kind
from portal.record.gradebook.models import Category, LineItem, Result
from portal.students.models import SchoolClass, Student, Term

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
