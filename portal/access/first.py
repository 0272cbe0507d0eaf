"""The first administrator of a district: the one access that nobody gives from a page, since nobody has any yet.

The command runs on the district's own machine, with the login that owns the tables. From then on User Manager does it.
"""

from django.db import transaction
from django.utils.timezone import now

from portal.access import posts
from portal.access.context import opened
from portal.access.models import Post
from portal.audit import log
from portal.students.models import Employee, Org


class NotNow(Exception):
    """There is no such access to give; the message says why."""


def administrator(employee: str, district: str = "") -> Post:
    """Makes this employee the district's administrator, from now on. Raises NotNow.

    employee: the id the roster knows them by, which the sign-on names too. district: id of the district, when the
    roster has several.
    """
    with opened("door", purpose="first administrator"):
        there = posts.running().filter(role=Post.Role.DISTRICT_ADMINISTRATOR)
        if there.exists():
            raise NotNow("The district has an administrator. They add the next one in User Manager.")
        districts = Org.objects.filter(type="district", active=True)
        place = _only(
            list(districts.filter(sourced_id=district)[:2] if district else districts[:2]),
            "There is no district of this id. Take in the roster first: portal import.",
            "The roster has several districts. Say which one with --district.",
        )
        known = _only(
            list(Employee.objects.filter(sourced_id=employee, active=True)[:2]),
            "The roster knows no employee of this id who works here. Take in the roster first: portal import.",
            "Several systems sent an employee of this id. Give the access in User Manager.",
        )
        person = posts.account(known)
    with transaction.atomic(using="owner"):
        post = Post.objects.using("owner").create(
            person_id=person.pk,
            employee_id=known.pk,
            role=Post.Role.DISTRICT_ADMINISTRATOR,
            place_id=place.pk,
            begins_at=now(),
        )
        if not posts.running().using("owner").filter(pk=post.pk).exists():
            raise NotNow("This employee has no job in the district, so the access would open nothing.")
    with opened("worker", purpose="first administrator"):
        log.happened(person, post.role, "users", "access_given", "command", place=place.name, org=place)
    return post


def _only(found: list, none: str, several: str):  # type: ignore[no-untyped-def, type-arg]
    if len(found) == 1:
        return found[0]
    raise NotNow(several if found else none)
