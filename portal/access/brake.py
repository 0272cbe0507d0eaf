"""The bulk brake: nobody on the school's side reads more than a working day needs, by whichever page.

Counted are different students opened and rows listed, over all sessions of one person. Beyond the limit only a
sign-on of the last minutes goes on, and with it the reason is asked anew; at twice the limit the person is suspended
and an alarm goes to the district, by mail, in the log and in the record of access.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.timezone import now

from portal.audit import log
from portal.people import limits, mail
from portal.people.models import Person
from portal.people.sessions import end_others
from portal.students.models import Student
from portal.web.logs import pseudonym

if TYPE_CHECKING:
    from portal.access.gate import Actor

ALARMS = logging.getLogger("portal.alarms")
FRESH = timedelta(minutes=15)  # how long one sign-on goes on beyond the limit


class SignOnAgain(Exception):
    """More than a working hour needs; the person proves who they are and says why, then goes on."""


class Suspended(Exception):
    """Nothing opens any more until the district has looked."""


def opened(actor: "Actor", student: Student) -> None:
    """This student's record was opened; the same student again within the hour is no other. Raises both of the above."""
    who = str(actor.person.pk)
    refuse_suspended(actor.person)
    if limits.count("same_student", f"{who} {student.pk}")[0] == 1:
        _counted(actor, "opened_hour", 1)
        _counted(actor, "opened_day", 1)
    elif _over("opened_hour", who) or _over("opened_day", who):
        _fresh(actor)


def listed(actor: "Actor", rows: int) -> None:
    """So many rows of students or parents were listed. Raises both of the above."""
    refuse_suspended(actor.person)
    if rows:
        _counted(actor, "listed_day", rows)


def refuse_suspended(person: Person) -> None:
    """Raises Suspended."""
    if limits.tried("suspended", str(person.pk)):
        raise Suspended


def suspended(people: Iterable[int]) -> set[int]:
    """Those of the people, by their keys, whom the brake has stopped; one query."""
    return {int(key) for key in limits.standing("suspended", map(str, people))}


def lift(person: Person) -> None:
    """The district has looked: the person may go on, and begins at nothing."""
    for rule in ("suspended", "opened_hour", "opened_day", "listed_day"):
        limits.reset(rule, str(person.pk))


def _counted(actor: "Actor", rule: str, times: int) -> None:
    n, _until = limits.count(rule, str(actor.person.pk), times)
    most = limits.RULES[rule].tries
    if n > 2 * most:
        _suspend(actor, rule)
        raise Suspended
    if n > most:
        _fresh(actor)


def _over(rule: str, who: str) -> bool:
    return limits.tried(rule, who) > limits.RULES[rule].tries


def _fresh(actor: "Actor") -> None:
    if actor.proved_at is None or now() - actor.proved_at > FRESH:
        raise SignOnAgain


def _suspend(actor: "Actor", rule: str) -> None:
    person = actor.person
    limits.count("suspended", str(person.pk))
    end_others(person)
    post = next(iter(actor.posts), None)
    ALARMS.critical("staff suspended", extra={"facts": {"actor": pseudonym(person.pk), "rule": rule}})
    log.happened(
        person,
        post.role if post else "",
        "bulk_brake",
        "suspended",
        rule,
        place=post.place.name if post else "",
        org=post.place if post else None,
    )
    for contact in settings.DISTRICT.security_contacts:
        if contact.startswith("mailto:"):
            mail.post(contact.removeprefix("mailto:"), "en", "access/suspended", ref=person.ref)
