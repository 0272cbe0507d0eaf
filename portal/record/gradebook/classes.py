"""The classes of children: when, with whom, and how much work is not turned in. One query for any number of them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.access.grant import Grant
from portal.access.kept import kept
from portal.record.gradebook.models import LineItem, Result
from portal.record.gradebook.work import said_not_turned_in
from portal.students.models import Enrollment, Job, Teaching, Term, display_name

ENDS_EARLY = timedelta(days=14)  # a place that ends with the term may be written some days short of it


@dataclass(frozen=True)
class Teacher:
    """Someone at the school whom a family can write to."""

    name: str
    email: str  # empty when the school gives none

    def letter(self, child: str, course: str = "", period: str = "") -> str:
        """The address of a new e-mail to them, begun in English and in the language of the page.

        child: first name only. Neither Student ID nor birth date may stand in a letter.
        """
        if course and period:
            subject = _("%(child)s, period %(period)s %(course)s")
        elif course:
            subject = _("%(child)s, %(course)s")
        else:
            subject = "%(child)s"
        words = {"child": child, "course": course, "period": period}
        with override(settings.LANGUAGE_CODE):
            opening = self._opening(words)
        own = self._opening(words)
        body = opening if own == opening else opening + own
        address = quote(self.email, safe="@")
        return f"mailto:{address}?subject={quote(subject % words, safe='')}&body={quote(body, safe='')}"

    def _opening(self, words: dict[str, str]) -> str:
        about = (
            _("I am writing about %(child)s in %(course)s.")
            if words["course"]
            else _("I am writing about %(child)s.")
        )
        return "\r\n\r\n".join((_("Hello %(name)s,") % {"name": self.name}, about % words, ""))


@dataclass(frozen=True)
class SchoolTerm:
    """A stretch of the school year that a class belongs to: a semester, a trimester, the year."""

    pk: int
    title: str
    begins: date
    ends: date  # last day, inclusive
    school_year: int  # the year in which the school year ends

    def meets(self, begins: date, ends: date) -> bool:
        """Whether the two share a day."""
        return self.begins <= ends and begins <= self.ends


@dataclass(frozen=True)
class Class:
    """A student's place in a class."""

    pk: int
    ref: str
    title: str
    type: str  # homeroom, scheduled
    period: str  # as the school writes it, "1" or "1,2"; empty without one
    teachers: tuple[Teacher, ...]  # now, or while it lasted; the primary one first
    terms: tuple[SchoolTerm, ...]  # in order
    begins: date | None  # first day of the student's place
    ends: date | None  # last day of it; None: as long as the class
    dropped: bool  # the student left the class while it went on
    has_work: bool  # something was assigned
    not_turned_in: int  # pieces of work
    last: bool = False  # dropped because the student left the district

    def held(self, on: date) -> bool:
        """Whether the student had this place on a day."""
        return (self.begins is None or self.begins <= on) and (self.ends is None or on <= self.ends)


@dataclass(frozen=True)
class Classes:
    """One school year of one student's classes, in the order of the day; dropped ones included."""

    all: tuple[Class, ...] = ()
    starts: date | None = None  # first day of a school year that is still to come, when there is no other

    @property
    def kept(self) -> tuple[Class, ...]:
        """Without the dropped ones; those of the last day stay with a student who left the district."""
        return tuple(each for each in self.all if not each.dropped or each.last)

    @property
    def not_turned_in(self) -> int:
        return sum(each.not_turned_in for each in self.all)


def of(*grants: Grant) -> dict[int, Classes]:
    """The classes of the latest school year that has begun, by student.

    Source: enrollments.csv, classes.csv, academicSessions.csv.
    """
    if not grants:
        return {}
    on = grants[0].on
    left = {grant.student.pk: grant.student.left_on for grant in grants}
    found: dict[int, dict[int, Class]] = defaultdict(dict)
    for place in map(Place._make, _places(grants, on)):
        each = _class(place, on, left[place.student_id])
        before = found[place.student_id].get(each.pk)
        found[place.student_id][each.pk] = _joined(before, each) if before else each
    return {grant.student.pk: _year(found[grant.student.pk].values(), on) for grant in grants}


def principal(grant: Grant) -> Teacher | None:
    """Who leads the student's school; one query. Source: roles.csv."""
    leading = _principals(grant.student.school_id or 0, grant.on)
    return Teacher(display_name(leading[0][0], "", leading[0][1]), leading[0][2]) if leading else None


@kept
def _principals(school: int, on: date) -> QuerySet[Any, Any]:
    """The latest first."""
    jobs = Job.objects.filter(org=school, role="principal", active=True, employee__active=True)
    now = jobs.exclude(ends__lt=on).exclude(begins__gt=on).order_by(F("begins").desc(nulls_first=True), "-pk")
    return now.values_list("employee__given_name", "employee__family_name", "employee__email")[:1]


class Place(NamedTuple):
    """An enrollment with everything around its class, as the query below brings it."""

    student_id: int
    active: bool
    begins: date | None
    ends: date | None
    class_pk: int
    ref: str
    title: str
    type: str
    periods: str
    taught_by: list[dict[str, Any]]
    within: list[dict[str, Any]]  # terms
    has_work: bool
    missing: int


@kept
def _places(grants: Sequence[Grant], on: date) -> QuerySet[Any, Any]:
    here = OuterRef("school_class")
    missing = (
        Result.rows.under(*grants)
        .filter(said_not_turned_in(on), student=OuterRef("student"), line_item__school_class=here)
        .filter(line_item__active=True)
        .order_by()
        .values("student")
        .annotate(n=Count("line_item", distinct=True))
        .values("n")
    )
    teachers = Teaching.objects.filter(school_class=here, active=True, employee__active=True)
    terms = Term.objects.filter(classes=here, active=True)
    work = LineItem.objects.filter(school_class=here, active=True, assigned_on__lte=on)
    return (
        Enrollment.objects.filter(
            student__in=[grant.student.pk for grant in grants], school_class__active=True
        )
        .annotate(
            taught_by=ArraySubquery(
                teachers.order_by("-primary", "employee__family_name", "pk").values(
                    json=JSONObject(
                        given="employee__given_name",
                        family="employee__family_name",
                        email="employee__email",
                        begins="begins",
                        ends="ends",
                    )
                )
            ),
            within=ArraySubquery(
                terms.order_by("begins", "-ends", "pk").values(
                    json=JSONObject(pk="pk", title="title", begins="begins", ends="ends", year="school_year")
                )
            ),
            has_work=Exists(work),
            missing=Coalesce(Subquery(missing), 0),
        )
        .order_by("pk")
        .values_list(
            "student_id", "active", "begins", "ends", "school_class_id", "school_class__ref", "school_class__title",
            "school_class__type", "school_class__periods", "taught_by", "within", "has_work", "missing",
        )
    )  # fmt: skip


def _class(place: Place, on: date, left: date | None) -> Class:
    terms = tuple(
        SchoolTerm(term["pk"], term["title"], _day(term["begins"]), _day(term["ends"]), term["year"])
        for term in place.within
    )
    over = max((term.ends for term in terms), default=on)
    dropped = not place.active or (place.ends is not None and place.ends < min(on, over - ENDS_EARLY))
    return Class(
        pk=place.class_pk,
        ref=place.ref,
        title=place.title,
        type=place.type,
        period=place.periods,
        teachers=_teachers(place.taught_by, min(on, over)),
        terms=terms,
        begins=place.begins,
        ends=place.ends,
        dropped=dropped,
        last=dropped and place.active and left is not None and place.ends is not None and left <= place.ends,
        has_work=place.has_work,
        not_turned_in=0 if dropped else place.missing,
    )


def _teachers(rows: list[dict[str, Any]], on: date) -> tuple[Teacher, ...]:
    now = [
        row
        for row in rows
        if (not row["begins"] or _day(row["begins"]) <= on) and (not row["ends"] or on <= _day(row["ends"]))
    ]
    teachers = [Teacher(display_name(row["given"], "", row["family"]), row["email"]) for row in now or rows]
    return tuple(dict.fromkeys(teacher for teacher in teachers if teacher.name))


def _joined(one: Class, other: Class) -> Class:
    """Two places in one class, after leaving and coming back, as one."""
    return replace(
        one,
        begins=min(one.begins, other.begins) if one.begins and other.begins else None,
        ends=max(one.ends, other.ends) if one.ends and other.ends else None,
        dropped=one.dropped and other.dropped,
        last=one.last or other.last,
        not_turned_in=max(one.not_turned_in, other.not_turned_in),
    )


def _year(classes: Iterable[Class], on: date) -> Classes:
    begins: dict[int, date] = {}  # of each school year these classes belong to
    for each in classes:
        for term in each.terms:
            begins[term.school_year] = min(term.begins, begins.get(term.school_year, term.begins))
    begun = [year for year, first in begins.items() if first <= on]
    if begins and not begun:
        return Classes(starts=min(begins.values()))
    latest = max(begun, default=None)
    return Classes(
        tuple(
            sorted(
                (
                    each
                    for each in classes
                    if not each.terms or any(term.school_year == latest for term in each.terms)
                ),
                key=_order,
            )
        )
    )


def _order(each: Class) -> tuple[bool, list[tuple[int, str]], date, str, int]:
    """By period, 2 before 10; classes without one last."""
    parts = [(int(part) if part.isdigit() else 0, part) for part in re.findall(r"\d+|[^\d\s,]+", each.period)]
    return not parts, parts, each.terms[0].begins if each.terms else date.min, each.title, each.pk


def _day(text: str) -> date:
    return date.fromisoformat(text)
