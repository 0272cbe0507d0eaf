"""What a family reads of the way to graduation and college."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.gradebook.classes import Teacher
from portal.record.section import Words
from portal.sections.college_career import rules
from portal.sections.college_career.models import Progress, TranscriptCourse
from portal.students.models import Job

NONE = Decimal(0)


@dataclass(frozen=True)
class Requirement:
    """One thing to earn for graduation."""

    name: str
    required: Decimal  # credits
    earned: Decimal
    in_progress: Decimal
    met: bool

    @property
    def left(self) -> Decimal:
        return max(self.required - self.earned, NONE)

    @property
    def share(self) -> float:
        """From 0 to 1; a requirement without credits is met or not."""
        return min(float(self.earned / self.required), 1.0) if self.required else float(self.met)


@dataclass(frozen=True)
class Course:
    """One final mark."""

    title: str
    when: str
    mark: str
    credits: Decimal


@dataclass(frozen=True)
class Area:
    """One subject area of UC and CSU."""

    letter: str  # A to G
    name: Words
    required: int  # years
    done: Decimal  # years passed with a C or better
    courses: tuple[Course, ...]  # that count
    too_low: tuple[Course, ...]  # earn credit but do not count: the mark is a D

    @property
    def met(self) -> bool:
        return self.done >= self.required


@dataclass(frozen=True)
class Step:
    words: Words
    due: date
    over: bool


@dataclass(frozen=True)
class CollegeCareer:
    """Where one student stands."""

    grade: int | None  # None for a grade without a number
    opens: bool  # from grade 6 on
    earned: Decimal | None  # credits; None as long as the school counts none
    required: Decimal | None
    on_track: bool | None
    requirements: tuple[Requirement, ...]
    areas: tuple[Area, ...]  # empty before there are final marks
    unweighted: Decimal | None
    weighted: Decimal | None
    steps: tuple[Step, ...]
    counselor: Teacher | None
    as_of: date | None


def read(grant: Grant) -> CollegeCareer:
    """Credits, areas, averages and steps; three queries, none before grade 6."""
    grade = int(grant.student.grade) if grant.student.grade.isdigit() else None
    if grade is None or grade < rules.FIRST_GRADE:
        return CollegeCareer(grade, False, None, None, None, (), (), None, None, (), None, None)
    rows = sorted(Progress.rows.under(grant), key=lambda row: (len(row.code) > 1, row.code))
    courses = list(TranscriptCourse.rows.under(grant).order_by("school_year", "pk"))
    ends = grant.on.year + (grant.on.month >= 7)  # of this school year
    graduates = ends + 12 - grade
    earned = sum((row.earned for row in rows), NONE) if rows else None
    return CollegeCareer(
        grade=grade,
        opens=True,
        earned=earned,
        required=sum((row.required for row in rows), NONE) if rows else None,
        on_track=earned >= rules.expected(grade, graduates) if earned is not None else None,
        requirements=tuple(_requirement(row) for row in rows),
        areas=tuple(_areas(courses)) if courses else (),
        unweighted=_average(courses, weighted=False),
        weighted=_average(courses, weighted=True),
        steps=tuple(_steps(grade, graduates, grant.on)),
        counselor=_counselor(grant),
        as_of=max((row.as_of for row in rows), default=None),
    )


def _requirement(row: Progress) -> Requirement:
    # A requirement that is called as in our own list is said in the family's language; any other as the district wrote it.
    return Requirement(_(row.name), row.required, row.earned, row.in_progress or NONE, row.is_met)


def _average(courses: Iterable[TranscriptCourse], *, weighted: bool) -> Decimal | None:
    """Over all final marks that count; a failed course weighs as much as it would have earned."""
    return rules.average(
        [
            (
                rules.letter(course.mark),
                course.credits or Decimal(5),
                (course.weight or NONE) if weighted else NONE,
            )
            for course in courses
            if course.counts and rules.letter(course.mark)
        ]
    )


def _areas(courses: Sequence[TranscriptCourse]) -> Iterable[Area]:
    passed: dict[str, list[TranscriptCourse]] = defaultdict(list)
    low: dict[str, list[TranscriptCourse]] = defaultdict(list)
    for course in courses:
        if course.area and rules.letter(course.mark) in rules.COLLEGE_LETTERS:
            passed[course.area].append(course)
        elif course.area and rules.letter(course.mark) == "D":
            low[course.area].append(course)
    for area in rules.AREAS:
        again = {(course.code or course.title) for course in passed[area.letter]}
        done = sum((course.credits for course in passed[area.letter]), NONE) / rules.CREDITS_A_YEAR
        yield Area(
            letter=area.letter.upper(),
            name=area.name,
            required=area.years,
            done=done,
            courses=tuple(map(_course, passed[area.letter])),
            too_low=tuple(
                _course(course) for course in low[area.letter] if (course.code or course.title) not in again
            ),
        )


def _course(row: TranscriptCourse) -> Course:
    when = _("%(term)s, %(first)s–%(last)s") % {
        "term": row.term,
        "first": row.school_year - 1,
        "last": f"{row.school_year % 100:02}",
    }
    return Course(row.title, when, row.mark, row.credits)


def _steps(grade: int, graduates: int, on: date) -> Iterable[Step]:
    """What is due in this grade, in the order of the days."""
    mine = [step for step in rules.STEPS if step.grade == grade]
    for step in sorted(mine, key=lambda step: step.due(graduates, grade)):
        due = step.due(graduates, grade)
        yield Step(step.words, due, due < on)


def _counselor(grant: Grant) -> Teacher | None:
    job = (
        Job.objects.filter(org=grant.student.school_id, role="counselor", active=True, employee__active=True)
        .exclude(ends__lt=grant.on)
        .exclude(begins__gt=grant.on)
        .select_related("employee")
        .order_by("begins", "pk")
        .first()
    )
    return Teacher(job.employee.name, job.employee.email) if job else None
