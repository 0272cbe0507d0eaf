"""View: one student and the adults around them, as the counter needs to see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from portal.access.grant import Grant
from portal.family import orders, pins
from portal.family.hidden import confidential
from portal.family.models import ContactPoint, Guardian, Guardianship, KnownContact, Link
from portal.family.standing import verified
from portal.people.models import Person
from portal.students.models import Employee, Enrollment, Student, Teaching


@dataclass(frozen=True)
class Adult:
    """One row of the table of parents and guardians."""

    guardianship: Guardianship
    verified: bool
    holds_rights: bool  # educational rights, full or limited
    account: str  # reference of the account; empty without one
    email: str  # of the account, masked unless shown; empty without an account
    shown: bool
    linked_at: datetime | None
    pin: pins.Shown

    @property
    def name(self) -> str:
        return self.guardianship.guardian.name


@dataclass(frozen=True)
class Place:
    """One class of the student's."""

    title: str
    period: str
    teacher: str
    school: str


@dataclass(frozen=True)
class Card:
    adults: tuple[Adult, ...]
    known: tuple[str, ...]  # names of adults the roster only knows; they are not verified, and open nothing
    places: tuple[Place, ...]
    limited: bool  # an address the school keeps confidential
    no_pick_up: tuple[str, ...]  # adults to whom a court order lets nobody hand the student


def read(grant: Grant, show: int = 0) -> Card:
    """The adults of one student.

    show: the guardianship whose account's email is shown whole.
    """
    links = Link.objects.filter(ended_at=None).select_related("person")
    rights = list(
        Guardianship.objects.filter(student=grant.student, active=True)
        .select_related("guardian")
        .prefetch_related(Prefetch("links", links, to_attr="open_links"))
        .order_by("contact_priority", "pk")
    )
    states = pins.states(rights)
    adults = []
    for right in rights:
        link = right.open_links[0] if right.open_links else None
        email = link.person.email if link else ""
        adults.append(
            Adult(
                guardianship=right,
                verified=verified(right, grant.on),
                holds_rights=right.educational_rights != Guardianship.Rights.NONE,
                account=link.person.ref if link else "",
                email=email if show == right.pk else masked(email),
                shown=show == right.pk,
                linked_at=link.made_at if link else None,
                pin=states[right.pk],
            )
        )
    return Card(
        adults=tuple(adults),
        known=_known(grant.student, rights),
        places=_places(grant.student),
        limited=confidential(grant.student),
        no_pick_up=orders.no_pick_up([grant.student.pk], grant.on).get(grant.student.pk, ()),
    )


def _known(student: Student, rights: Sequence[Guardianship]) -> tuple[str, ...]:
    listed = {right.guardian_id for right in rights}
    contacts = KnownContact.objects.filter(student=student, active=True).exclude(guardian__in=listed)
    return tuple(contact.guardian.name for contact in contacts.select_related("guardian").order_by("pk"))


def _places(student: Student) -> tuple[Place, ...]:
    teachings = Teaching.objects.filter(active=True).select_related("employee").order_by("-primary", "pk")
    enrollments = (
        Enrollment.objects.filter(student=student, active=True)
        .select_related("school_class__school")
        .prefetch_related(Prefetch("school_class__teachings", teachings))
        .order_by("school_class__periods", "school_class__title")
    )
    return tuple(
        Place(
            title=enrollment.school_class.title,
            period=enrollment.school_class.periods,
            teacher=", ".join(teaching.employee.name for teaching in enrollment.school_class.teachings.all()),
            school=enrollment.school_class.school.name,
        )
        for enrollment in enrollments
    )


def masked(email: str) -> str:
    """mar•••@example.org."""
    name, at, host = email.rpartition("@")
    return f"{name[:3]}•••{at}{host}" if email else ""


def own_child(person: Person, student: Student) -> bool:
    """Whether this employee is known to be a guardian of the student: by email, or as one person in the rosters."""
    guardians = Guardian.objects.filter(guardianships__student=student, guardianships__active=True)
    by_account = Q(
        guardianships__links__person__email_key=person.email_key, guardianships__links__ended_at=None
    )
    if guardians.filter(Q(email__iexact=person.email) | by_account).exists():
        return True
    employed = Employee.objects.filter(email__iexact=person.email).values_list("source", "sourced_id")
    same = Q(pk__in=[])
    for source, sourced_id in employed:
        same |= Q(source=source, sourced_id=sourced_id)
    return guardians.filter(same).exists()


def own_account(person: Person, parent: Person) -> bool:
    """Whether this family account belongs to the employee, by its address."""
    return bool(person.email_key) and parent.email_key == person.email_key


def lines(point: ContactPoint) -> tuple[str, ...]:
    """An address as on an envelope."""
    city = " ".join(
        part
        for part in (
            point.city + "," if point.city and point.state else point.city,
            point.state,
            point.postal_code,
        )
        if part
    )
    return tuple(line for line in (point.value, point.line2, city) if line)
