"""What a family reads of grades: the grade so far in each class, how it is worked out, and who to write to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.http import Http404
from django.utils.timezone import localdate

from portal.access.grant import Grant
from portal.record.gradebook import classes, meanings, work
from portal.record.gradebook.classes import Class, Classes, SchoolTerm, Teacher
from portal.record.gradebook.models import Mark
from portal.record.gradebook.work import Piece
from portal.record.section import Words
from portal.sections.grades.published import NOW, Published, published

Query = Mapping[str, str]  # of the address: term
STANDARDS = ("1", "2", "3", "4")
HABITS = (Mark.Type.WORK_HABITS, Mark.Type.COOPERATION, Mark.Type.EFFORT, Mark.Type.CITIZENSHIP)


@dataclass(frozen=True)
class Grade:
    """A mark the school has published."""

    mark: str
    words: (
        str  # what the mark means, where it has a meaning of its own: "Meets the goal for this grade level"
    )
    percent: Decimal | None  # never for marks 1 to 4
    squares: int | None  # 1 to 4, for marks against a standard
    final: bool
    on: date  # when it was published
    stale: bool  # the grade so far, published longer ago than the district finds usual


@dataclass(frozen=True)
class Line:
    """One row of the Course Summary."""

    ref: str  # of the class; empty for a subject without one
    title: str
    period: str
    teachers: tuple[Teacher, ...]
    grade: Grade | None  # None: no grade yet
    not_turned_in: int | None  # pieces of work; None where no work is posted for this line


@dataclass(frozen=True)
class TermGrades:
    """The Course Summary of one term."""

    key: str  # in the address
    title: str
    ends: date | None
    current: bool  # the one that runs now, or the last that did
    lines: tuple[Line, ...]
    updated_on: date | None  # the latest of any line


@dataclass(frozen=True)
class Grades:
    """One school year of one student's grades."""

    terms: tuple[TermGrades, ...]  # in order; those that have begun
    principal: Teacher | None
    starts: date | None  # first day of school, while it is still to come

    def chosen(self, query: Query) -> TermGrades | None:
        """The term an address asks for, or the current one; None without classes."""
        asked = [term for term in self.terms if term.key == query.get("term")]
        return next((term for term in asked or self.terms if asked or term.current), None)


@dataclass(frozen=True)
class Weight:
    """How much a kind of work counts."""

    title: str
    percent: int | None  # of the grade; None when the school does not say
    words: str  # "Tests count for half."; empty when the percents add up to more than 100


@dataclass(frozen=True)
class Posted:
    """A mark of a report card."""

    label: Words  # the subject, or "Work habits"
    term: str
    grade: Grade


@dataclass(frozen=True)
class Comment:
    """What a teacher wrote beside a grade, in the teacher's words."""

    text: str
    language: str  # code, for screen readers
    on: date


@dataclass(frozen=True)
class CourseGrades:
    """One class: the grade now, how it is worked out, and everything under it."""

    line: Line
    term_ends: date | None  # when the grade so far becomes final
    weights: tuple[Weight, ...]
    habits: tuple[Posted, ...]  # the latest of each kind
    marks: tuple[Posted, ...]  # of report cards, latest first
    comments: tuple[Comment, ...]  # latest first
    pieces: tuple[Piece, ...]  # latest due date first


def read(grant: Grant) -> Grades:
    """The Course Summary of each term of the school year; three queries."""
    mine = classes.of(grant)[grant.student.pk]
    told = published(grant)
    terms = _terms(mine, told, grant.on)
    current = _current(terms, grant.on)
    return Grades(
        terms=tuple(_term(term, term is current, mine, told, grant.on) for term in terms),
        principal=classes.principal(grant),
        starts=mine.starts,
    )


def read_course(grant: Grant, course: str) -> CourseGrades:
    """One class; three queries. Raises Http404 for a class that is not the student's."""
    mine = classes.of(grant)[grant.student.pk]
    each = next((each for each in mine.all if each.ref == course), None)
    if each is None:
        raise Http404
    told = [row for row in published(grant) if row.class_pk == each.pk]
    term = _current(_terms(Classes((each,)), told, grant.on), grant.on)
    pieces = work.of([grant], {grant.student.pk: [each]})[grant.student.pk]
    reported = [row for row in told if row.type != NOW]
    return CourseGrades(
        line=_line(each, _in(told, term), term, grant.on),
        term_ends=term.ends if term and term.ends >= grant.on else None,
        weights=_weights(pieces),
        habits=tuple(_latest_of_each(row for row in reported if row.type in HABITS)),
        marks=tuple(_posted(row) for row in reported if row.type not in HABITS),
        comments=tuple(
            Comment(row.comment, work.language_of(row.comment), localdate(row.at))
            for row in told
            if row.comment
        ),
        pieces=pieces,
    )


def _terms(mine: Classes, told: Iterable[Published], on: date) -> list[SchoolTerm | None]:
    """The terms a family can switch between: the shortest the classes belong to, once they have begun.

    One nameless term when the school sends classes or marks without any.
    """
    periods = {term for each in mine.kept for term in each.terms} or {row.term for row in told}
    begun = [term for term in periods if term.begins <= on]
    shortest = [term for term in begun if not any(_within(other, term) for other in begun)]
    shortest.sort(key=lambda term: (term.begins, term.ends, term.pk))
    return [*shortest] or ([None] if mine.kept else [])


def _within(short: SchoolTerm, long: SchoolTerm) -> bool:
    """Whether a term is a true part of another."""
    return (
        long.begins <= short.begins
        and short.ends <= long.ends
        and (short.begins, short.ends) != (long.begins, long.ends)
    )


def _current(terms: Sequence[SchoolTerm | None], on: date) -> SchoolTerm | None:
    running = [term for term in terms if term is None or on <= term.ends]
    return next(iter(running), terms[-1] if terms else None)


def _term(
    term: SchoolTerm | None, current: bool, mine: Classes, told: Iterable[Published], on: date
) -> TermGrades:
    within = _in(told, term)
    lines = _lines(mine, within, term, on)
    return TermGrades(
        key=str(term.pk) if term else "",
        title=meanings.term(term.title) if term else "",
        ends=term.ends if term else None,
        current=current,
        lines=lines,
        updated_on=max((line.grade.on for line in lines if line.grade), default=None),
    )


def _in(told: Iterable[Published], term: SchoolTerm | None) -> list[Published]:
    return [row for row in told if term is None or row.term.meets(term.begins, term.ends)]


def _lines(mine: Classes, told: Sequence[Published], term: SchoolTerm | None, on: date) -> tuple[Line, ...]:
    lines = []
    for each in mine.kept:
        if term and each.terms and not any(own.meets(term.begins, term.ends) for own in each.terms):
            continue
        rows = [row for row in told if row.class_pk == each.pk]
        if each.type == "homeroom" and not rows and not each.has_work:
            continue  # a room is no course
        subjects = _subjects(rows)
        if len(subjects) > 1:
            lines += [_subject(subject, rows, term, on, each) for subject in subjects]
        else:
            lines.append(_line(each, rows, term, on))
    loose = [row for row in told if row.class_pk is None]
    lines += [_subject(subject, loose, term, on) for subject in _subjects(loose)]
    return tuple(lines)


def _subjects(rows: Iterable[Published]) -> list[str]:
    return sorted({row.subject for row in rows if row.type == Mark.Type.ACADEMIC})


def _line(each: Class, rows: Sequence[Published], term: SchoolTerm | None, on: date) -> Line:
    return Line(
        ref=each.ref,
        title=each.title,
        period=each.period,
        teachers=each.teachers,
        grade=_now(rows, term, on),
        not_turned_in=each.not_turned_in if each.has_work or each.not_turned_in else None,
    )


def _subject(
    subject: str, rows: Iterable[Published], term: SchoolTerm | None, on: date, each: Class | None = None
) -> Line:
    """A line for one of several subjects that a class, or no class at all, is marked in."""
    own = [row for row in rows if row.subject == subject and row.type == Mark.Type.ACADEMIC]
    signed = [row.teacher for row in own if row.teacher.name]
    return Line(
        ref=each.ref if each else "",
        title=subject,
        period=each.period if each else "",
        teachers=each.teachers if each else tuple(signed[:1]),
        grade=_now(own, term, on),
        not_turned_in=None,
    )


def _now(rows: Sequence[Published], term: SchoolTerm | None, on: date) -> Grade | None:
    """The final mark of the term; before there is one the grade so far, else the latest mark. Rows come latest first."""
    marks = [row for row in rows if row.type == Mark.Type.ACADEMIC]
    final = [row for row in marks if row.final]
    so_far = [row for row in rows if row.type == NOW]
    chosen = next(iter(final or so_far or marks), None)
    if chosen is None:
        return None
    grade = _grade(chosen)
    running = term is None or on <= term.ends
    old = on - grade.on > timedelta(days=settings.DISTRICT.stale_grade_days)
    return replace(grade, stale=old and running and not grade.final)


def _grade(row: Published) -> Grade:
    standard = row.mark in STANDARDS
    return Grade(
        mark=row.mark,
        words=row.text or meanings.of(row.type, row.mark),
        percent=None if standard else row.percent,
        squares=int(row.mark) if standard else None,
        final=row.final,
        on=localdate(row.at),
        stale=False,
    )


def _posted(row: Published) -> Posted:
    label = row.subject if row.type == Mark.Type.STANDARD else meanings.kind(row.type)
    return Posted(label, meanings.term(row.term.title), _grade(row))


def _latest_of_each(rows: Iterable[Published]) -> list[Posted]:
    latest: dict[str, Published] = {}
    for row in rows:
        latest.setdefault(row.type, row)
    return [_posted(latest[kind]) for kind in HABITS if kind in latest]


def _weights(pieces: Iterable[Piece]) -> tuple[Weight, ...]:
    """The categories of the work so far, the weightiest first."""
    percents = {piece.category: piece.weight for piece in pieces}
    whole = sum(percent or 0 for percent in percents.values()) <= 100
    return tuple(
        Weight(title, percent, meanings.weight(title, percent) if percent and whole else "")
        for title, percent in sorted(percents.items(), key=lambda item: (-(item[1] or 0), item[0]))
    )
