"""The PIN desk: the identity checklist, enforced here and not on the page, and what may follow it for five minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.utils.html import format_html
from django.utils.timezone import localtime, now
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.access.models import Post
from portal.audit import log
from portal.family import pins
from portal.family.models import ContactPoint, Guardian, Guardianship, Pin, SchoolNotice
from portal.family.standing import verified_now
from portal.people.models import Person
from portal.staff.models import IdentityCheck
from portal.students.models import Student
from portal.web import formats
from portal.web.forms import Form

OPEN_FOR = timedelta(minutes=5)  # after a completed checklist
ALARM_AFTER = 3  # failed checks for one student in ALARM_WITHIN
ALARM_WITHIN = timedelta(days=30)
PHONE_ALONE = "phone_alone"
MATCHES, DIFFERS = "matches", "differs"

OUTCOMES = {
    "show": IdentityCheck.Outcome.SHOWN,
    "letter": IdentityCheck.Outcome.PRINTED,
    "identity": IdentityCheck.Outcome.IDENTITY,
}

QUESTIONS = {
    "birth_date": _("Student's date of birth"),
    "student_name": _("Student's first and last name"),
    "grade": _("Student's grade level"),
    "address": _("Student's address and phone"),
    "emergency": _("Emergency contact name and phone"),
}
NOT_ASKED = {
    "birth_date": _("Finish step 3: ask for the student's date of birth and choose an answer."),
    "student_name": _("Finish step 3: ask for the student's first and last name and choose an answer."),
    "grade": _("Finish step 3: ask for the student's grade level and choose an answer."),
    "address": _("Finish step 3: ask for the student's address and phone and choose an answer."),
    "emergency": _("Finish step 3: ask for an emergency contact and choose an answer."),
}


class EnoughToday(Exception):
    """The day's share of this issuer is used up."""


class Checklist(Form):
    """Five steps, top to bottom; each one missing is named."""

    guardianship = forms.ChoiceField(
        label=_("Who is asking?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Finish step 1: choose who is asking."),
            "invalid_choice": _("Finish step 1: choose who is asking."),
        },
    )
    channel = forms.ChoiceField(
        label=_("How?"),
        widget=forms.RadioSelect,
        choices=[*IdentityCheck.Channel.choices, (PHONE_ALONE, _("Phone alone"))],
        error_messages={
            "required": _("Finish step 2: choose how the person is asking."),
            "invalid_choice": _("Finish step 2: choose how the person is asking."),
        },
    )
    photo_id = forms.BooleanField(
        label=_("Yes, I saw an accepted photo ID"),
        error_messages={"required": _("Finish step 4: tick that you saw an accepted photo ID.")},
    )
    face = forms.BooleanField(
        label=_("Yes, the face matches"),
        error_messages={"required": _("Finish step 5: tick that the face matches the ID.")},
    )

    def __init__(
        self, data: Any, guardianships: Sequence[Guardianship], *, refuse: bool = False, asks: str = ""
    ) -> None:
        """guardianships: the verified ones. asks: whose button led here. refuse: the person could not be verified, so steps 3 to 5 may be open."""
        super().__init__(data)
        asking = self.fields["guardianship"]
        assert isinstance(asking, forms.ChoiceField)
        asking.choices = [(str(right.pk), who(right)) for right in guardianships]
        chosen = asks in dict(asking.choices)
        asking.initial = asks if chosen else None
        first = "channel" if chosen else "guardianship"
        self.fields[first].widget.attrs["autofocus"] = True
        for name, question in QUESTIONS.items():
            self.fields[name] = forms.ChoiceField(
                label=question,
                widget=forms.RadioSelect,
                choices=[(MATCHES, _("Matches")), (DIFFERS, _("Does not match"))],
                required=not refuse,
                error_messages={"required": NOT_ASKED[name], "invalid_choice": NOT_ASKED[name]},
            )
        if refuse:
            self.fields["photo_id"].required = self.fields["face"].required = False
        self.order_fields(("guardianship", "channel", *QUESTIONS, "photo_id", "face"))
        self.refuse = refuse

    def clean_channel(self) -> str:
        channel = self.cleaned_data["channel"]
        if channel != PHONE_ALONE:
            return channel
        if self.refuse:
            return IdentityCheck.Channel.PHONE
        raise forms.ValidationError(
            _("Finish step 2: a phone call alone is not enough. Ask for a video call or a visit.")
        )

    @property
    def passed(self) -> bool:
        """Whether everything asked for matches."""
        return not self.refuse and all(self.cleaned_data[name] == MATCHES for name in QUESTIONS)


def who(right: Guardianship) -> str:
    """Marisol Reyes, Mother."""
    return _("%(name)s, %(relationship)s") % {
        "name": formats.isolated(right.guardian.name),
        "relationship": right.get_relationship_display(),
    }


def may_ask(grant: Grant) -> list[Guardianship]:
    """The guardianships of the student that may have a PIN today."""
    rights = Guardianship.objects.filter(verified_now(grant.on), student=grant.student)
    return list(rights.select_related("guardian").order_by("contact_priority", "pk"))


@dataclass(frozen=True)
class Answers:
    """What the school has on file for the five questions; lines are empty where it has nothing."""

    birth_date: str
    student_name: str
    grade: str
    address: tuple[str, ...]
    emergency: tuple[str, ...]
    confidential: bool  # the address is never on a page


def answers(student: Student) -> Answers:
    """The answers behind "Show answer"."""
    points = list(ContactPoint.objects.filter(student=student, active=True).order_by("-is_primary", "pk"))
    others = Guardian.objects.filter(known_of__student=student, known_of__active=True).order_by("pk")
    return Answers(
        birth_date=formats.long_date(student.birth_date) if student.birth_date else "",
        student_name=student.name,
        grade=student.grade_words,
        address=tuple(_lines(point for point in points if not point.do_not_publish)),
        emergency=tuple(
            f"{other.name} {formats.isolated(formats.phone(other.phone))}".strip() for other in others
        ),
        confidential=any(point.do_not_publish for point in points),
    )


def _lines(points: Iterator[ContactPoint]) -> Iterator[str]:
    for point in points:
        parts = (point.value, point.line2, point.city, point.state, point.postal_code)
        yield formats.phone(" ".join(part for part in parts if part))


def finish(grant: Grant, form: Checklist, session: SessionBase, act: str) -> IdentityCheck:
    """Writes down the check and, when everything matched, opens the PIN to this session for five minutes.

    act: show, letter, identity (no PIN, the account needs help) or refuse. Raises EnoughToday or pins.NotVerified.
    """
    post = grant.post
    assert post is not None
    # One issuer's checks come one after the other, so that the day's share holds for parallel ones.
    Person.objects.select_for_update(no_key=True).get(pk=grant.person.pk)
    said = form.cleaned_data
    outcome = IdentityCheck.Outcome.NOT_RELEASED
    if form.passed:
        outcome = OUTCOMES[act]
        if act != "identity" and _given_today(grant.person) >= settings.DISTRICT.pins_per_issuer_a_day:
            raise EnoughToday
    right = Guardianship.objects.get(pk=said["guardianship"])
    check = IdentityCheck(
        guardianship=right,
        post=post,
        channel=said["channel"],
        birth_date_matches=said["birth_date"] == MATCHES,
        name_matches=said["student_name"] == MATCHES,
        grade_matches=said["grade"] == MATCHES,
        address_and_phone_match=said["address"] == MATCHES,
        emergency_contact_matches=said["emergency"] == MATCHES,
        photo_id_seen=said["photo_id"],
        face_matches=said["face"],
        outcome=outcome,
    )
    if form.passed:
        if act != "identity":
            pins.give(right, by=issuer(post))
        check.save()
        session["pin_check"] = {"check": check.pk, "at": now().isoformat()}
    else:
        check.save()
        _failed(grant, right)
    return check


def _given_today(person: Person) -> int:
    midnight = localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    given = IdentityCheck.objects.filter(post__person=person, made_at__gte=midnight)
    return given.filter(outcome__in=(IdentityCheck.Outcome.SHOWN, IdentityCheck.Outcome.PRINTED)).count()


def _failed(grant: Grant, right: Guardianship) -> None:
    log.note(grant, "check_failed", about=right.pk)
    failed = IdentityCheck.objects.filter(
        guardianship__student=grant.student,
        outcome=IdentityCheck.Outcome.NOT_RELEASED,
        made_at__gte=now() - ALARM_WITHIN,
    ).count()
    if failed == ALARM_AFTER and grant.student.school_id:
        SchoolNotice.objects.create(
            school_id=grant.student.school_id, student=grant.student, kind=SchoolNotice.Kind.FAILED_CHECKS
        )


@dataclass(frozen=True)
class OpenPin:
    """A PIN that this session may read now."""

    pin: Pin
    digits: str
    until: datetime

    @property
    def seconds(self) -> int:
        return max(0, int((self.until - now()).total_seconds()))


def opened(grant: Grant, session: SessionBase) -> OpenPin | None:
    """The PIN that a checklist in this session opened for this student less than five minutes ago."""
    kept = session.get("pin_check")
    if not kept:
        return None
    until = datetime.fromisoformat(kept["at"]) + OPEN_FOR
    check = IdentityCheck.objects.filter(
        pk=kept["check"], guardianship__student=grant.student, post__person=grant.person
    ).first()
    if check is None or until <= now() or check.outcome == IdentityCheck.Outcome.IDENTITY:
        return None
    right = may_ask_one(check.guardianship_id, grant)
    pin = pins.live(right) if right else None
    return OpenPin(pin, pins.read(pin), until) if pin else None


def confirmed(person: Person, session: SessionBase, parent: Person) -> bool:
    """Whether a checklist of the last five minutes in this session was about this parent, by a linked guardianship."""
    kept = session.get("pin_check")
    if not kept or now() - datetime.fromisoformat(kept["at"]) > OPEN_FOR:
        return False
    about = Q(guardianship__links__person=parent, guardianship__links__ended_at=None)
    return IdentityCheck.objects.filter(about, pk=kept["check"], post__person=person).exists()


def may_ask_one(guardianship_id: int, grant: Grant) -> Guardianship | None:
    """The guardianship, while it may have a PIN."""
    return next((right for right in may_ask(grant) if right.pk == guardianship_id), None)


def issuer(post: Post) -> str:
    """Role and place as they stand beside a PIN: "office_manager, Lincoln High"; `issued_by` says it to a reader."""
    return f"{post.role}, {post.place.name}"


def issued_by(stored: str) -> str:
    """Role and place in the reader's language, from what `issuer` wrote; other words stay as they are."""
    role, _comma, place = stored.partition(", ")
    if role not in Post.Role.values:
        return format_html("<bdi>{}</bdi>", stored)
    return formats.listed([Post.Role(role).label, format_html("<bdi>{}</bdi>", place)])
