"""Everything the desk shows of one student, read at once; its version names this very state."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Model, Prefetch, Q
from django.utils.timezone import now

from portal.access import gate
from portal.access.grant import Grant
from portal.family.models import (
    DESK_SOURCE,
    ContactPoint,
    CourtOrder,
    Decision,
    Guardianship,
    KnownContact,
    Link,
    Scan,
)
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.staff.directory import DESK

RECENT = 20  # decisions that are still listed
ADDRESSES = (ContactPoint.Kind.HOME_ADDRESS, ContactPoint.Kind.MAIL_ADDRESS)

# Columns whose change makes a form that was opened before it stale.
RIGHT = (
    "relationship", "educational_rights", "access_restriction", "lives_with", "begins", "ends", "closed_from", "closed_until",
)  # fmt: skip
CONTACT = ("priority", "given_name", "family_name", "relationship", "phone", "may_pick_up")
ADDRESS = ("kind", "value", "line2", "city", "state", "postal_code", "do_not_publish")


@dataclass(frozen=True)
class Desk:
    """One student at the desk. Tuples in the order in which the pages show them."""

    rights: tuple[Guardianship, ...]  # each with `open_links`
    orders: tuple[CourtOrder, ...]  # in force or still to come, each with `papers`
    waiting: tuple[Decision, ...]  # what is to be given, until a second person agrees
    to_check: tuple[Decision, ...]  # what was taken away and nobody looked at since
    done: tuple[Decision, ...]  # the newest first
    contacts: tuple[EmergencyContact, ...]
    addresses: tuple[ContactPoint, ...]
    known: tuple[KnownContact, ...]  # adults the roster only knows
    version: str

    def right(self, pk: int) -> Guardianship | None:
        return next((right for right in self.rights if right.pk == pk), None)

    def order(self, ref: str) -> CourtOrder | None:
        return next((order for order in self.orders if order.ref == ref), None)


def read(grant: Grant) -> Desk:
    """Nine queries for any student."""
    student = grant.student
    rights = tuple(
        Guardianship.objects.filter(student=student, active=True)
        .select_related("guardian")
        .prefetch_related(Prefetch("links", Link.objects.filter(ended_at=None), to_attr="open_links"))
        .order_by("contact_priority", "pk")
    )
    orders = tuple(
        CourtOrder.objects.filter(Q(ends=None) | Q(ends__gte=grant.on), student=student, lifted_at=None)
        .select_related("guardianship__guardian")
        .prefetch_related(Prefetch("scans", Scan.objects.defer("sealed").order_by("pk"), to_attr="papers"))
        .order_by("begins", "pk")
    )
    decisions = tuple(
        Decision.objects.filter(student=student)
        .select_related("guardianship__guardian", "order", "asked_by", "second")
        .order_by("-asked_at", "-pk")[:200]
    )
    contacts = tuple(EmergencyContact.rows.under(grant).order_by("priority", "pk"))
    addresses = tuple(
        ContactPoint.objects.filter(
            Q(student=student) | Q(guardian__in=[right.guardian_id for right in rights]),
            kind__in=ADDRESSES,
            active=True,
        )
        .select_related("guardian")
        .order_by("student", "guardian", "kind", "-is_primary", "pk")
    )
    listed = {right.guardian_id for right in rights}
    known = (
        KnownContact.objects.filter(student=student, active=True)
        .exclude(guardian__in=listed)
        .select_related("guardian")
        .order_by("pk")
    )
    open_ = [one for one in decisions if waits(one)]
    return Desk(
        rights=rights,
        orders=orders,
        waiting=tuple(open_),
        to_check=tuple(one for one in decisions if unchecked(one)),
        done=tuple(one for one in decisions if one not in open_ and not unchecked(one))[:RECENT],
        contacts=contacts,
        addresses=addresses,
        known=tuple(known),
        version=_version(
            (rights, RIGHT), (orders, ("lifted_at",)), (decisions, ("state",)), (contacts, CONTACT), (addresses, ADDRESS)
        ),
    )  # fmt: skip


def keeps(group: str, row: Guardianship | EmergencyContact | ContactPoint | None = None) -> bool:
    """Whether the desk keeps this group of facts, or this row of it: "guardians", "contacts" or "address".

    Rows made here are the desk's; of what a feed sends, the district says which groups are.
    """
    return group in settings.DISTRICT.desk_keeps or (row is not None and row.source == DESK_SOURCE)


def waiting_for(actor: gate.Actor) -> int:
    """How many decisions of colleagues wait for this person's word."""
    if not actor.opens(DESK):
        return 0
    of_others = Decision.objects.filter(open_(), student__in=gate.students_for(actor, DESK))
    return of_others.exclude(asked_by=actor.person).count()


def open_() -> Q:
    """Decisions that wait for a second person: to agree, or to look at the paper."""
    agree = Q(state=Decision.State.WAITING, expires_at__gt=now())
    return agree | Q(state=Decision.State.DONE, second_at=None, check_by__isnull=False)


def waits(decision: Decision) -> bool:
    return decision.state == Decision.State.WAITING


def unchecked(decision: Decision) -> bool:
    return (
        decision.state == Decision.State.DONE and decision.check_by is not None and decision.second_at is None
    )


def _version(*parts: tuple[Iterable[Model], tuple[str, ...]]) -> str:
    told = [[(row.pk, *(str(getattr(row, name)) for name in names)) for row in rows] for rows, names in parts]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
