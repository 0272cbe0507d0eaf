"""The classes of children: when, with whom, and how much work is not turned in. One query for any number of them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.access.grant import Grant
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

    def _places(grants: Iterable[Grant], on: date) -> Any:
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
        .select_related("school_class")
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
    )


def _class(place: Any, on: date) -> Class:
    terms = tuple(
        Period(term["pk"], term["title"], _day(term["begins"]), _day(term["ends"]), term["year"])
        for term in place.within
    )
    over = max((term.ends for term in terms), default=on)
    dropped = not place.active or (place.ends is not None and place.ends < min(on, over - ENDS_EARLY))
    return Class(
        pk=place.school_class.pk,
        ref=place.school_class.ref,
        title=place.school_class.title,
        type=place.school_class.type,
        period=place.school_class.periods,
        teachers=_teachers(place.taught_by, min(on, over)),
        terms=terms,
        begins=place.begins,
        ends=place.ends,
        dropped=dropped,
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
