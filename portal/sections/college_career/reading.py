"""What a family reads of the way to graduation and college."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record import codes
from portal.record.gradebook.averages import average, letter
from portal.record.gradebook.classes import Teacher
from portal.record.section import Words
from portal.sections.college_career import rules
from portal.sections.college_career.models import Plan, Progress, TranscriptCourse
from portal.students.models import Job

NONE = Decimal(0)


@dataclass(frozen=True)
class Requirement:
    """One thing to earn for graduation."""

    name: Words
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
    validated: tuple[Course, ...] = ()  # a D or F made good further on in the same subject
    left_out: Decimal = NONE  # years never taken, for which a later class stands
    extra: Decimal = NONE  # years of other areas beyond what those ask for, which count here

    @property
    def met(self) -> bool:
        return self.done >= self.required


@dataclass(frozen=True)
class Step:
    words: Words
    due: date
    over: bool


@dataclass(frozen=True)
class Advanced:
    """Classes of one program: AP, IB, college, career."""

    program: Words
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Planned:
    """What the school knows of the way after school; empty words for what it did not say."""

    pathway: str
    sector: Words
    work_hours: Decimal | None
    service: Words
    aid: Words  # how far the FAFSA or CADAA is
    aid_on: date | None
    aid_done: bool  # sent, or opted out
    cal_grant: Words
    cal_grant_done: bool


@dataclass(frozen=True)
class Limits:
    """Of the average of UC and CSU."""

    honors: int = rules.MOST_HONORS  # semesters with one point more
    uc: Decimal = rules.UC_LEAST
    csu: Decimal = rules.CSU_LEAST


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
    college: Decimal | None  # of UC and CSU
    cal_grant: Decimal | None  # what the state gets for the Cal Grant; from grade 11 on
    advanced: tuple[Advanced, ...]
    plan: Planned | None
    steps: tuple[Step, ...]
    counselor: Teacher | None
    as_of: date | None
    limits: Limits = Limits()

    @property
    def before_credits(self) -> bool:
        """Whether the areas are still to come."""
        return (
            bool(self.areas)
            and not any(area.courses or area.too_low for area in self.areas)
            and self.earned is None
        )


def read(grant: Grant) -> CollegeCareer:
    """Credits, areas, averages, plans and steps; four queries, none before grade 6."""
    grade = int(grant.student.grade) if grant.student.grade.isdigit() else None
    if grade is None or grade < rules.FIRST_GRADE:
        return CollegeCareer(
            grade, False, None, None, None, (), (), None, None, None, None, (), None, (), None, None
        )
    rows = sorted(Progress.rows.under(grant), key=lambda row: (len(row.code) > 1, row.code))
    courses = list(TranscriptCourse.rows.under(grant).order_by("school_year", "pk"))
    plan = Plan.rows.under(grant).first()
    ends = grant.on.year + (grant.on.month >= 7)  # of this school year
    graduates = ends + 12 - grade
    earned = sum((row.earned for row in rows), NONE) if rows else None
    required = sum((row.required for row in rows), NONE) if rows else None
    return CollegeCareer(
        grade=grade,
        opens=True,
        earned=earned,
        required=required,
        on_track=earned >= rules.expected(grade, graduates, required) if earned is not None else None,
        requirements=tuple(_requirement(row) for row in rows),
        areas=tuple(_areas(courses, graduates)) if courses or grade < rules.FIRST_CREDIT_GRADE else (),
        unweighted=_average(courses, weighted=False),
        weighted=_average(courses, weighted=True),
        college=_college_average(courses, graduates),
        cal_grant=_cal_grant_average(courses, graduates) if grade >= rules.CAL_GRANT_FIRST_SHOWN else None,
        advanced=tuple(_advanced(courses)),
        plan=_planned(plan) if plan else None,
        steps=tuple(_steps(grade, graduates, grant.on)),
        counselor=_counselor(grant),
        as_of=max((row.as_of for row in rows), default=None),
    )


def _requirement(row: Progress) -> Requirement:
    return Requirement(
        rules.requirement(row.name), row.required, row.earned, row.in_progress or NONE, row.is_met
    )


def _average(courses: Iterable[TranscriptCourse], *, weighted: bool) -> Decimal | None:
    """Over all final marks that count; a failed course weighs as much as it would have earned."""
    return average(
        [
            (letter(course.mark), _worth(course), (course.weight or NONE) if weighted else NONE)
            for course in courses
            if course.counts and letter(course.mark)
        ]
    )


def _college_average(courses: Sequence[TranscriptCourse], graduates: int) -> Decimal | None:
    """Of the A-G classes; a D or F drops out only when the same class was taken again with a C or better."""
    return rules.college_average(
        [
            rules.CollegeMark(
                letter=letter(course.mark),
                semesters=_worth(course) / rules.CREDITS_A_SEMESTER,
                grade=_grade(course, graduates),
                summer=course.summer,
                honors=bool(course.weight) if course.honors is None else course.honors,
            )
            for course in courses
            if course.area
            and letter(course.mark)
            and not (_too_low(course) and _taken_again(course, courses))
        ]
    )


def _cal_grant_average(courses: Iterable[TranscriptCourse], graduates: int) -> Decimal | None:
    return rules.cal_grant_average(
        [
            rules.GrantMark(
                letter=letter(course.mark),
                semesters=_worth(course) / rules.CREDITS_A_SEMESTER,
                grade=_grade(course, graduates),
                course=course.code or course.title,
                when=(course.school_year, course.summer),
            )
            for course in courses
            if letter(course.mark) and (course.counts if course.cal_grant is None else course.cal_grant)
        ]
    )


def _grade(course: TranscriptCourse, graduates: int) -> int:
    """In which it was taken: as the school says, or counted back."""
    return course.grade or 12 - (graduates - course.school_year)


def _worth(course: TranscriptCourse) -> Decimal:
    """Credits, also of a class that earned none."""
    return course.credits or Decimal(rules.CREDITS_A_SEMESTER)


def _too_low(course: TranscriptCourse) -> bool:
    return letter(course.mark) in ("D", "F")


def _good(course: TranscriptCourse) -> bool:
    return letter(course.mark) in rules.COLLEGE_LETTERS


def _taken_again(course: TranscriptCourse, courses: Iterable[TranscriptCourse]) -> bool:
    """Whether the very same class was passed with a C or better in a later year or summer."""
    return any(
        _good(other)
        and (other.code or other.title) == (course.code or course.title)
        and (other.school_year, other.summer) > (course.school_year, course.summer)
        for other in courses
    )


def _validated(course: TranscriptCourse, courses: Iterable[TranscriptCourse]) -> bool:
    """Whether a C or better further on in the same sequence makes the class good."""
    step = course.step
    return (
        course.area in rules.VALIDATED
        and step is not None
        and bool(course.sequence)
        and any(
            _good(other)
            and (other.area, other.sequence) == (course.area, course.sequence)
            and (other.step or 0) > step
            for other in courses
        )
    )


def _semesters(courses: Iterable[TranscriptCourse]) -> dict[str, set[int]]:
    """By sequence, the semesters in it that these classes are."""
    found: dict[str, set[int]] = defaultdict(set)
    for course in courses:
        if course.sequence and course.step is not None:
            last = course.step + max(int(_worth(course) / rules.CREDITS_A_SEMESTER), 1)
            found[course.sequence].update(range(course.step, last))
    return found


def _left_out(
    area: rules.Area, mine: Sequence[TranscriptCourse], years: Mapping[str, Decimal], graduates: int
) -> tuple[Decimal, Decimal]:
    """Years done, and years never taken for which a later class stands, as far as the area asks for them.

    years: those done, by subject, where the years must be of one; otherwise all together.
    """
    taken, found = _semesters(mine), []
    good = _semesters(filter(_good, mine))
    for sequence in {*years, *good}:
        done = years.get(sequence if area.letter == rules.ONE_SUBJECT else "", NONE)
        said = rules.left_out(area.letter, graduates, good[sequence], taken[sequence])
        most = max(area.years - done - Decimal(said.missing) / 2, NONE)
        found.append((done, min(Decimal(said.stood_for) / 2, most)))
    return max(found, key=lambda each: (sum(each), each), default=(NONE, NONE))


def _areas(courses: Sequence[TranscriptCourse], graduates: int) -> Iterable[Area]:
    extra = NONE
    for area in rules.AREAS:
        mine = [course for course in courses if course.area == area.letter]
        good = [course for course in mine if _good(course)]
        low = [course for course in mine if _too_low(course) and not _taken_again(course, courses)]
        validated = [course for course in low if _validated(course, courses)]
        years: dict[str, Decimal] = defaultdict(Decimal)
        for course in (*good, *validated):
            subject = course.sequence if area.letter == rules.ONE_SUBJECT else ""
            years[subject] += _worth(course) / rules.CREDITS_A_YEAR
        done, left_out = _left_out(area, mine, years, graduates)
        if area.letter != rules.ELECTIVE:
            extra += max(done - area.years, NONE)
        yield Area(
            letter=area.letter.upper(),
            name=area.name,
            required=area.years,
            done=done + left_out + (extra if area.letter == rules.ELECTIVE else NONE),
            courses=tuple(map(_course, good)),
            too_low=tuple(
                _course(course) for course in low if letter(course.mark) == "D" and course not in validated
            ),
            validated=tuple(map(_course, validated)),
            left_out=left_out,
            extra=extra if area.letter == rules.ELECTIVE else NONE,
        )


def _advanced(courses: Iterable[TranscriptCourse]) -> Iterable[Advanced]:
    """The classes of each program, each once, in the order of the years."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for course in courses:
        if course.program:
            found[course.program][course.title] = None
    for program, titles in found.items():
        word = codes.word(program, TranscriptCourse.Program, "transcriptCourses")
        yield Advanced(word, tuple(titles))


def _planned(row: Plan) -> Planned:
    def word(code: str, known: type[TextChoices]) -> Words:
        return codes.word(code, known, "collegePlans") if code else ""

    return Planned(
        pathway=row.pathway,
        sector=word(row.sector, Plan.Sector),
        work_hours=row.work_hours,
        service=word(row.service, Plan.Service),
        aid=word(row.aid, Plan.Aid),
        aid_on=row.aid_on if row.aid == Plan.Aid.SUBMITTED else None,
        aid_done=row.aid in (Plan.Aid.SUBMITTED, Plan.Aid.OPTED_OUT),
        cal_grant=word(row.cal_grant, Plan.CalGrant),
        cal_grant_done=row.cal_grant in (Plan.CalGrant.SENT, Plan.CalGrant.OPTED_OUT),
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
