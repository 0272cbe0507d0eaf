"""How one adult stands to one child on one day: the rights the school recorded, read as a family would ask."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.conf import settings
from django.db.models import Q

from portal.family.models import Guardianship, Link
from portal.students.models import Student

WARNED = timedelta(days=60)  # before a student turns 18


class Standing(Enum):
    """What a linked adult meets when opening the child's page."""

    OPEN = "open"  # everything the rights allow
    LEFT = "left"  # the child left the district; what there was stays readable
    VERIFY = "verify"  # closed until the PIN is typed again
    TURNED_18 = "turned_18"  # the record is the student's own now
    ENDED = "ended"  # the right ended; no reason is given

    @property
    def readable(self) -> bool:
        return self in (Standing.OPEN, Standing.LEFT)


@dataclass(frozen=True)
class Child:
    """A linked child as the adult's account sees it today."""

    student: Student
    guardianship: Guardianship
    link: Link
    standing: Standing

    @property
    def colour(self) -> int:
        """1 to 8, in the order children were linked; kept for life."""
        return (self.link.number - 1) % 8 + 1

    def comes_of_age(self, on: date) -> date | None:
        """The student's 18th birthday, from 60 days before: the rights to the record are the student's then."""
        day = eighteenth(self.student)
        own = self.guardianship.relationship == Guardianship.Relationship.SELF
        return day if day and self.standing.readable and not own and on < day <= on + WARNED else None


def verified(guardianship: Guardianship, on: date) -> bool:
    """Whether the school lets this adult see records on this day.

    True needs an active row, educational rights full or limited, no restriction, a day within its dates and outside
    those of a court order (all inclusive). Living together, paying, or being the custodial parent play no part.
    """
    return (
        guardianship.active
        and guardianship.educational_rights != Guardianship.Rights.NONE
        and guardianship.access_restriction == Guardianship.Restriction.NONE
        and (guardianship.begins is None or guardianship.begins <= on)
        and (guardianship.ends is None or on <= guardianship.ends)
        and not closed(guardianship, on)
    )


def closed(guardianship: Guardianship, on: date) -> bool:
    """Whether a court order written down at the registrar's desk shuts the record to this adult on this day."""
    since, until = guardianship.closed_from, guardianship.closed_until
    return since is not None and since <= on and (until is None or on <= until)


def verified_now(on: date, path: str = "") -> Q:
    """The same question as a condition, for many guardianships at once; path: how the query reaches them."""
    told = Q(
        **{
            f"{path}active": True,
            f"{path}educational_rights__in": (Guardianship.Rights.FULL, Guardianship.Rights.LIMITED),
            f"{path}access_restriction": Guardianship.Restriction.NONE,
        }
    )
    begun = Q(**{f"{path}begins": None}) | Q(**{f"{path}begins__lte": on})
    lasts = Q(**{f"{path}ends": None}) | Q(**{f"{path}ends__gte": on})
    before = Q(**{f"{path}closed_from": None}) | Q(**{f"{path}closed_from__gt": on})
    after = Q(**{f"{path}closed_until__lt": on})
    return told & begun & lasts & (before | after)


def eighteenth(student: Student) -> date | None:
    """The day a student turns 18; who was born on February 29 does so on March 1."""
    born = student.birth_date
    if born is None:
        return None
    leap = (born.month, born.day) == (2, 29)
    return date(born.year + 18, 3, 1) if leap else born.replace(year=born.year + 18)


def adult(student: Student, on: date) -> bool:
    """Whether the student is 18 or older on this day."""
    day = eighteenth(student)
    return day is not None and day <= on


def standing(guardianship: Guardianship, link: Link, student_holds_rights: bool, on: date) -> Standing:
    """The adult's standing on a day.

    student_holds_rights: the school recorded the student, now 18, as the holder (relationship selfAdult).
    """
    student = guardianship.student
    if not verified(guardianship, on):
        return Standing.ENDED
    own = guardianship.relationship == Guardianship.Relationship.SELF
    if adult(student, on) and not own:
        listed_again = guardianship.begins is not None and adult(student, guardianship.begins)
        if student.objects_to_parents or not settings.DISTRICT.parents_after_18:
            return Standing.TURNED_18
        if student_holds_rights and not listed_again:
            return Standing.TURNED_18
    if link.verify_by is not None and link.verify_by < on:
        return Standing.VERIFY
    if student.left_on is not None and student.left_on < on:
        return Standing.LEFT
    return Standing.OPEN
