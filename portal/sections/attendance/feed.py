"""Columns of attendance.csv (companion). Source: our companion CSV set, version 1.0."""

from django.db.models import Q

from portal.record.feed import Column, Feed, Kind
from portal.sections.attendance.models import Mark
from portal.students.models import Org, SchoolClass, Student

feed = Feed(
    file="attendance.csv",
    into=Mark,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("schoolSourcedId", "school", Kind.REFERENCE, required=True, to=Org),
        Column("date", "on", Kind.DAY, required=True),
        Column("scope", "scope", Kind.CODE, required=True, codes=Mark.Scope.values),
        Column("classSourcedId", "school_class", Kind.REFERENCE, to=SchoolClass),
        Column("period", "period", longest=20),
        Column("category", "category", Kind.CODE, required=True, codes=Mark.Category.values, longest=40),
        Column("localCode", "local_code", longest=40),
        Column("localText", "local_text"),
        Column("minutesMissed", "minutes_missed", Kind.WHOLE),
        Column("enteredAt", "entered_at", Kind.MOMENT),
        Column("reasonText", "reason_text", Kind.NOTE, longest=2000),
    ),
    silent=Q(category=Mark.Category.PRESENT),
    check=(
        ("scope = 'day' OR school_class_id IS NOT NULL", "period_without_class"),
        (
            '(v.school_id, v."on") NOT IN (SELECT d.school_id, d."on" FROM students_schoolday d'
            " WHERE d.active AND d.kind = 'noSchool')",
            "no_school",
        ),
    ),
)
