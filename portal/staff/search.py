"""Parent/Student Search: by ID and email exactly, by the start of any word of a name, within one's own places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.access import gate
from portal.family import pins
from portal.family.models import Guardian, GuardianKey, Guardianship, Link
from portal.family.standing import verified
from portal.staff.directory import CARD
from portal.students import names
from portal.students.models import GRADES, Student, StudentKey
from portal.web.forms import ChoiceField, Form, TextField, compact

PAGE = 25  # rows
MOST = 200  # matches; more need a narrower search
SHORTEST = 2  # letters of a name


class Search(Form):
    """The search row and its filters; read from the address, so that a link repeats the search."""

    search_by = ChoiceField(
        label=_("Search by"),
        choices=[("student", _("Student")), ("parent", _("Parent"))],
        required=False,
    )
    student_id = TextField(label=_("Student ID"), max_length=100, required=False)
    email = TextField(label=_("Email"), max_length=254, required=False)
    first_name = TextField(label=_("First Name"), max_length=200, required=False)
    last_name = TextField(label=_("Last Name"), max_length=200, required=False)
    schools = ChoiceField(label=_("Schools"), required=False)
    grades = ChoiceField(label=pgettext_lazy("grade levels", "Grades"), required=False)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, data: Any, schools: Sequence[tuple[str, str]]) -> None:
        """schools: (ref, name) of those the person may see."""
        super().__init__(data)
        for name in ("student_id", "email", "first_name", "last_name"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for name in ("student_id", "email"):
            self.fields[name].widget.attrs["dir"] = "ltr"
        grades = [(code, Student(grade=code).grade_words) for code in GRADES]
        for name, choices in (
            ("schools", [("", _("All my schools")), *schools]),
            ("grades", [("", pgettext_lazy("grade level", "All")), *grades]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        name = f"{said.get('first_name', '')} {said.get('last_name', '')}"
        letters = sum(map(len, names.typed(name)[0]))
        if not self.errors and not said.get("student_id") and not said.get("email") and letters < SHORTEST:
            raise forms.ValidationError(_("Type at least 2 letters, an ID or an email."))
        return said | {"name": name if letters else ""}


@dataclass(frozen=True)
class Row:
    """One student card of a result; adult: whom the search by Parent found."""

    student: Student
    linked: int  # parents with an open link
    pins: tuple[pins.State, ...]  # of verified guardians, each state once
    adult: Guardian | None = None


@dataclass(frozen=True)
class Found:
    """One page of matches; too_many when there are more than MOST, and then no rows."""

    rows: tuple[Row, ...]
    matches: int
    page: int  # from 1
    pages: int

    @property
    def groups(self) -> list[tuple[Guardian | None, list[Row]]]:
        """The rows, together for each adult the search by Parent found."""
        return [(adult, list(rows)) for adult, rows in groupby(self.rows, key=lambda row: row.adult)]

    @property
    def too_many(self) -> bool:
        return self.matches > MOST


def find(actor: gate.Actor, said: dict[str, Any], page: int) -> Found:
    """The students that match, or those of the parents that match; as many queries for 25 rows as for one.

    said: cleaned data of the form.
    """
    places = _places(actor, said["schools"])
    students = _filtered(gate.students_for(actor, CARD), said, actor.on)
    if places is not None:  # said once more as keys, which an index knows
        students = students.filter(school__in=places)
    parents = said["search_by"] == "parent"
    keys = _by_name(students, said, parents, places)
    if keys is None:
        asked: Callable[..., QuerySet[Any]] = _of_parents if parents else _of_students
        keys = list(asked(students, said, places).values_list("pk", flat=True)[: MOST + 1])
    matches = len(keys)
    pages = max(1, -(-matches // PAGE))
    page = min(max(1, page), pages)
    if matches > MOST:
        return Found((), matches, page, pages)
    found: QuerySet[Any] = (
        Guardianship.objects.filter(pk__in=keys)
        .select_related("guardian", "student__school")
        .order_by(
            "guardian__family_name", "guardian__given_name", "guardian", "student__family_name", "student"
        )
        if parents
        else students.filter(pk__in=keys).select_related("school").order_by("family_name", "given_name", "pk")
    )
    shown = list(found[(page - 1) * PAGE : page * PAGE])
    pairs = [(row.student, row.guardian) if isinstance(row, Guardianship) else (row, None) for row in shown]
    return Found(tuple(_rows(pairs, actor)), matches, page, pages)


def _by_name(
    students: QuerySet[Student], said: dict[str, Any], parents: bool, places: list[int] | None
) -> list[int] | None:
    """Keys of the first MOST + 1 rows that a name alone means; None where this cannot tell.

    Walks the keys of the name in the order of their index, stops at the first few hundred, and looks at the rows of
    those. A query for different rows would gather all of them first: a common name has tens of thousands in a large
    district.
    """
    if not said["name"] or said["student_id"] or said["email"]:
        return None
    found: QuerySet[Any]
    if parents:
        found = Guardianship.objects.filter(active=True, student__in=students.values("pk"))
        keys, row = _keys(GuardianKey, said["name"], places), "guardianship"
    else:
        found = students
        keys, row = _keys(StudentKey, said["name"], places), "student"
    if said["grades"]:  # those of one grade are few among a name: the walk goes on until it has met enough
        keys = keys.filter(**{f"{row}__in": found.values("pk")})
    walked = list(
        keys.values_list(f"{row}_id", flat=True)[: 2 * MOST + 2]
    )  # some are met twice, by two words
    there = list(found.filter(pk__in=set(walked)).values_list("pk", flat=True)[: MOST + 1])
    return there if len(there) > MOST or len(walked) < 2 * MOST + 2 else None


def _keys(of: type[StudentKey | GuardianKey], name: str, places: list[int] | None) -> QuerySet[Any]:
    keys: QuerySet[Any] = of._default_manager.filter(names.matching(name))
    return keys if places is None else keys.filter(school__in=places)


def _filtered(students: QuerySet[Student], said: dict[str, Any], on: date) -> QuerySet[Student]:
    if said["active"]:
        students = students.filter(Q(left_on=None) | Q(left_on__gte=on), active=True)
    if said["schools"]:
        students = students.filter(school__ref=said["schools"])
    if said["grades"]:
        students = students.filter(grade=said["grades"])
    return students


def _places(actor: gate.Actor, ref: str) -> list[int] | None:
    """The schools to look at, so that an index by school and name is walked; None for all of the district."""
    if ref:
        return list(gate.schools_for(actor, CARD).filter(ref=ref).values_list("pk", flat=True))
    if any(post.place.type == gate.DISTRICT for post in actor.posts):
        return None
    return list(gate.schools_for(actor, CARD).values_list("pk", flat=True))


def _of_students(
    students: QuerySet[Student], said: dict[str, Any], places: list[int] | None
) -> QuerySet[Student]:
    if said["student_id"]:
        wanted = compact(said["student_id"]).upper()
        students = students.filter(
            Q(student_id=wanted)
            | Q(pk__in=Student.objects.filter(aliases__alias=wanted, aliases__active=True).values("pk"))
        )
    if said["name"]:
        students = students.filter(pk__in=_keys(StudentKey, said["name"], places).values("student"))
    if said["email"]:
        links = Link.objects.filter(person__email_key=said["email"].casefold(), ended_at=None)
        students = students.filter(pk__in=links.values("guardianship__student"))
    return students


def _of_parents(
    students: QuerySet[Student], said: dict[str, Any], places: list[int] | None
) -> QuerySet[Guardianship]:
    rights = Guardianship.objects.filter(active=True, student__in=students.values("pk"))
    if said["email"]:
        links = Link.objects.filter(person__email_key=said["email"].casefold(), ended_at=None)
        rights = rights.filter(guardian__in=links.values("guardianship__guardian"))
    if said["name"]:
        rights = rights.filter(pk__in=_keys(GuardianKey, said["name"], places).values("guardianship"))
    if not said["email"] and not said["name"]:
        rights = rights.none()
    return rights


def _rows(pairs: Sequence[tuple[Student, Guardian | None]], actor: gate.Actor) -> list[Row]:
    rights = list(
        Guardianship.objects.filter(student__in=[student.pk for student, _adult in pairs], active=True)
    )
    linked: dict[int, int] = {}
    for student in Link.objects.filter(
        guardianship__student__in=[student.pk for student, _adult in pairs], ended_at=None
    ).values_list("guardianship__student_id", flat=True):
        linked[student] = linked.get(student, 0) + 1
    states = pins.states(right for right in rights if verified(right, actor.on))
    of_student: dict[int, list[pins.State]] = {}
    for right in rights:
        if right.pk in states and states[right.pk].state not in of_student.setdefault(right.student_id, []):
            of_student[right.student_id].append(states[right.pk].state)
    return [
        Row(student, linked.get(student.pk, 0), tuple(of_student.get(student.pk, ())), adult)
        for student, adult in pairs
    ]
