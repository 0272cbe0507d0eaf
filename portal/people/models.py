"""People who sign in, their sessions and mail links, and the counters that slow down guessing."""

import secrets
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


def reference() -> str:
    """A public name for a row: 10 characters, 59 random bits, no look-alikes, nothing of the district's own ids."""
    return "".join(
        secrets.choice("23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(10)
    )


class Person(AbstractBaseUser):
    """Someone with an account: a family member with a password of their own, or staff through the district's sign-on."""

    wall: ClassVar = {
        "door": "raud",
        "family": "ru",
        "staff": {
            "r": "{mine} OR kind = 'staff' OR EXISTS (SELECT FROM family_link l WHERE l.person_id = people_person.id)",
            "u": "{mine}",
            "l": "kind = 'staff'",
        },
        "linking": {
            "r": "{mine} OR EXISTS (SELECT FROM family_link l WHERE l.person_id = people_person.id)",
            "l": "{mine}",
        },
        "worker": "rud",
        "importer": {
            "r": "kind = 'staff' OR id IN (SELECT person_id FROM family_link WHERE ended_at IS NULL)"
        },
        "reporter": "r(id, kind, state, email_key)",  # the email finds the guardian on file
    }

    class Kind(models.TextChoices):
        FAMILY = "family", _("Parent or guardian")
        STAFF = "staff", _("School or district staff")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for the email to be confirmed")
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")

    class ClosedBecause(models.TextChoices):
        DISTRICT_EMAIL = "district_email", _("The email belongs to the district")
        OWN_WISH = "own_wish", _("The person closed the account")
        SCHOOL = "school", _("The school closed the account")

    ref = models.CharField(max_length=10, unique=True, default=reference)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.FAMILY)
    email = models.CharField(max_length=254)  # as typed, for display and for sending
    email_key = models.CharField(max_length=254)  # case-folded, for comparison
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    closed_because = models.CharField(max_length=20, choices=ClosedBecause, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    welcomed_at = models.DateTimeField(null=True, blank=True)  # saw the welcome cards and accepted the notice
    notice_version = models.CharField(max_length=10, blank=True)  # of the privacy notice that was accepted
    theme = models.CharField(max_length=8, default="phone")  # phone, light, dark, contrast
    classic = models.BooleanField(default=False)
    subject = models.CharField(
        max_length=255, blank=True
    )  # staff: issuer and subject of the district's sign-on

    USERNAME_FIELD = "email_key"

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "email_key", name="people_one_account_an_email"),
        ]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.state == self.State.ACTIVE


class Session(AbstractBaseSession):
    """One signed-in browser. The key is the SHA-256 of the cookie's, so the table opens no door."""

    wall: ClassVar = {
        **dict.fromkeys(("family", "staff", "door", "worker"), "raud"),
        "reporter": "r(person_id, seen_at)",
    }

    session_key = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")
    ref = models.CharField(max_length=10, unique=True, default=reference)
    device = models.CharField(max_length=100, blank=True)  # "Chrome on Android", never the whole agent string
    own_device = models.BooleanField(default=False)
    signed_in_at = models.DateTimeField(null=True)
    unlocked_at = models.DateTimeField(null=True)
    fresh_until = models.DateTimeField(
        null=True
    )  # each use of a fresh session moves it on; idling lets it pass
    seen_at = models.DateTimeField(auto_now_add=True)

    @classmethod
    def get_session_store_class(cls):  # Django asks for it by this name
        from portal.people.sessions import SessionStore

        return SessionStore


class Typed(models.Model):
    """What a person typed into a form before a time-out or an unlock; kept a day, for that account alone."""

    person = models.ForeignKey(Person, models.CASCADE)
    path = models.CharField(max_length=255)
    sealed = models.BinaryField()  # the form's fields, AES-256-GCM bound to the person and the path
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("person", "path", name="people_typed_once")]


class KnownDevice(models.Model):
    """A browser a person has signed in from before; a new one is worth a notice."""

    person = models.ForeignKey(Person, models.CASCADE)
    key_hash = models.CharField(max_length=64)  # SHA-256 of a long-lived random cookie
    first_seen = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "key_hash", name="people_device_once")]


class MailLink(models.Model):
    """A link sent by mail: stored hashed, used once, for one purpose."""

    wall: ClassVar = {
        "door": "raud",
        "family": "rau",
        "staff": "rau",
        "linking": {"ra": "person_id IS NULL AND made_at > now() - interval '1 minute'"},
        "worker": "rd",
    }

    class Purpose(models.TextChoices):
        CONFIRM = "confirm"
        RESET = "reset"
        CHANGE_EMAIL = "change_email"
        UNDO_EMAIL = "undo_email"
        NOT_ME = "not_me"  # from a mail about a new sign-in or a new link
        CODE = "code"  # six digits typed into a form

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose)
    person = models.ForeignKey(Person, models.CASCADE, null=True)
    about = models.JSONField(
        default=dict
    )  # what the link does: a new address, a session, a guardianship link
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Mail(models.Model):
    """A mail that waits to be sent. Its words are encrypted, and emptied when it has gone."""

    wall: ClassVar = {
        "door": {"a": "true", "r": "made_at > now() - interval '1 minute'"},  # what was just posted
        "family": {"a": "true", "r": "made_at > now() - interval '1 minute'"},
        "staff": {"a": "true", "r": "made_at > now() - interval '1 minute'"},
        "linking": {"a": "true", "r": "made_at > now() - interval '1 minute'"},
        "importer": {"a": "true", "r": "made_at > now() - interval '1 minute'"},
        "worker": "raud",
    }

    to = models.CharField(max_length=254)
    language = models.CharField(max_length=10)
    template = models.CharField(max_length=60)
    sealed = models.BinaryField()  # subject, text and HTML, AES-256-GCM bound to this row's nonce
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["made_at"], name="people_mail_waiting", condition=models.Q(sent_at=None))
        ]


class Count(models.Model):
    """How many tries stand against something; see limits.py, which is the only one to write here."""

    wall: ClassVar = {"everyone": "raud"}

    rule = models.CharField(max_length=40)
    key = models.CharField(max_length=64)  # keyed hash of the account, network or student counted
    n = models.PositiveIntegerField()
    waits = models.PositiveIntegerField()  # how often in a row a wait was imposed
    ends_at = models.DateTimeField()  # when counting starts anew, or the wait is over

    class Meta:
        constraints = [models.UniqueConstraint("rule", "key", name="people_count_once")]


class SpentChallenge(models.Model):
    """A proof of work or a stamp that was used: with the same form again it is a repeat, with another it is refused."""

    wall: ClassVar = {"everyone": "rau", "worker": "d"}

    signature = models.CharField(max_length=128, unique=True)
    about = models.CharField(max_length=64)  # keyed hash of what the form said
    expires_at = models.DateTimeField()


class SamlSignOn(models.Model):
    """A sign-on we asked a SAML provider for. Its answer comes without our cookie, and waits here for the browser."""

    wall: ClassVar = {"door": "raud", "worker": "rd"}

    request_id = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    assertion_id = models.CharField(max_length=255, null=True, unique=True)  # noqa: DJ001 - one assertion, used once
    subject = models.CharField(max_length=255, blank=True)  # issuer and name identifier
    employee = models.CharField(max_length=255, blank=True)
    proved_at = models.DateTimeField(null=True)  # when the person showed the provider who they are
    spent_at = models.DateTimeField(null=True)


class Setting(models.Model):
    """One change of a setting of the district, or of one school.

    The newest of its name counts; without a value the settings file does, and at a school the district's value. Rows
    are only ever added, so they are the history as well. settled.py is the only one to write here.
    """

    wall: ClassVar = {
        "family": {"r": "true"},
        "staff": {
            "r": "true",
            "a": "{mine} AND CASE WHEN school_id IS NULL THEN {runs} ELSE school_id = {answers} END",
        },
        "linking": {"r": "true"},
        **dict.fromkeys(("door", "worker", "importer", "reporter", "auditor"), "r"),
    }

    name = models.CharField(max_length=60)  # of the value in the settings file: attendance.much_percent
    school = models.ForeignKey(
        "students.Org", models.PROTECT, null=True, related_name="+"
    )  # none: the district
    value = models.JSONField(null=True)
    person = models.ForeignKey(Person, models.PROTECT)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=now)
