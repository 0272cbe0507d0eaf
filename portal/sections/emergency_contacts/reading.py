"""What a parent reads: their own numbers as the school will use them, whom else it calls, where they live.

The school's word and the parent's meet here. A change on its way is shown, whatever an import brings meanwhile; once
the school has it, the later of the two counts: the school's acceptance, or an import that changed the number.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.timezone import now

from portal.access.grant import Grant
from portal.family.hidden import KeptAway
from portal.family.models import ContactPoint, Guardianship
from portal.people import texts
from portal.people.asking import within
from portal.record.section import Words
from portal.sections.emergency_contacts.models import CellProof, EmergencyContact, NumberChange, YearlyCheck
from portal.sis.models import Outgoing, Run
from portal.web.forms import PhoneField

Field = NumberChange.Field
State = Outgoing.State
PHONES = (Field.HOME, Field.WORK, Field.CELL)
KINDS = {
    ContactPoint.Kind.HOME: Field.HOME,
    ContactPoint.Kind.WORK: Field.WORK,
    ContactPoint.Kind.MOBILE: Field.CELL,
}
RIGHT_FOR = timedelta(days=365)
HISTORY = 20
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Number:
    """One of the parent's own numbers. value: +12135550142, or as the school wrote it; empty for none."""

    field: Field
    value: str
    typed: str  # as the family wrote it, when it is theirs and reads differently


@dataclass(frozen=True)
class Save:
    """How far the newest savings have come; the worst of them: refused, waiting, accepted."""

    state: State
    at: datetime
    reason: Words  # why it was refused; empty otherwise


@dataclass(frozen=True)
class Own:
    """The parent's own card for this child."""

    numbers: tuple[Number, ...]  # home, work, cell
    preferred: str  # home, work, cell or empty
    contact_by: str  # call, text, email or empty
    text_opt_in: bool | None  # None: never asked
    save: Save | None
    to_confirm: str  # a new cell number that waits for its code
    version: str  # names what the school had when this was read
    check: bool  # a year has passed since somebody said that this is right

    def value(self, field: str) -> str:
        """A field as the form and the history write it."""
        numbers = {number.field.value: number.value for number in self.numbers}
        opted = {None: "", True: "yes", False: "no"}[self.text_opt_in]
        return {**numbers, "preferred": self.preferred, "contact_by": self.contact_by, "text_opt_in": opted}[
            field
        ]


@dataclass(frozen=True)
class Called:
    """Somebody the school calls. Of another adult's number only the last two digits are shown."""

    order: int
    name: str
    relationship: Words
    ends_with: str  # two digits
    me: bool


@dataclass(frozen=True)
class Change:
    """One line of the history of one's own card."""

    at: datetime
    field: Field
    old: str
    new: str
    state: State


@dataclass(frozen=True)
class Emergency:
    """own is None for a reader who has no card here: staff."""

    own: Own | None
    people: tuple[Called, ...]
    address: tuple[
        str, ...
    ]  # lines of one's own home address; none when the school has none or keeps it hidden
    history: tuple[Change, ...]  # own changes, newest first
    texts: bool  # whether this portal can send text messages


@dataclass(frozen=True)
class SchoolWord:
    """What the school has for one field of a parent's card, and when the import that changed it last began."""

    value: str
    at: datetime


def read(grant: Grant) -> Emergency:
    """The page's four blocks and the history. Seven queries."""
    right = grant.guardianship
    if right is None:
        return Emergency(None, _people(grant), (), (), texts.available())
    points = list(ContactPoint.objects.filter(guardian=right.guardian_id).order_by("-is_primary", "pk"))
    changes = list(
        NumberChange.rows.under(grant).filter(guardianship=right).select_related("sent").order_by("-pk")
    )
    return Emergency(
        own=_own(grant, said_by_school(points), changes),
        people=_people(grant),
        address=_address(points),
        history=tuple(
            Change(each.at, Field(each.field), each.old, each.new, State(each.sent.state))
            for each in changes[:HISTORY]
        ),
        texts=texts.available(),
    )


def said_by_school(points: Sequence[ContactPoint]) -> dict[str, SchoolWord]:
    """The school's word by field, from the contact points of one adult; a point that ended says there is none."""
    # Runs are the import's own; nobody else reads them.
    with within("importer", purpose="when the school said it"):
        runs = dict(
            Run.objects.filter(pk__in={point.run_id for point in points}).values_list("pk", "began_at")
        )
    said: dict[str, SchoolWord] = {}
    for point in points:
        field = KINDS.get(ContactPoint.Kind(point.kind))
        if field is None:
            continue
        at = runs.get(point.run_id, LONG_AGO)
        if point.active:
            if field not in said or not said[field].value:
                said[field] = SchoolWord(as_dialed(point.value), at)
            if point.is_primary and Field.PREFERRED not in said:
                said[Field.PREFERRED] = SchoolWord(field.value, at)
        else:
            said.setdefault(field, SchoolWord("", at))
    return {field.value: said.get(field, SchoolWord("", LONG_AGO)) for field in Field}


def shown(school: SchoolWord, change: NumberChange | None) -> str:
    """The value that counts for one field. change: the newest one that the school did not refuse."""
    if change is None:
        return school.value
    if change.sent.state == State.WAITING:
        return change.new
    accepted = change.sent.settled_at or change.at
    return change.new if accepted >= school.at else school.value


def as_dialed(value: str) -> str:
    """+12135550142; a number we cannot read stays as it is."""
    try:
        return PhoneField(required=False).to_python(value) or value
    except ValidationError:
        return value


def version(said: dict[str, SchoolWord]) -> str:
    """Names what the school has, field by field, so that a stale form shows where it is stale."""
    return ".".join(hashlib.sha256(said[field.value].value.encode()).hexdigest()[:8] for field in Field)


def _own(grant: Grant, said: dict[str, SchoolWord], changes: Sequence[NumberChange]) -> Own:
    newest: dict[str, NumberChange] = {}
    counts: dict[str, NumberChange] = {}
    for change in changes:
        newest.setdefault(change.field, change)
        if change.sent.state != State.REFUSED:
            counts.setdefault(change.field, change)
    value = {field.value: shown(said[field.value], counts.get(field)) for field in Field}
    cell = value[Field.CELL]
    checked, confirmed = _checks(grant, cell)
    typed = {
        field: change.typed
        for field, change in counts.items()
        if change.new == value[field] and change.typed and change.typed != change.new
    }
    mine = counts.get(Field.CELL)
    return Own(
        numbers=tuple(Number(field, value[field], typed.get(field, "")) for field in PHONES),
        preferred=value[Field.PREFERRED],
        contact_by=value[Field.CONTACT_BY],
        text_opt_in={"": None, "yes": True, "no": False}.get(value[Field.TEXT_OPT_IN]),
        save=_save(list(newest.values())),
        to_confirm=cell
        if texts.available()
        and mine
        and mine.person_id == grant.person.pk
        and mine.new == cell
        and not confirmed
        else "",
        version=version(said),
        check=grant.may_change and checked + RIGHT_FOR < now(),
    )


def _save(newest: Sequence[NumberChange]) -> Save | None:
    rank = {State.REFUSED: 0, State.WAITING: 1, State.REPLACED: 2, State.ACCEPTED: 2}
    if not newest:
        return None
    worst = min(newest, key=lambda change: (rank[State(change.sent.state)], -change.pk))
    state = State(worst.sent.state)
    reason = Outgoing.Reason(worst.sent.reason).label if state == State.REFUSED and worst.sent.reason else ""
    return Save(
        State.ACCEPTED if state == State.REPLACED else state, worst.sent.settled_at or worst.at, reason
    )


def _checks(grant: Grant, cell: str) -> tuple[datetime, bool]:
    """When the person last said that all is right (or linked the child), and whether the cell is theirs for sure."""
    checked = YearlyCheck.objects.filter(person=grant.person).values_list("at", flat=True).first()
    confirmed = CellProof.objects.filter(person=grant.person, cell=cell).exclude(confirmed_at=None).exists()
    linked = grant.child.link.made_at if grant.child else now()
    return checked or linked, confirmed


def _people(grant: Grant) -> tuple[Called, ...]:
    """Whom the school calls, in its order. An adult whom an order keeps away, or who is to stay hidden, is absent."""
    mine = grant.guardianship.guardian_id if grant.guardianship else None
    rows = EmergencyContact.rows.under(grant).filter(
        Q(guardian=None) | Q(guardian=mine) | ~Q(KeptAway("guardian", "student"))
    )
    words: dict[str, Words] = {**dict(Guardianship.Relationship.choices), **EmergencyContact.FURTHER}
    return tuple(
        Called(
            order=place,
            name=row.name,
            relationship=words.get(row.relationship)
            or settings.DISTRICT.labels.get("emergencyContacts", {}).get(
                row.relationship.removeprefix("ext:"), ""
            ),
            ends_with="".join(char for char in row.phone if char.isdigit())[-2:],
            me=mine is not None and row.guardian_id == mine,
        )
        for place, row in enumerate(rows.order_by("priority", "pk"), 1)
    )


def _address(points: Sequence[ContactPoint]) -> tuple[str, ...]:
    home: Any = next(
        (each for each in points if each.active and each.kind == ContactPoint.Kind.HOME_ADDRESS), None
    )
    if home is None or home.do_not_publish:
        return ()
    town = " ".join(filter(None, (f"{home.city}," if home.city else "", home.state, home.postal_code)))
    return tuple(filter(None, (home.value, home.line2, town)))
