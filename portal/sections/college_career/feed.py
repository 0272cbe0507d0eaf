"""Columns of transcriptCourses.csv and graduationProgress.csv (our companion CSV set, version 1.0, with columns of our own
from countsInGpa on), and of collegePlans.csv, our own addition to the set."""

from portal.record.feed import NEW_ONES, Column, Feed, Kind, not_after_today
from portal.sections.college_career.models import Plan, Progress, TranscriptCourse
from portal.students.models import Student

courses = Feed(
    file="transcriptCourses.csv",
    into=TranscriptCourse,
    silent=NEW_ONES,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("schoolYear", "school_year", Kind.WHOLE, required=True),
        Column("term", "term", required=True, longest=100),
        Column("courseTitle", "title", required=True),
        Column("courseCode", "code", longest=100),
        Column("mark", "mark", Kind.UPPER, required=True),
        Column("credits", "credits", Kind.DECIMAL, required=True),
        Column("ucCsuCode", "area", Kind.CODE, codes=("a", "b", "c", "d", "e", "f", "g")),
        Column("gpaWeight", "weight", Kind.DECIMAL),
        Column("countsInGpa", "counts", Kind.YES_NO, default=True),
        Column("program", "program", Kind.CODE, codes=TranscriptCourse.Program.values),
        Column("ucHonors", "honors", Kind.YES_NO),
        Column("gradeLevel", "grade", Kind.WHOLE),
        Column("summer", "summer", Kind.YES_NO, default=False),
        Column("sequence", "sequence", longest=100),
        Column("sequenceStep", "step", Kind.WHOLE),
        Column("countsForCalGrant", "cal_grant", Kind.YES_NO),
    ),
    check=(
        ("credits BETWEEN 0 AND 40", "out_of_range"),
        ("NOT (credits > 0 AND mark IN ('F', 'NP', 'I', 'W', 'NM'))", "credit_without_passing"),
        ("weight IS NULL OR weight BETWEEN 0 AND 2", "out_of_range"),
        ("school_year BETWEEN 1990 AND 2100", "out_of_range"),
        ("grade IS NULL OR grade BETWEEN 6 AND 12", "out_of_range"),
        ("step IS NULL OR step BETWEEN 1 AND 20", "out_of_range"),
    ),
)

progress = Feed(
    file="graduationProgress.csv",
    into=Progress,
    silent=NEW_ONES,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("requirementCode", "code", required=True, longest=40),
        Column("requirementName", "name", required=True),
        Column("creditsRequired", "required", Kind.DECIMAL, required=True),
        Column("creditsEarned", "earned", Kind.DECIMAL, required=True),
        Column("creditsInProgress", "in_progress", Kind.DECIMAL),
        Column("isMet", "is_met", Kind.YES_NO, required=True),
        Column("asOf", "as_of", Kind.DAY, required=True),
    ),
    check=(
        ("required BETWEEN 0 AND 400 AND earned BETWEEN 0 AND 400", "out_of_range"),
        ("in_progress IS NULL OR in_progress BETWEEN 0 AND 100", "out_of_range"),
    ),
)

plans = Feed(
    file="collegePlans.csv",
    into=Plan,
    silent=NEW_ONES,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("pathway", "pathway"),
        Column("sector", "sector", Kind.CODE, codes=Plan.Sector.values),
        Column("workHours", "work_hours", Kind.DECIMAL),
        Column("serviceLearning", "service", Kind.CODE, codes=Plan.Service.values),
        Column("financialAid", "aid", Kind.CODE, codes=Plan.Aid.values),
        Column("financialAidOn", "aid_on", Kind.DAY),
        Column("calGrantGpa", "cal_grant", Kind.CODE, codes=Plan.CalGrant.values),
        Column("asOf", "as_of", Kind.DAY, required=True),
    ),
    check=(
        ("work_hours IS NULL OR work_hours BETWEEN 0 AND 4000", "out_of_range"),
        not_after_today("aid_on"),
    ),
)

feeds = (courses, progress, plans)
