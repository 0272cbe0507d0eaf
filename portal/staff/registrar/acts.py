"""What the desk does. Taking away counts at once and is looked at by a second person; giving waits until one agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.audit import log
from portal.family import ending, finding
from portal.family.models import (
    DESK_SOURCE,
    ContactPoint,
    CourtOrder,
    Decision,
    Guardian,
    Guardianship,
    KnownContact,
)
from portal.people.asking import within
from portal.people.models import reference
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.staff.registrar.forms import STUDENT
from portal.staff.registrar.reading import Desk
from portal.students.models import Org, SchoolDay, Student

WAITS = timedelta(days=14)  # that a second person may take to agree
RIGHTS = ("none", "limited", "full")  # from the narrowest
SAID = (
    "educational_rights",
    "access_restriction",
    "begins",
    "ends",
)  # remembered of the feed, see sis/merge.py
Act, State = Decision.Act, Decision.State


class NotNow(Exception):
    """This cannot be done like that; the message says why."""


@dataclass(frozen=True)
class Paper:
    """Which paper the registrar saw, and its day."""

    kind: str
    on: date | None = None


def alone(student: Student) -> None:
    """Two clerks at once with one student: the second waits for the first, and then sees what that one did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"desk {student.pk}"])


def record_order(grant: Grant, right: Guardianship, said: Mapping[str, Any]) -> CourtOrder:
    """Writes a court order down; what it limits is limited from this moment, or from its first day.

    said: kind, court, number, begins, ends and the four switches.
    """
    told = ("kind", "court", "number", "begins", "ends", *CourtOrder.SWITCHES)
    order = CourtOrder.objects.create(
        student=grant.student, guardianship=right, **{name: said[name] for name in told}
    )
    _follow_orders(right)
    ending.close(right, grant.on)
    _decided(grant, Act.ORDER, Paper(Decision.Paper.COURT, said["begins"]), right, order, check=True)
    log.note(grant, "taken_away", about=right.pk)
    return order


def ask_lift(grant: Grant, order: CourtOrder, paper: Paper) -> Decision:
    """A court order no longer holds: asks a second person. Raises NotNow when that is asked already."""
    if Decision.objects.filter(_open(), order=order).exists():
        raise NotNow(_("Somebody asked for this already. It waits for a second person."))
    log.note(grant, "give_back_asked", about=order.guardianship_id)
    return _decided(grant, Act.LIFT, paper, order.guardianship, order, values={"lifted_at": True})


def change_rights(
    grant: Grant, right: Guardianship, said: Mapping[str, Any], paper: Paper
) -> Decision | None:
    """New educational rights and their dates: what they narrow counts at once, what they widen waits.

    said: educational_rights, begins, ends. Answers with what waits, if anything does. Raises NotNow.
    """
    now_, later = split(right, said)
    if later and Decision.objects.filter(_open(), guardianship=right, act=Act.RIGHTS).exists():
        raise NotNow(_("Somebody asked for this already. It waits for a second person."))
    if now_:
        _write(right, now_)
        ending.close(right, grant.on)
        _decided(grant, Act.RIGHTS, paper, right, check=True)
        log.note(grant, "taken_away", about=right.pk)
    if not later:
        return None
    log.note(grant, "give_back_asked", about=right.pk)
    return _decided(
        grant, Act.RIGHTS, paper, right,
        values={name: _plain(value) for name, value in later.items()},
        before={name: _plain(getattr(right, name)) for name in later},
    )  # fmt: skip


def split(right: Guardianship, said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the columns that would change, those that take something away, and those that give something."""
    now_: dict[str, Any] = {}
    later: dict[str, Any] = {}
    for name in ("educational_rights", "begins", "ends"):
        old, new = getattr(right, name), said[name]
        if old != new:
            (later if _opens_more(name, old, new) else now_)[name] = new
    return now_, later


def add_guardian(
    grant: Grant, known: KnownContact | None, said: Mapping[str, Any], paper: Paper
) -> Guardianship:
    """Lists an adult of the student, who sees nothing yet. known: whom the roster knows; None for somebody new."""
    row: dict[str, Any] = {"source": DESK_SOURCE, "run_id": 0}
    guardian = known.guardian if known else None
    if guardian is None:
        # Until they belong to a student of the school, nobody of it could read the new row back.
        with within("importer", purpose="registrar's desk"):
            guardian = Guardian.objects.create(
                **row, sourced_id=reference(), given_name=said["given_name"], family_name=said["family_name"]
            )
    right = Guardianship.objects.create(
        **row, sourced_id=reference(), guardian=guardian, student=grant.student, kept_at=now(),
        relationship=said["relationship"], lives_with=bool(said["lives_with"]),
        educational_rights=Guardianship.Rights.NONE,
    )  # fmt: skip
    finding.refresh_one(guardian)
    _decided(grant, Act.GUARDIAN, paper, right)
    log.note(grant, "guardian_added", about=right.pk)
    return right


def change_contacts(
    grant: Grant, said: Mapping[str, Any], order: Sequence[int], removed: Sequence[int], paper: Paper
) -> None:
    """Whom the school calls, in the new order; said: the name, relation and phone of one more, if there is one."""
    rows, moment = EmergencyContact.rows.under(grant), now()
    for contact in rows.filter(pk__in=[*order, *removed]):
        _keep(contact, "may_pick_up")
        if contact.pk in removed:
            contact.active, contact.ended_at = False, moment
        else:
            contact.priority = order.index(contact.pk) + 1
        contact.save(update_fields=["active", "ended_at", "priority", "kept_at", "said"])
    if said.get("given_name"):
        told = ("given_name", "family_name", "relationship", "phone")
        EmergencyContact(
            source=DESK_SOURCE, sourced_id=reference(), run_id=0, student=grant.student, kept_at=moment, priority=len(order) + 1,
            may_pick_up=bool(said.get("may_pick_up")), **{name: said[name] for name in told},
        ).save(force_insert=True)  # fmt: skip
    _decided(grant, Act.CONTACTS, paper)
    log.note(grant, "contacts_changed")


def hide_address(grant: Grant, points: Sequence[ContactPoint], paper: Paper) -> None:
    """An address is confidential from now on."""
    for point in points:
        _keep(point, "do_not_publish")
        point.do_not_publish, point.proof, point.proof_on = True, paper.kind, paper.on
        point.save(update_fields=["do_not_publish", "proof", "proof_on", "kept_at", "said"])
    _decided(grant, Act.ADDRESS, paper, check=True)
    log.note(grant, "address_changed")


def ask_show_address(grant: Grant, points: Sequence[ContactPoint], paper: Paper) -> Decision:
    """An address is no longer confidential: asks a second person. Raises NotNow when that is asked already."""
    if Decision.objects.filter(_open(), student=grant.student, act=Act.ADDRESS).exists():
        raise NotNow(_("Somebody asked for this already. It waits for a second person."))
    log.note(grant, "give_back_asked")
    return _decided(grant, Act.ADDRESS, paper, values={"points": [point.pk for point in points]})


def change_address(grant: Grant, desk: Desk, said: Mapping[str, Any], paper: Paper) -> None:
    """A new home or mailing address; one that was confidential stays so, wherever the person moves."""
    of = None if said["whose"] == STUDENT else int(said["whose"])
    theirs = [point for point in desk.addresses if point.guardian_id == of]
    old = next((point for point in theirs if point.kind == said["kind"]), None)
    point = old or ContactPoint(
        source=DESK_SOURCE, sourced_id=reference(), run_id=0, kind=said["kind"], guardian_id=of,
        student=None if of else grant.student, do_not_publish=any(point.do_not_publish for point in theirs),
    )  # fmt: skip
    for name in ("value", "line2", "city", "state", "postal_code"):
        setattr(point, name, said[name])
    _keep(point, "do_not_publish")
    point.proof, point.proof_on = paper.kind, paper.on
    point.save()
    _decided(grant, Act.ADDRESS, paper)
    log.note(grant, "address_changed")


def agree(grant: Grant, decision: Decision) -> None:
    """The second of two people: what waited is done. Raises NotNow."""
    found = _mine_to_judge(grant, decision)
    if found.act == Act.LIFT:
        order = found.order
        assert order is not None
        if order.lifted_at is not None:
            raise NotNow(_("Somebody changed this in the meantime. Ask again."))
        order.lifted_at = now()
        order.save(update_fields=["lifted_at"])
        _follow_orders(order.guardianship)
    elif found.act == Act.RIGHTS:
        right = found.guardianship
        assert right is not None
        if not right.active or any(_plain(getattr(right, name)) != old for name, old in found.before.items()):
            raise NotNow(_("Somebody changed this in the meantime. Ask again."))
        _write(right, {name: of_plain(name, value) for name, value in found.values.items()})
    else:
        for point in ContactPoint.objects.filter(pk__in=found.values["points"], active=True):
            _keep(point, "do_not_publish")
            point.do_not_publish = False
            point.save(update_fields=["do_not_publish", "kept_at", "said"])
    _judged(grant, found, State.DONE)
    log.note(grant, "given_back", about=found.guardianship_id)


def decline(grant: Grant, decision: Decision) -> None:
    """A second person says no, or the first takes it back: nothing changes. Raises NotNow."""
    found = _waiting(decision)
    if found.asked_by_id == grant.person.pk:
        found.state = State.DECLINED
        found.save(update_fields=["state"])
    else:
        _judged(grant, found, State.DECLINED)
    log.note(grant, "give_back_declined", about=found.guardianship_id)


def check(grant: Grant, decision: Decision) -> None:
    """A second person looked at the paper behind what was taken away. Raises NotNow."""
    found = Decision.objects.select_for_update().get(pk=decision.pk)
    if found.second_at is not None or found.check_by is None:
        raise NotNow(_("Somebody checked this already."))
    if found.asked_by_id == grant.person.pk:
        raise NotNow(_("You wrote this down. A second person must check it."))
    _judged(grant, found, State.DONE)
    log.note(grant, "taking_checked", about=found.guardianship_id)


def next_school_day(school: Org | None, after: date) -> date:
    """The first day of school after this one; a weekday where the calendar ends."""
    days = SchoolDay.objects.filter(school=school, active=True, on__gt=after).exclude(
        kind=SchoolDay.Kind.NO_SCHOOL
    )
    found = days.order_by("on").values_list("on", flat=True).first()
    if found is not None:
        return found
    ahead = {4: 3, 5: 2}.get(after.weekday(), 1)
    return after + timedelta(days=ahead)


def _open() -> Q:
    return Q(state=State.WAITING, expires_at__gt=now())


def _decided(
    grant: Grant,
    act: Decision.Act,
    paper: Paper,
    right: Guardianship | None = None,
    order: CourtOrder | None = None,
    *,
    check: bool = False,
    values: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> Decision:
    """Remembers what was done, or with values what is to be done when a second person agrees."""
    return Decision.objects.create(
        student=grant.student, guardianship=right, order=order, act=act, paper=paper.kind, paper_on=paper.on,
        values=values or {}, before=before or {}, asked_by=grant.person,
        state=State.WAITING if values else State.DONE,
        expires_at=now() + WAITS if values else None,
        check_by=next_school_day(grant.student.school, grant.on) if check else None,
    )  # fmt: skip


def _waiting(decision: Decision) -> Decision:
    found = Decision.objects.select_for_update(of=("self",)).select_related(
        "order__guardianship", "guardianship"
    ).get(pk=decision.pk)  # fmt: skip
    if found.state != State.WAITING:
        raise NotNow(_("Somebody decided this already."))
    return found


def _mine_to_judge(grant: Grant, decision: Decision) -> Decision:
    found = _waiting(decision)
    if found.late:
        raise NotNow(_("This waited for too long. Ask again."))
    if found.asked_by_id == grant.person.pk:
        raise NotNow(_("You asked for this. A second person must agree."))
    return found


def _judged(grant: Grant, decision: Decision, state: Decision.State) -> None:
    decision.state, decision.second, decision.second_at = state, grant.person, now()
    decision.save(update_fields=["state", "second", "second_at"])


def _follow_orders(right: Guardianship) -> None:
    """The days on which orders shut the record: from the first to the last of them, gaps included."""
    shut = CourtOrder.objects.filter(guardianship=right, no_records=True, lifted_at=None)
    days = [order for order in shut if order.ends is None or order.ends >= localdate()]
    right.closed_from = min((order.begins for order in days), default=None)
    open_ended = any(order.ends is None for order in days)
    right.closed_until = None if open_ended or not days else max(order.ends for order in days if order.ends)
    right.save(update_fields=["closed_from", "closed_until"])


def _write(right: Guardianship, values: Mapping[str, Any]) -> None:
    if right.kept_at is None:  # until now the row is the feed's word
        right.said = {name: _plain(getattr(right, name)) for name in SAID}
    for name, value in values.items():
        setattr(right, name, value)
    right.kept_at = now()
    right.save(update_fields=[*values, "kept_at", "said"])


def _keep(row: ContactPoint | EmergencyContact, name: str) -> None:
    """From now on the desk keeps this row; what the feed said of the one column it may lessen is remembered."""
    if row.kept_at is None:
        row.said = {name: getattr(row, name)}
    row.kept_at = now()


def _opens_more(name: str, old: Any, new: Any) -> bool:
    if name == "educational_rights":
        return RIGHTS.index(new) > RIGHTS.index(old)
    if name == "begins":
        return new is None or (old is not None and new < old)
    return new is None or (old is not None and new > old)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def of_plain(name: str, value: Any) -> Any:
    return Guardianship._meta.get_field(name).to_python(value)  # type: ignore[union-attr]  # a column
