"""The office's side: what parents changed, and the emergency card of a student as it is now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from portal.access.grant import Grant
from portal.family import orders
from portal.family.models import ContactPoint, Guardianship
from portal.family.standing import verified_now
from portal.record.section import Words
from portal.sections.emergency_contacts.models import EmergencyContact, MedicalAlert, NumberChange
from portal.sections.emergency_contacts.reading import PHONES, Field, State, said_by_school, shown
from portal.students.models import Student


@dataclass(frozen=True)
class Adult:
    """A verified guardian with the numbers that count now. numbers: (what it is, +12135550142), the first to call first."""

    name: str
    relationship: Words
    numbers: tuple[tuple[Words, str], ...]
    contact_by: str
    texts: bool


@dataclass(frozen=True)
class Card:
    """One student's emergency card."""

    student: Student
    adults: tuple[Adult, ...]
    people: tuple[EmergencyContact, ...]  # who is no guardian
    no_pick_up: tuple[str, ...]  # whom a court order keeps from picking the student up
    alerts: tuple[MedicalAlert, ...]  # only for readers who may see sensitive records


def cards(grants: Sequence[Grant], *, alerts_for: Sequence[Grant] = ()) -> list[Card]:
    """The cards of these students in their order; seven queries for any number.

    alerts_for: grants of the same students for readers who may see what is sensitive.
    """
    rights: dict[int, list[Guardianship]] = defaultdict(list)
    students = [grant.student.pk for grant in grants]
    on = grants[0].on if grants else None
    if on is None:
        return []
    for right in (
        Guardianship.objects.filter(verified_now(on), student__in=students)
        .select_related("guardian")
        .order_by("contact_priority", "pk")
    ):
        rights[right.student_id].append(right)
    guardians = {right.guardian_id for of in rights.values() for right in of}
    points: dict[int | None, list[ContactPoint]] = defaultdict(list)
    for point in ContactPoint.objects.filter(guardian__in=guardians).order_by("-is_primary", "pk"):
        points[point.guardian_id].append(point)
    changes: dict[int, dict[str, NumberChange]] = defaultdict(dict)
    told = NumberChange.rows.under(*grants).exclude(sent__state=State.REFUSED)
    for change in told.select_related("sent").order_by("-pk"):
        changes[change.guardianship_id].setdefault(change.field, change)
    people: dict[int, list[EmergencyContact]] = defaultdict(list)
    others = EmergencyContact.rows.under(*grants).filter(Q(guardian=None) | ~Q(guardian__in=guardians))
    for person in others.order_by("priority", "pk"):
        people[person.student_id].append(person)
    alerts: dict[int, list[MedicalAlert]] = defaultdict(list)
    current = Q(ends=None) | Q(ends__gte=on)
    for alert in MedicalAlert.rows.under(*alerts_for).filter(current).order_by("category", "pk"):
        alerts[alert.student_id].append(alert)
    kept_away = orders.no_pick_up(students, on)
    return [
        Card(
            student=grant.student,
            adults=tuple(
                _adult(right, points[right.guardian_id], changes[right.pk])
                for right in rights[grant.student.pk]
            ),
            people=tuple(people[grant.student.pk]),
            no_pick_up=kept_away.get(grant.student.pk, ()),
            alerts=tuple(alerts[grant.student.pk]),
        )
        for grant in grants
    ]


def _adult(right: Guardianship, points: list[ContactPoint], changes: dict[str, NumberChange]) -> Adult:
    said = said_by_school(points)
    value = {field.value: shown(said[field.value], changes.get(field)) for field in Field}
    numbers = [
        (field.label, value[field], field == value[Field.PREFERRED]) for field in PHONES if value[field]
    ]
    return Adult(
        name=right.guardian.name,
        relationship=right.get_relationship_display(),
        numbers=tuple(
            (label, number) for label, number, _first in sorted(numbers, key=lambda each: not each[2])
        ),
        contact_by=value[Field.CONTACT_BY],
        texts=value[Field.TEXT_OPT_IN] == "yes",
    )
