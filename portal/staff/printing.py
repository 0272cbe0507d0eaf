"""Printing PIN letters for many families: who gets one, the work of the job, and the one download."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now
from procrastinate.contrib.django import app

from portal.access import context, gate
from portal.access.grant import Grant
from portal.audit import log
from portal.family import pins
from portal.family.models import ContactPoint, Guardianship, Link
from portal.family.standing import verified_now
from portal.people import seals
from portal.people.models import Person
from portal.staff import card, desk, letter
from portal.staff.directory import LETTERS
from portal.staff.models import Letter, Printing
from portal.students.models import Student

WORK = "portal.staff.jobs.print_letters"
CHUNK = 50  # letters between two looks at the progress
KEPT = timedelta(hours=24)
POSTAL = (ContactPoint.Kind.MAIL_ADDRESS, ContactPoint.Kind.HOME_ADDRESS)
State = Printing.State


@transaction.atomic
def ask(actor: gate.Actor, students: Sequence[Student], reason: str) -> Printing | None:
    """A printing for the verified guardians of these students; None when nobody can get a letter.

    More letters than one person may print alone wait for a second one.
    """
    Person.objects.select_for_update(no_key=True).get(pk=actor.person.pk)
    reached = list(gate.admit_all(actor, students, LETTERS))
    rights = list(
        Guardianship.objects.filter(verified_now(actor.on), student__in=reached)
        .annotate(linked=Exists(Link.objects.filter(guardianship=OuterRef("pk"), ended_at=None)))
        .order_by("student__school", "student__grade", "student__family_name", "student__given_name", "pk")
    )
    own = _own_children(actor.person, {right.student_id for right in rights})
    addresses = _addresses(rights)
    rows = []
    for right in rights:
        point = addresses.get(right.guardian_id)
        why = ""
        if right.linked:
            why = Letter.Skipped.LINKED
        elif right.student_id in own:
            why = Letter.Skipped.NOT_NOW
        elif point is None:
            why = Letter.Skipped.NO_ADDRESS
        elif point.do_not_publish:
            why = Letter.Skipped.CONFIDENTIAL
        rows.append(Letter(guardianship=right, skipped=why))
    sheets = sum(not row.skipped for row in rows)
    if not sheets:
        return None
    alone = sheets <= settings.DISTRICT.letters_alone
    asked = Printing.objects.create(
        person=actor.person, reason=reason, state=State.PRINTING if alone else State.SECOND
    )
    for row in rows:
        row.printing = asked
    Letter.objects.bulk_create(rows, batch_size=1000)
    if alone:
        _start(asked)
    return asked


def waiting(actor: gate.Actor) -> list[int]:
    """Printings of others that wait for a second person and lie wholly within this one's reach."""
    reach = gate.students_for(actor, LETTERS).values("pk")
    outside = Letter.objects.filter(printing=OuterRef("pk")).exclude(guardianship__student__in=reach)
    asked = Printing.objects.filter(state=State.SECOND).exclude(person=actor.person).exclude(Exists(outside))
    with context.within("worker", purpose=LETTERS.key):  # who also sees the letters beyond this one's reach
        return list(asked.values_list("pk", flat=True))


def agree(asked: Printing, actor: gate.Actor) -> bool:
    """The second person starts the printing; False when it is not theirs to agree to, or runs already."""
    if asked.pk not in waiting(actor):
        return False
    changed = Printing.objects.filter(pk=asked.pk, state=State.SECOND).update(
        state=State.PRINTING, agreed_by=actor.person
    )
    if changed:
        _start(asked)
    return bool(changed)


def work(printing_id: int) -> None:
    """Gives the PINs chunk by chunk and makes the sheets. Safe to run twice: a PIN given before is read again."""
    with context.opened("worker", purpose=LETTERS.key):
        asked = Printing.objects.select_related("person").get(pk=printing_id)
    if asked.state != State.PRINTING:
        return
    asker = asked.person_id  # for whom the database answers, as far as their posts reach now
    with context.opened("staff", asker, LETTERS.key):
        chunks = list(
            _chunks(Letter.objects.filter(printing=asked, skipped="", printed_at=None).order_by("pk"))
        )
    for chunk in chunks:
        with context.opened("staff", asker, LETTERS.key):
            _give(asked, chunk)
    with context.opened("staff", asker, LETTERS.key):
        _finish(asked)


def take(asked: Printing) -> bytes | None:
    """The PDF, once; None when another request was faster."""
    with transaction.atomic():
        row = Printing.objects.select_for_update().filter(pk=asked.pk, state=State.READY).first()
        if row is None or row.sealed is None or (row.ready_at and now() - row.ready_at > KEPT):
            return None
        sheets = seals.unseal(row.sealed, _about(row))
        row.sealed, row.state = None, State.TAKEN
        row.save(update_fields=["sealed", "state"])
    return sheets


def clear_up() -> None:
    """Sheets nobody fetched within a day are gone."""
    Printing.objects.filter(ready_at__lt=now() - KEPT).exclude(sealed=None).update(
        sealed=None, state=State.STOPPED
    )


def _start(asked: Printing) -> None:
    app.configure_task(WORK).defer(printing_id=asked.pk)


def _chunks(letters: QuerySet[Letter]) -> Iterator[list[Letter]]:
    rows = iter(list(letters.select_related("guardianship__student", "guardianship__guardian")))
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _give(asked: Printing, letters: list[Letter]) -> None:
    """A PIN for each letter whose family may still have one; the gate is asked again now."""
    grants = _grants(asked, letters)
    for row in letters:
        grant = grants.get(row.guardianship.student_id)
        if grant is None or grant.post is None:
            row.skipped = Letter.Skipped.NOT_NOW
            continue
        try:
            pins.give(row.guardianship, by=desk.issuer(grant.post))
        except pins.NotVerified:
            row.skipped = Letter.Skipped.NOT_NOW
        else:
            row.printed_at = now()
    Letter.objects.bulk_update(letters, ["skipped", "printed_at"])


def _finish(asked: Printing) -> None:
    """One PDF of all letters, the record of access, and the state, together."""
    letters = list(
        Letter.objects.filter(printing=asked, skipped="")
        .select_related("guardianship__student__school", "guardianship__guardian")
        .order_by("pk")
    )
    grants = _grants(asked, letters)
    sheets, printed, rights = [], [], []
    addresses = _addresses([row.guardianship for row in letters])
    for row in letters:
        pin, point = pins.live(row.guardianship), addresses.get(row.guardianship.guardian_id)
        grant = grants.get(row.guardianship.student_id)
        if pin is None or point is None or point.do_not_publish or grant is None:
            Letter.objects.filter(pk=row.pk).update(skipped=Letter.Skipped.NOT_NOW)
            continue
        sheets.append(letter.sheet(row.guardianship, pin, card.lines(point)))
        printed.append(grant)
        rights.append(row.guardianship_id)
    state = State.READY if sheets else State.STOPPED
    done = Printing.objects.select_for_update().filter(pk=asked.pk, state=State.PRINTING).first()
    if done is None:
        return
    done.state, done.ready_at = state, now()
    done.sealed = seals.seal(letter.pdf(sheets), _about(done)) if sheets else None
    done.save(update_fields=["state", "ready_at", "sealed"])
    log.note_each(printed, "letter_printed", about=rights)


def _grants(asked: Printing, letters: Sequence[Letter]) -> dict[int, Grant]:
    actor = gate.Actor(asked.person)
    return gate.admit_all(actor, [row.guardianship.student for row in letters], LETTERS)


def _addresses(rights: Sequence[Guardianship]) -> dict[int, ContactPoint]:
    """By guardian, where the school writes to: the mailing address, or the home address."""
    found: dict[int, ContactPoint] = {}
    points = ContactPoint.objects.filter(
        guardian__in={right.guardian_id for right in rights}, kind__in=POSTAL, active=True
    ).exclude(value="")
    for point in points.order_by("-is_primary", "pk"):
        assert point.guardian_id is not None
        before = found.get(point.guardian_id)
        if before is None or (before.kind != POSTAL[0] and point.kind == POSTAL[0]):
            found[point.guardian_id] = point
    # One confidential address around a guardian keeps all of theirs off paper.
    hidden = points.filter(do_not_publish=True)
    return found | {point.guardian_id: point for point in hidden if point.guardian_id is not None}


def _own_children(person: Person, students: set[int]) -> set[int]:
    """Students of whom this employee is a guardian, by their address in the roster or on an account."""
    rights = Guardianship.objects.filter(student__in=students, active=True)
    own = Q(guardian__email__iexact=person.email) if person.email else Q(pk__in=[])
    account = Q(links__person__email_key=person.email_key, links__ended_at=None)
    return set(rights.filter(own | account).values_list("student_id", flat=True))


def _about(asked: Printing) -> str:
    return f"letters {asked.pk}"
