"""A parent types Student ID, birth date and PIN, and the child is theirs to see; guessing is slow and loud."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hmac import compare_digest

from django.conf import settings
from django.db.models import F, Max, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from portal.audit import log
from portal.family import finding, pins
from portal.family.models import Guardian, Guardianship, Link, Pin, SchoolNotice
from portal.family.standing import verified, verified_now
from portal.people import asking, limits, mail, mail_links
from portal.people.models import MailLink, Person
from portal.students import names
from portal.students.models import Student

TOLD_AT = 5  # wrong tries: the account's owner gets a mail, the student's school a notice
NOT_ME_LASTS = timedelta(days=30)
NOBODY = [0]  # keeps a query a query when there is nobody to ask about: every try does the same work

LOG = logging.getLogger("portal.family")


class PinRefused(Exception):
    """The child is not linked; `words` says what to do. Values a page fills in: name, phone."""

    words: str | Promise

    def __init__(self, student: Student | None = None) -> None:
        self.student = student


class NoMatch(PinRefused):
    """Some of the three is wrong, or the PIN is spent, or another adult's. Never which."""

    words = _(
        "These three do not match our records. Check them against the PIN letter. "
        "If they still do not match, call the school office: %(phone)s."
    )


class WrongPin(PinRefused):
    """The same for a child who is on the account already: only the PIN was asked for."""

    words = _(
        "This PIN does not match our records. Check it against the PIN letter. "
        "If it still does not match, call the school office: %(phone)s."
    )


class TooOld(PinRefused):
    words = _("This PIN is too old. Ask the school for a new letter.")


class NotVerified(PinRefused):
    words = _("Only a parent or legal guardian the school has verified can add a student.")


class AlreadyHere(PinRefused):
    words = _("%(name)s is already on your account.")


class Elsewhere(PinRefused):
    words = _(
        "This PIN belongs to a person who has another account. "
        "Log in to that account, or call the Family Hotline: %(phone)s."
    )


class Paused(PinRefused):
    """Too many wrong tries in the whole district: only the school can go on."""

    words = _("Adding students online is paused today. Call the school office: %(phone)s.")


@dataclass(frozen=True)
class Try:
    """One try, counted before anything is looked up."""

    person: Person
    counted: tuple[tuple[str, str], ...]  # rules and keys
    of_account: int  # how many this hour

    def forgive(self) -> None:
        """It was no guess."""
        for rule, key in self.counted:
            limits.forgive(rule, key)


def link(person: Person, student_id: str, birth_date: date, pin: str, network: str) -> Link:
    """The account sees the child as the guardian the PIN was made for.

    student_id: upper case without spaces; an earlier ID of the student does as well. pin: digits.
    network: key of the address, from limits.network.
    Raises PinRefused in words, or limits.TooMany. Whatever was wrong, the work and the answer are the same.
    Only when all three match does the answer say more.
    """
    with asking.within("linking", person.pk, "link", about=f"id:{student_id}"):
        return _link(person, student_id, birth_date, pin, network)


def _link(person: Person, student_id: str, birth_date: date, pin: str, network: str) -> Link:
    attempt = _counted(person, network)
    on = localdate()
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # two tabs at once: one after the other
    students = _students(student_id, birth_date)
    paused, in_a_row, attempt = _counted_for(attempt, students, student_id)
    found = _pin_of(students, pin)
    adults = _adults(students, on)
    links = list(Link.objects.filter(person=person).select_related("guardianship__guardian"))
    open_links = [link for link in links if link.ended_at is None]
    here = next((link for link in open_links if link.guardianship.student_id in _pks(students)), None)
    taken = Link.objects.filter(
        guardianship__guardian=found.guardianship.guardian_id if found else 0, ended_at=None
    ).exclude(person=person).exists()  # fmt: skip

    if here is not None and verified(here.guardianship, on):
        attempt.forgive()
        raise AlreadyHere(next(s for s in students if s.pk == here.guardianship.student_id))
    if (
        found is None
        or paused
        or (found.spent_at is not None and not _left_by_own_wish(links, found))
        or _is_the_other(person, found.guardianship.guardian, adults, open_links)
    ):
        _missed(attempt, students if not paused else [], in_a_row)
        raise NoMatch
    attempt.forgive()
    student = next(s for s in students if s.pk == found.guardianship.student_id)
    if not verified(found.guardianship, on) or found.dead_because == Pin.Dead.NOT_VERIFIED:
        raise NotVerified(student)
    if found.expires_at <= now():
        raise TooOld(student)
    if taken:
        raise Elsewhere(student)
    if here is not None:  # the school has a new record of the same adult
        _end(here, Link.Ended.SCHOOL)
    return _made(person, found, student)


def verify(link: Link, pin: str, network: str) -> None:
    """The adult proves with a new PIN that the child is still theirs; the link's date goes away.

    Raises PinRefused in words, or limits.TooMany.
    """
    student = link.guardianship.student
    with asking.within("linking", link.person_id, "verify", about=f"id:{student.student_id}"):
        _verify(link, student, pin, network)


def _verify(link: Link, student: Student, pin: str, network: str) -> None:
    attempt = _counted(link.person, network)
    paused, in_a_row, attempt = _counted_for(attempt, [student], student.student_id)
    found = _pin_of([student], pin)
    if found is None or paused or found.spent_at or found.guardianship_id != link.guardianship_id:
        _missed(attempt, [student] if not paused else [], in_a_row)
        raise WrongPin
    attempt.forgive()
    if found.dead_at or not verified(found.guardianship, localdate()):
        raise NotVerified(student)
    if found.expires_at <= now():
        raise TooOld(student)
    _spend(found)
    link.verify_by = None
    link.save(update_fields=["verify_by"])
    log.happened(link.person, "guardian", "link", "verified", "pin", student=student)


def remove(link: Link) -> None:
    """The child leaves the account by the parent's wish; records stay, and the same PIN brings the child back."""
    _end(link, Link.Ended.OWN_WISH)
    log.happened(link.person, "guardian", "link", "removed", "own wish", student=link.guardianship.student)


def not_me(key: int, *, close: bool) -> bool:
    """Whether the link of this key exists; closes it when asked to, and the school looks at it.

    The person the school has on file did not make it.
    """
    with asking.within("linking", purpose="not me", about=f"link:{key}"):
        link = Link.objects.filter(pk=key).select_related("guardianship__student", "person").first()
        if link is not None and close and link.ended_at is None:
            _end(link, Link.Ended.NOT_ME)
            student = link.guardianship.student
            _tell_school(student, SchoolNotice.Kind.NOT_ME)
            log.happened(link.person, "guardian", "link", "reported", "not me", student=student)
    return link is not None


def _counted(person: Person, network: str) -> Try:
    account = str(person.pk)
    n = limits.hit("link_hour", account)
    counted = [("link_hour", account)]
    for rule, key in (("link_day", account), ("link_month", account), ("link_network", network)):
        limits.hit(rule, key)
        counted.append((rule, key))
    try:
        for rule in ("link_district_burst", "link_district_day"):
            limits.hit(rule, "district")
            counted.append((rule, "district"))
    except limits.TooMany:
        LOG.error("linking is paused: too many wrong tries in the district")
        raise Paused from None
    return Try(person, tuple(counted), n)


def _counted_for(attempt: Try, students: Sequence[Student], student_id: str) -> tuple[bool, int, Try]:
    """Whether tries for this student wait now, and how many were wrong in a row.

    An ID nobody has is counted like one that somebody has.
    """
    key = str(students[0].pk) if students else f"id {student_id}"
    try:
        in_a_row = limits.hit("link_student", key)
    except limits.TooMany:
        return True, 0, attempt
    return False, in_a_row, Try(attempt.person, (*attempt.counted, ("link_student", key)), attempt.of_account)


def _students(student_id: str, birth_date: date) -> list[Student]:
    by_id = Q(student_id=student_id) | Q(aliases__alias=student_id, aliases__active=True)
    return list(
        Student.objects.filter(by_id, birth_date=birth_date)
        .select_related("school")
        .distinct()
        .order_by("pk")
    )


def _pks(students: Sequence[Student]) -> list[int]:
    return [student.pk for student in students] or NOBODY


def _pin_of(students: Sequence[Student], digits: str) -> Pin | None:
    """The PIN of one of these students that has these digits, newest first; spent and ended ones too."""
    wanted = pins.lookups(digits)
    rows = (
        Pin.objects.filter(guardianship__student__in=_pks(students))
        .exclude(dead_because__in=(Pin.Dead.REPLACED, Pin.Dead.GUESSED_AT))
        .select_related("guardianship__guardian")
        .select_for_update(of=("self",))  # two accounts at once: the second meets a spent PIN
        .order_by("-pk")
    )
    # Every row is compared, so that the time does not depend on which one is right.
    same = [pin for pin in rows if any(compare_digest(pin.lookup, one) for one in wanted)]
    return same[0] if same else None


def _adults(students: Sequence[Student], on: date) -> list[Guardian]:
    rights = Guardianship.objects.filter(verified_now(on), student__in=_pks(students))
    return [right.guardian for right in rights.select_related("guardian")]


def _is_the_other(person: Person, meant: Guardian, adults: Sequence[Guardian], links: Sequence[Link]) -> bool:
    """Whether the account is known to be another adult of the same child: by a link, by name, or by email."""
    others = [adult for adult in adults if adult.pk != meant.pk]
    mine = {link.guardianship.guardian_id for link in links}
    if meant.pk in mine:
        return False
    if any(adult.pk in mine for adult in others):
        return True

    def named(adult: Guardian) -> bool:
        return set(names.folded(adult.name)) == set(names.folded(person.name))

    def mailed(adult: Guardian) -> bool:
        return adult.email.casefold() == person.email_key

    if named(meant):
        return False
    return any(map(named, others)) or (any(map(mailed, others)) and not mailed(meant))


def _left_by_own_wish(links: Sequence[Link], pin: Pin) -> bool:
    of_this = [link for link in links if link.guardianship_id == pin.guardianship_id]
    return bool(of_this) and all(link.ended_because == Link.Ended.OWN_WISH for link in of_this)


def _made(person: Person, pin: Pin, student: Student) -> Link:
    guardian = pin.guardianship.guardian
    last = Link.objects.filter(person=person).aggregate(last=Max("number"))["last"] or 0
    made = Link.objects.create(person=person, guardianship=pin.guardianship, number=last + 1)
    _spend(pin)
    finding.refresh_one(guardian)
    _tell_school(student, SchoolNotice.Kind.LINKED)
    on_file = names.folded(guardian.name)
    if on_file and not set(on_file) & set(names.folded(person.name)):
        _tell_school(student, SchoolNotice.Kind.NAMES_DIFFER)
    log.happened(person, "guardian", "link", "linked", "pin", student=student)
    if guardian.email:
        token = mail_links.make(MailLink.Purpose.NOT_ME, NOT_ME_LASTS, about={"link": made.pk})
        address = mail_links.address("link_not_me", token)
        mail.post(guardian.email, guardian.language or person.language, "family/linked", address=address)
    return made


def _spend(pin: Pin) -> None:
    pin.spent_at = now()
    pin.save(update_fields=["spent_at"])


def _end(link: Link, why: Link.Ended) -> None:
    link.ended_at, link.ended_because = now(), why
    link.save(update_fields=["ended_at", "ended_because"])


def _missed(attempt: Try, students: Sequence[Student], in_a_row: int) -> None:
    """What a wrong try leaves behind: the count of the PIN's life, and word to those concerned."""
    live = Pin.objects.filter(pins.LIVE, guardianship__student__in=_pks(students))
    live.update(wrong_tries=F("wrong_tries") + 1)
    if live.filter(wrong_tries__gte=pins.WRONG_TRIES).exists():
        _void(live, students)
    if in_a_row == TOLD_AT:
        for student in students:
            _tell_school(student, SchoolNotice.Kind.WRONG_TRIES)
    if attempt.of_account == TOLD_AT:
        person = attempt.person
        log.happened(
            person, "guardian", "link", "wrong_tries", "5 in one hour",
            student=students[0] if students else None,
        )  # fmt: skip
        mail.post(
            person.email, person.language, "family/wrong_tries",
            address=settings.BASE_URL + reverse("forgot"),
        )  # fmt: skip


def _void(live: QuerySet[Pin], students: Sequence[Student]) -> None:
    address = settings.BASE_URL + reverse("find_pin")
    for guardian in Guardian.objects.filter(guardianships__pins__in=live).distinct():
        if guardian.email:
            mail.post(guardian.email, guardian.language, "family/pin_locked", address=address)
    live.update(dead_at=now(), dead_because=Pin.Dead.GUESSED_AT)
    for student in students:
        _tell_school(student, SchoolNotice.Kind.PIN_LOCKED)


def _tell_school(student: Student, kind: SchoolNotice.Kind) -> None:
    if student.school_id:
        SchoolNotice.objects.create(school_id=student.school_id, student=student, kind=kind)
