"""Giving staff access and taking it away: what a post needs to run, who may give which, and when it must be looked at."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import get_current_timezone, localdate, localtime, now

from portal.access.models import Post
from portal.people.asking import within
from portal.people.models import Person, Session
from portal.students.models import Employee, Job, Org

STARTS = time(5)  # local time at which new access begins: within 24 hours, when nobody is at the counter
Role = Post.Role

# By the giver's role, what may be given at each type of place.
GIVES: dict[str, dict[str, tuple[str, ...]]] = {
    Role.PRINCIPAL: {
        "school": (
            Role.PIN_ADMINISTRATOR, Role.OFFICE_MANAGER, Role.ASSISTANT_PRINCIPAL, Role.COUNSELOR, Role.REGISTRAR,
        ),
    },
    Role.REGION_FAMILY_OFFICE: {
        "school": (Role.PIN_ADMINISTRATOR,),
        "local": (Role.REGION_FAMILY_OFFICE,),
    },
    Role.DISTRICT_ADMINISTRATOR: {
        "school": (
            Role.PIN_ADMINISTRATOR, Role.OFFICE_MANAGER, Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL, Role.COUNSELOR,
            Role.REGISTRAR,
        ),
        "local": (Role.REGION_FAMILY_OFFICE,),
        "district": (Role.FAMILY_HOTLINE, Role.DISTRICT_ADMINISTRATOR, Role.AUDITOR),
    },
}  # fmt: skip
# The module "Parent Portal Access Request": the role that reaches PINs, by type of place.
PIN_ROLES = {
    "school": Role.PIN_ADMINISTRATOR,
    "local": Role.REGION_FAMILY_OFFICE,
    "district": Role.FAMILY_HOTLINE,
}
WITH_PINS = (*PIN_ROLES.values(), Role.PRINCIPAL)


class NotYours(Exception):
    """The place or the role is not one this person may give."""


class Oneself(Exception):
    """Nobody gives or keeps access for themselves."""


class HasAlready(Exception):
    """The same role at the same place runs, or waits to begin."""


def running() -> QuerySet[Post]:
    """Posts that open something now. One whose employee no longer works there does not, whatever a provider says."""
    moment = now()
    return Post.objects.filter(begins_at__lte=moment).filter(
        Q(ends_at=None) | Q(ends_at__gt=moment), Q(employee=None) | Exists(_jobs(localdate()))
    )


def kept() -> QuerySet[Post]:
    """Posts that run or wait to begin."""
    return Post.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now()))


def end_with_jobs() -> int:
    """Ends the posts of employees who moved or left, and signs them out; tells how many."""
    gone = kept().exclude(employee=None).exclude(Exists(_jobs(localdate())))
    people = set(gone.values_list("person", flat=True))
    ended = gone.update(ends_at=now(), ended_because=Post.Ended.JOB_ENDED)
    staying = set(kept().filter(person__in=people).values_list("person", flat=True))
    Session.objects.filter(person__in=people - staying).delete()
    return ended


def may_give(giver: Post, place: Org) -> tuple[str, ...]:
    """The roles this post may give at this place."""
    offered = GIVES.get(giver.role, {}).get(place.type, ())
    return offered if giver.place.type == "district" or giver.place_id in _over(place) else ()


@transaction.atomic
def give(giver: Post, employee: Employee, role: str, place: Org) -> Post:
    """The employee's new post; it begins within 24 hours. Raises NotYours, Oneself or HasAlready."""
    if role not in may_give(giver, place):
        raise NotYours
    with within("door", purpose="access given"):  # the account may be new
        person = account(employee)
    if is_of(giver.person, employee) or person.pk == giver.person_id:
        raise Oneself
    Person.objects.select_for_update(no_key=True).get(
        pk=person.pk
    )  # two principals at once: one after the other
    if kept().filter(person=person, role=role, place=place).exists():
        raise HasAlready
    begins = next_start()
    return Post.objects.create(
        person=person,
        employee=employee,
        role=role,
        place=place,
        gives_pins=role in WITH_PINS,
        begins_at=begins,
        ends_at=begins + timedelta(days=settings.DISTRICT.access_days),
        added_by=giver.person,
    )


def keep(post: Post, by: Person) -> None:
    """Someone other than the person themselves says the access is still needed. Raises Oneself."""
    if post.person_id == by.pk:
        raise Oneself
    post.checked_at = now()
    if post.ends_at is not None:
        post.ends_at = now() + timedelta(days=settings.DISTRICT.access_days)
    post.save(update_fields=["checked_at", "ends_at"])


@transaction.atomic
def remove(post: Post, by: Person) -> None:
    """The access ends at once, and with their last post the person is signed out. Raises Oneself."""
    if post.person_id == by.pk:
        raise Oneself
    post.ends_at, post.ended_because = now(), Post.Ended.REMOVED
    post.save(update_fields=["ends_at", "ended_because"])
    if not kept().filter(person=post.person_id).exists():
        with within("worker", purpose="access ended"):
            Session.objects.filter(person=post.person_id).delete()


def to_check(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Those that nobody has looked at since the last of the district's two days a year."""
    day = last_check(localdate())
    since = datetime.combine(day, time(), get_current_timezone())
    return posts.filter(Q(checked_at=None) | Q(checked_at__lt=since), added_at__lt=since)


def last_check(on: date) -> date:
    """The last day on which everyone's access was to be looked at."""
    days = [
        date(year, month, 1)
        for year in (on.year - 1, on.year)
        for month in settings.DISTRICT.access_check_months
    ]
    return max(day for day in days if day <= on)


def account(employee: Employee) -> Person:
    """The employee's account, made when there is none; it opens when the district's sign-on names them first."""
    known = Person.objects.filter(kind=Person.Kind.STAFF, posts__employee=employee).first()
    if known is not None:
        return known
    own = f"employee {employee.source} {employee.sourced_id}"
    free = (
        bool(employee.email)
        and not Person.objects.filter(kind=Person.Kind.STAFF, email_key=employee.email.casefold()).exists()
    )
    person, _new = Person.objects.get_or_create(
        kind=Person.Kind.STAFF,
        email_key=employee.email.casefold() if free else own[:254],
        defaults={
            "email": employee.email,
            "first_name": employee.given_name[:100] or employee.family_name[:100],
            "last_name": employee.family_name[:100] if employee.given_name else "",
            "state": Person.State.ACTIVE,
            "confirmed_at": now(),
            "welcomed_at": now(),
            "password": "!",
        },
    )
    return person


def is_of(person: Person, employee: Employee) -> bool:
    """Whether the roster's employee is this person, by a post of theirs or by their address."""
    if employee.email and employee.email.casefold() == person.email_key:
        return True
    return Post.objects.filter(person=person, employee=employee).exists()


def next_start() -> datetime:
    """When access given now begins."""
    moment = localtime()
    start = moment.replace(hour=STARTS.hour, minute=STARTS.minute, second=0, microsecond=0)
    return start if start > moment else start + timedelta(days=1)


def _jobs(on: date) -> QuerySet[Job]:
    """Jobs of a post's employee today at its place, at a school below it, or in an office above it."""
    place = OuterRef("place")
    return Job.objects.filter(
        Q(begins=None) | Q(begins__lte=on),
        Q(ends=None) | Q(ends__gte=on),
        Q(org=place)
        | Q(org__parent=place)
        | Q(org__parent__parent=place)
        | Q(org=OuterRef("place__parent"))
        | Q(org=OuterRef("place__parent__parent")),
        employee=OuterRef("employee"),
        employee__active=True,
        active=True,
    )


def _over(place: Org) -> set[int | None]:
    above = place.parent.parent_id if place.parent else None
    return {place.pk, place.parent_id, above}
