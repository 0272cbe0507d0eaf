"""The one access decision: from a person and a student to a grant, or the same 404 for everyone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.timezone import localdate

from portal.access import brake, posts, rules
from portal.access.grant import Grant, Reach
from portal.access.kept import kept
from portal.access.models import Post
from portal.family.models import Guardian, Guardianship, Link
from portal.family.standing import Child, standing
from portal.people import settled
from portal.people.asking import within
from portal.people.models import Person
from portal.students.models import Org, Student

DISTRICT = "district"  # the type of an organization


class NotHere(Http404):
    """Not yours and not there: one answer, the same bytes."""


class Closed(Exception):
    """The person's own linked child, but the record does not open to them now. The page says why in words."""

    def __init__(self, child: Child) -> None:
        self.child = child


class NotOpen(Exception):
    """The child is theirs and open, this section is not; off by the district or by an order look the same."""

    def __init__(self, student: Student) -> None:
        self.student = student


class Ruled(Protocol):
    """What the gate needs to know of a section."""

    @property
    def key(self) -> str: ...
    @property
    def may_see(self) -> tuple[rules.Rule, ...]: ...
    @property
    def may_change(self) -> tuple[rules.Rule, ...]: ...


DIRECTORIES: dict[str, "Directory"] = {}  # by key


@dataclass(frozen=True)
class Directory:
    """What the gate opens that is no section of the record: the student's card, the PIN desk, a family's list."""

    key: str
    may_see: tuple[rules.Rule, ...]
    may_change: tuple[rules.Rule, ...] = ()

    def __post_init__(self) -> None:
        DIRECTORIES[self.key] = self


LINKED = Directory("link", may_see=(rules.linked,), may_change=(rules.linked,))  # Add, Verify PIN, Remove


class Actor:
    """The person behind one request. Rights are read once for the request, and never kept longer."""

    def __init__(self, person: Person, proved_at: datetime | None = None) -> None:
        self.person = person
        self.proved_at = proved_at  # when they last proved in this browser who they are; none in jobs
        self.on: date = localdate()

    @cached_property
    def children(self) -> tuple[Child, ...]:
        """Linked children in the order they were linked, closed ones included; one query."""
        return students_of(self.person, self.on)

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """Staff posts that run now; one query."""
        if self.person.kind != Person.Kind.STAFF:
            return ()
        return tuple(posts.running().filter(person=self.person).select_related("place").order_by("pk"))

    def opens(self, asked: "Ruled | str") -> bool:
        """Whether one of the posts that run now opens this function, for whichever student; for menus and lists."""
        ruled = DIRECTORIES[asked] if isinstance(asked, str) else asked
        return any(opens(self, post, ruled) for post in self.posts)


def opens(actor: Actor, post: Post, asked: Ruled) -> bool:
    """Whether this post opens what is asked, for the students it covers."""
    return _why(asked, rules.Case(actor.on, post=post), None) is not None


def students_of(person: Person, on: date) -> tuple[Child, ...]:
    """The children linked to a family account, with how the adult stands to each on this day."""
    if person.kind != Person.Kind.FAMILY:
        return ()
    return tuple(_child(values, on) for values in _linked(person.pk))


# What stands around a link, and how the link leads there.
AROUND: dict[str, type[Model]] = {
    "": Link,
    "guardianship__": Guardianship,
    "guardianship__guardian__": Guardian,
    "guardianship__student__": Student,
    "guardianship__student__school__": Org,
}


@kept
def _linked(person: int) -> QuerySet[Any, Any]:
    """For each linked child whether it holds the rights itself, and every column of the five tables of AROUND."""
    selves = Guardianship.objects.filter(
        student=OuterRef("guardianship__student"), relationship=Guardianship.Relationship.SELF, active=True
    )
    columns = [
        f"{path}{fld.attname}" for path, model in AROUND.items() for fld in model._meta.concrete_fields
    ]
    links = Link.objects.filter(person=person, ended_at=None).order_by("number")
    return links.annotate(student_holds_rights=Exists(selves)).values_list("student_holds_rights", *columns)


def _child(values: tuple[Any, ...], on: date) -> Child:
    holds_rights, *columns = values
    rows: dict[str, Any] = {}
    for path, model in AROUND.items():
        names = [fld.attname for fld in model._meta.concrete_fields]
        rows[path] = model.from_db(DEFAULT_DB_ALIAS, names, columns[: len(names)])
        del columns[: len(names)]
    link, right, guardian, student, school = rows.values()
    link.guardianship, right.guardian, right.student = right, guardian, student
    student.school = school if student.school_id else None
    return Child(student, right, link, standing(right, link, holds_rights, on))


def admit(actor: Actor, ref: str, section: Ruled) -> Grant:
    """Leave for this person to see this section of this student, and whether they may change it.

    ref: the student's public reference.
    Raises NotHere for a student who is not theirs or does not exist, Closed for an own child whose record does
    not open now, NotOpen for a section outside their rights.
    """
    if actor.person.kind == Person.Kind.STAFF:
        return _admit_staff(actor, ref, section)
    child = next((child for child in actor.children if child.student.ref == ref), None)
    if child is None:
        raise NotHere
    if not child.standing.readable:
        raise Closed(child)
    grant = _grant(actor, child.student, section, rules.Case(actor.on, child=child))
    if grant is None:
        raise NotOpen(child.student)
    return grant


def admit_each(actor: Actor, section: Ruled) -> tuple[Grant, ...]:
    """A grant for each linked child whose record opens this section; asks the database nothing more."""
    return tuple(
        grant
        for child in actor.children
        if child.standing.readable
        and (grant := _grant(actor, child.student, section, rules.Case(actor.on, child=child)))
    )


def may(actor: Actor, child: Child, section: Ruled) -> bool:
    """Whether the section opens for this child; for menus."""
    return (
        child.standing.readable
        and _why(section, rules.Case(actor.on, child=child), child.student.school_id) is not None
    )


def opens_too(grant: Grant, section: Ruled) -> bool:
    """Whether what a grant stands on opens another section of the same student too; for the timeline."""
    return also(grant, section) is not None


def also(grant: Grant, section: Ruled) -> Grant | None:
    """The same leave for another section of the same student; None where it does not reach.

    Staff who look as one adult sees it get what opens to both of them.
    """
    cases = [rules.Case(grant.on, child=grant.child)] if grant.child else []
    cases += [rules.Case(grant.on, post=grant.post)] if grant.post else []
    whys = [_why(section, case, grant.student.school_id) for case in cases]
    if not whys or None in whys:
        return None
    why = whys[-1]
    assert why is not None
    changes = grant.post is None and _first(section.may_change, cases[0]) is not None
    return replace(grant, section=section.key, may_change=changes, why=rules.name(why))


def admit_as(actor: Actor, ref: str, section: Ruled, guardianship: int) -> Grant:
    """What one adult around the student would see of a section, for staff to whom it opens too; nothing to change.

    guardianship: its key; the adult needs no account.
    Raises NotHere for what is not theirs, Closed and NotOpen for what the adult would not see.
    """
    grant = _admit_staff(actor, ref, section)
    right = (
        Guardianship.objects.filter(student=grant.student, active=True, pk=guardianship)
        .select_related("guardian")
        .first()
    )
    if right is None:
        raise NotHere
    link = Link.objects.filter(guardianship=right, ended_at=None).first() or Link(
        guardianship=right, number=1
    )
    selves = Guardianship.objects.filter(
        student=grant.student, relationship=Guardianship.Relationship.SELF, active=True
    )
    child = Child(grant.student, right, link, standing(right, link, selves.exists(), actor.on))
    if not child.standing.readable:
        raise Closed(child)
    seen = also(replace(grant, child=child), section)
    if seen is None:
        raise NotOpen(grant.student)
    return seen


def students_for(actor: Actor, asked: Ruled) -> QuerySet[Student]:
    """The students covered by those of a staff member's posts that open what is asked; nobody when none does."""
    places = _covered(actor, asked)
    found = Student.objects.filter(school__in=Org.objects.filter(places)) if places else Student.objects.all()
    off = settled.without(asked.key)
    return found.exclude(school__in=off) if off else found


def granted(grants: Iterable[Grant]) -> QuerySet[Student]:
    """The students of these grants, for what is asked of each of them whether or not a section has rows."""
    return Student.objects.filter(pk__in=[grant.student.pk for grant in grants])


def to_count(on: date) -> QuerySet[Student]:
    """Everyone enrolled at a school on this day, for a job that counts and names nobody."""
    return Student.objects.filter(Q(left_on=None) | Q(left_on__gte=on), active=True, school__isnull=False)


def reach(actor: Actor, asked: Ruled) -> Reach:
    """Where a staff member may look for what is asked: a report over a school, say. Nobody for no such post."""
    return Reach(asked.key, students_for(actor, asked))


def admit_all(actor: Actor, students: Iterable[Student], asked: Ruled) -> dict[int, Grant]:
    """Grants for many students of a staff member, by the student's key; whoever is out of reach is left out.

    As many queries for a thousand students as for one.
    """
    wanted = {student.pk for student in students}
    reached = students_for(actor, asked).filter(pk__in=wanted).select_related("school__parent")
    grants = {}
    for student in reached:
        for post in posts_over(actor, student.school):
            grant = _grant(actor, student, asked, rules.Case(actor.on, post=post))
            if grant is not None:
                grants[student.pk] = grant
                break
    return grants


def schools_for(actor: Actor, asked: Ruled) -> QuerySet[Org]:
    """The schools covered by those of a staff member's posts that open what is asked."""
    return Org.objects.filter(_covered(actor, asked), type="school", active=True)


def places_for(actor: Actor, asked: Ruled) -> QuerySet[Org]:
    """The schools, regions and the district that lie in reach of the posts that open what is asked."""
    return Org.objects.filter(_covered(actor, asked), type__in=("school", "local", DISTRICT), active=True)


def named(ref: str) -> Student | None:
    """The student of a reference, for the record of access to keep who reached for them; it opens nothing."""
    with within("worker", purpose="refused"):
        return Student.objects.filter(ref=ref).first()


def _covered(actor: Actor, asked: Ruled) -> Q:
    """Which places these posts reach. A post at the district reaches every school of this portal, whichever source sent it."""
    posts = [post for post in actor.posts if opens(actor, post, asked)]
    if any(post.place.type == DISTRICT for post in posts):
        return Q()
    places = [post.place_id for post in posts]
    return Q(pk__in=places) | Q(parent__in=places) | Q(parent__parent__in=places)


def _admit_staff(actor: Actor, ref: str, section: Ruled) -> Grant:
    student = students_for(actor, section).select_related("school__parent").filter(ref=ref).first()
    if student is None:
        raise NotHere
    for post in posts_over(actor, student.school):
        grant = _grant(actor, student, section, rules.Case(actor.on, post=post))
        if grant is not None:
            brake.opened(actor, student)
            return grant
    raise NotHere


def posts_over(actor: Actor, school: Org | None) -> list[Post]:
    """The person's posts that cover this school, or region; those of the whole district cover every student, at a school or not."""
    above = (
        {pk for pk in (school.pk, school.parent_id, school.parent and school.parent.parent_id) if pk}
        if school
        else set()
    )
    return [post for post in actor.posts if post.place_id in above or post.place.type == DISTRICT]


def _grant(actor: Actor, student: Student, section: Ruled, case: rules.Case) -> Grant | None:
    why = _why(section, case, student.school_id)
    if why is None:
        return None
    return Grant(
        person=actor.person,
        student=student,
        section=section.key,
        may_change=_first(section.may_change, case) is not None,
        why=rules.name(why),
        on=actor.on,
        child=case.child,
        post=case.post,
    )


def _why(asked: Ruled, case: rules.Case, school: int | None) -> rules.Rule | None:
    """The rule that says yes; none where the district or the student's school switched the section off."""
    return None if asked.key in settled.of(school).sections_off else _first(asked.may_see, case)


def _first(asked: Iterable[rules.Rule], case: rules.Case) -> rules.Rule | None:
    return next((rule for rule in asked if rule(case)), None)
