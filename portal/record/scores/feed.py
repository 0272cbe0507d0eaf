"""Columns of testScores.csv. Source: our companion CSV set, version 1.0, with likelyMin and likelyMax of our own."""

from portal.record.feed import Column, Feed, Kind, not_after_today, not_before_birth
from portal.record.scores import ranges
from portal.record.scores.models import Score
from portal.students.models import Student

_NUMBER = r"score ~ '^-?[0-9]{1,6}([.][0-9]{1,4})?$'"

feed = Feed(
    file="testScores.csv",
    into=Score,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("testCode", "test", required=True, longest=40),
        Column("testName", "name", required=True),
        Column("subject", "subject"),
        Column("administeredOn", "on", Kind.DAY, required=True),
        Column("schoolYear", "school_year", Kind.WHOLE),
        Column("gradeWhenTested", "grade", Kind.GRADE),
        Column("parentSourcedId", "whole", Kind.REFERENCE, to=Score),
        Column("scoreType", "type", Kind.CODE, required=True, codes=Score.Type.values, longest=40),
        Column("score", "score", required=True, longest=40),
        Column("scoreMin", "least", Kind.DECIMAL),
        Column("scoreMax", "most", Kind.DECIMAL),
        Column("likelyMin", "likely_low", Kind.DECIMAL),
        Column("likelyMax", "likely_high", Kind.DECIMAL),
        Column("level", "level", Kind.WHOLE),
        Column("levelCount", "levels", Kind.WHOLE),
        Column("levelText", "level_text"),
        Column("releasedAt", "released_at", Kind.MOMENT, required=True),
    ),
    shown_from="released_at",
    check=(
        not_after_today("on"),
        not_before_birth("on"),
        (f"CASE WHEN {_NUMBER} THEN score::numeric >= least ELSE true END", "out_of_range"),
        (f"CASE WHEN {_NUMBER} THEN score::numeric <= most ELSE true END", "out_of_range"),
        (
            f"CASE WHEN type IN ('percent', 'percentile') AND {_NUMBER} THEN score::numeric BETWEEN 0 AND 100 ELSE true END",
            "out_of_range",
        ),
        ("level BETWEEN 1 AND coalesce(levels, level)", "out_of_range"),
        (ranges.possible(), "out_of_range"),
        ("likely_low <= likely_high", "out_of_range"),
    ),
)
