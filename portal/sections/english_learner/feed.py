"""Columns of englishLearner.csv and elCriteria.csv. Source: our companion CSV set, version 1.0."""

from portal.record.feed import Column, Feed, Kind, not_after_today, not_before_birth
from portal.sections.english_learner.models import Criterion, Status
from portal.students.models import Student

PROGRAMS = ("300", "301", "302", "303", "304", "305", "306", "307", "none")

statuses = Feed(
    file="englishLearner.csv",
    into=Status,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("elStatus", "status", Kind.CODE, required=True, codes=Status.Code.values, longest=40),
        Column("statusDate", "on", Kind.DAY, required=True),
        Column("primaryLanguage", "language", longest=20),
        Column("program", "program", Kind.CODE, codes=PROGRAMS, longest=40),
        Column("yearsAsEl", "years", Kind.DECIMAL),
        Column("longTermStatus", "long_term", Kind.CODE, codes=Status.LongTerm.values, longest=40),
        Column("monitorYear", "monitor_year", Kind.WHOLE),
        Column("lastReviewDate", "reviewed_on", Kind.DAY),
    ),
    check=(
        not_after_today("on"),
        not_before_birth("on"),
        ("years BETWEEN 0 AND 25", "out_of_range"),
        ("monitor_year BETWEEN 1 AND 4", "out_of_range"),
    ),
)

criteria = Feed(
    file="elCriteria.csv",
    into=Criterion,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("criterion", "kind", Kind.CODE, required=True, codes=Criterion.Kind.values, longest=40),
        Column("isMet", "is_met", Kind.YES_NO, required=True),
        Column("value", "value"),
        Column("target", "target"),
        Column("asOf", "as_of", Kind.DAY, required=True),
    ),
    check=(not_after_today("as_of"),),
)

feeds = (statuses, criteria)
