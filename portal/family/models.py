"""Guardians and what they may see, as the school keeps it; PINs and links, as the portal keeps them."""

from typing import ClassVar

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from portal.people.models import Person, reference
from portal.students.models import NameKey, Org, Rostered, Student, display_name

DESK_SOURCE = "desk"  # the source of rows that the registrar's desk made


class Guardian(Rostered):
    """users.csv, role parent, guardian or relative. Not an account: an adult the school has on file."""

    wall: ClassVar = {
        "family": {"r": "id IN (SELECT guardian_id FROM family_guardianship)"},
        "staff": {
            "r": "{everywhere} OR EXISTS (SELECT FROM family_guardianship g WHERE g.guardian_id = family_guardian.id)"
            " OR EXISTS (SELECT FROM family_knowncontact k WHERE k.guardian_id = family_guardian.id)"
        },
        "linking": {"r": "id = {adult}"},
        "worker": "r",
        "importer": "raud",
        "reporter": "r(id, language, email)",  # the email finds the account
    }

    given_name = models.CharField(max_length=255, blank=True)
    family_name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=10, blank=True)  # from guardianships.csv

    class Meta(Rostered.Meta):
        pass

    @property
    def name(self) -> str:
        return display_name(self.given_name, "", self.family_name)


class ContactPoint(Rostered):
    """contactPoints.csv (companion): an address or number of a guardian or a student."""

    wall: ClassVar = {
        "family": {"r": "{child} OR guardian_id IN (SELECT guardian_id FROM family_guardianship)"},
        "linking": {"r": "{about} OR guardian_id = {adult}"},
        "staff": {
            "r": "{place} OR EXISTS (SELECT FROM family_guardian g WHERE g.id = family_contactpoint.guardian_id)",
            "au": "{desk} OR EXISTS (SELECT FROM family_guardianship g JOIN students_student s ON s.id = g.student_id"
            " WHERE g.guardian_id = family_contactpoint.guardian_id AND coalesce(s.school_id, 0) = {desks})",
        },
        "importer": "raud",
    }

    class Kind(models.TextChoices):
        HOME_ADDRESS = "homeAddress", _("Home address")
        MAIL_ADDRESS = "mailAddress", _("Mailing address")
        MOBILE = "mobile", _("Cell phone")
        HOME = "home", _("Home phone")
        WORK = "work", _("Work phone")
        EMAIL = "email", _("Email")

    guardian = models.ForeignKey(Guardian, models.CASCADE, null=True, related_name="contact_points")
    student = models.ForeignKey(Student, models.CASCADE, null=True, related_name="contact_points")
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.CharField(max_length=255)
    line2 = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=50, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    is_primary = models.BooleanField(default=False)
    do_not_publish = models.BooleanField(default=False)  # confidential address: never on a page or letter
    kept_at = models.DateTimeField(
        null=True
    )  # from then on the registrar's desk keeps this row, not the feed
    said = models.JSONField(null=True)  # of a kept row: whether the feed's last word hid it
    proof = models.CharField(max_length=20, blank=True)  # which paper the desk saw, see Decision.Paper
    proof_on = models.DateField(null=True)  # the day of that paper

    class Meta(Rostered.Meta):
        constraints = [
            *Rostered.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(guardian=None) ^ models.Q(student=None),
                name="family_contact_of_one_person",
            ),
        ]


class KnownContact(models.Model):
    """An agents edge of users.csv: the school knows these two belong together. It opens nothing."""

    wall: ClassVar = {"staff": "r", "importer": "raud"}

    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="known_of")
    student = models.ForeignKey(Student, models.CASCADE, related_name="known_contacts")
    source = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    run_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("guardian", "student", name="family_known_once")]


class Guardianship(Rostered):
    """guardianships.csv (companion): what one adult is to one child, and may see, from when to when."""

    wall: ClassVar = {
        "family": {
            # One's own, and whether the student holds the rights; never what another adult is to the child.
            "r": "id = ANY (ARRAY(SELECT l.guardianship_id FROM family_link l))"
            " OR (relationship = 'selfAdult' AND {linked})"
        },
        "staff": {"rl": "", "au": "{desk}"},
        "linking": {"r": "guardian_id = {adult}"},
        "worker": "r",
        "importer": "raud",
        "reporter": "r(id, student_id, guardian_id, active, educational_rights, access_restriction, begins, ends, closed_from, closed_until, contact_priority)",
    }

    class Relationship(models.TextChoices):
        MOTHER = "mother", _("Mother")
        FATHER = "father", _("Father")
        PARENT = "parent", _("Parent")
        STEP_PARENT = "stepParent", _("Stepparent")
        GRANDPARENT = "grandparent", _("Grandparent")
        LEGAL_GUARDIAN = "legalGuardian", _("Legal guardian")
        FOSTER_PARENT = "fosterParent", _("Foster parent")
        COURT_APPOINTED = "courtAppointedGuardian", _("Guardian appointed by a court")
        SURROGATE = "surrogateParent", _("Surrogate parent")
        RELATIVE = "relative", _("Relative")
        CAREGIVER = "caregiver", _("Caregiver")
        SELF = "selfAdult", _("The student, 18 or older")
        OTHER = "other", _("Other")

    class Rights(models.TextChoices):
        FULL = "full", _("Educational rights")
        LIMITED = "limited", _("Limited rights")
        NONE = "none", _("Contact only")

    class Restriction(models.TextChoices):
        NONE = "none", _("None")
        NO_RECORDS = "noRecords", _("No records")
        NO_CONTACT = "noContact", _("No contact")

    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="guardianships")
    student = models.ForeignKey(Student, models.CASCADE, related_name="guardianships")
    relationship = models.CharField(max_length=25, choices=Relationship)
    educational_rights = models.CharField(max_length=7, choices=Rights)
    access_restriction = models.CharField(max_length=9, choices=Restriction, default=Restriction.NONE)
    legal_guardian = models.BooleanField(null=True)
    lives_with = models.BooleanField(null=True)  # information for the office; never decides access
    receives_mail = models.BooleanField(null=True)
    may_pick_up = models.BooleanField(null=True)
    interpreter_needed = models.BooleanField(null=True)
    contact_priority = models.PositiveSmallIntegerField(null=True)
    basis_document = models.CharField(max_length=20, blank=True)
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # inclusive
    # Kept by the registrar's desk; no feed fills these. A court order shuts the record on these days, whatever the rest says.
    closed_from = models.DateField(null=True)
    closed_until = models.DateField(null=True)  # inclusive; none: until two people give it back
    kept_at = models.DateTimeField(
        null=True
    )  # from then on the desk keeps the row: a feed may only narrow it
    said = models.JSONField(null=True)  # of a kept row: rights, restriction and days in the feed's last word

    class Meta(Rostered.Meta):
        indexes = [models.Index(fields=["student", "active"], name="family_guardians_of")]


class CourtOrder(models.Model):
    """A court's paper at the school: which adult it limits for this student, on which days, and in what."""

    # The office must know whom it may not hand a child to; the paper itself opens at the desk alone.
    wall: ClassVar = {"staff": {"r": "", "au": "{desk}"}, "worker": "r"}

    class Kind(models.TextChoices):
        CUSTODY = "custody", _("Custody order")
        RESTRAINING = "restraining", _("Restraining order")
        DEPENDENCY = "dependency", _("Dependency order")
        TERMINATION = "termination", _("End of parental rights")
        OTHER = "other", _("Other court order")

    SWITCHES: ClassVar = ("no_records", "no_pick_up", "hide_location", "hide_adults")

    ref = models.CharField(max_length=10, unique=True, default=reference)
    student = models.ForeignKey(Student, models.CASCADE, related_name="court_orders")
    guardianship = models.ForeignKey(Guardianship, models.CASCADE, related_name="court_orders")
    kind = models.CharField(max_length=11, choices=Kind)
    court = models.CharField(max_length=200)
    number = models.CharField(max_length=60)  # as the court writes it
    begins = models.DateField()
    ends = models.DateField(null=True)  # inclusive
    no_records = models.BooleanField()  # keeps Guardianship.closed_from and closed_until
    no_pick_up = models.BooleanField()
    hide_location = models.BooleanField()  # home and bus stop
    hide_adults = models.BooleanField()  # the other adults around the student
    lifted_at = models.DateTimeField(null=True)  # two people said that it no longer holds

    class Meta:
        indexes = [models.Index(fields=["student"], name="family_orders_of")]


class Scan(models.Model):
    """The scan of a court order, sealed with a key of its own; only the registrar's desk opens it."""

    wall: ClassVar = {"staff": {"ra": "{desk}"}, "worker": "r"}

    ref = models.CharField(max_length=10, unique=True, default=reference)
    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    order = models.ForeignKey(CourtOrder, models.CASCADE, related_name="scans")
    kind = models.CharField(max_length=20)  # media type, found in the content
    bytes = models.PositiveIntegerField()
    sealed = models.BinaryField()  # AES-256-GCM, bound to ref
    kept_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=now)


class Decision(models.Model):
    """What the registrar's desk decided about one student. What opens something waits for a second person."""

    wall: ClassVar = {"staff": {"rau": "{desk}"}, "worker": "r"}

    class Act(models.TextChoices):
        ORDER = "order", _("Court order written down")
        LIFT = "lift", _("Court order ended")
        RIGHTS = "rights", _("Educational rights")
        GUARDIAN = "guardian", _("Verified parent or guardian")
        CONTACTS = "contacts", _("Emergency contacts")
        ADDRESS = "address", _("Address")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")

    class Paper(models.TextChoices):
        """Which paper the registrar saw. Never its number, and never which kind of photo ID."""

        BIRTH = "birth", _("Birth certificate")
        COURT = "court", _("Court order")
        AFFIDAVIT = "affidavit", _("Caregiver's affidavit")
        ADOPTION = "adoption", _("Adoption papers")
        FOSTER = "foster", _("Foster placement papers")
        ADULT = "adult", _("Request of a student who is 18 or older")
        HOME = "home", _("Proof of address")
        CARD = "card", _("Signed emergency card")
        LETTER = "letter", _("Signed letter of a parent or guardian")

    ref = models.CharField(max_length=10, unique=True, default=reference)
    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    guardianship = models.ForeignKey(Guardianship, models.CASCADE, null=True, related_name="+")
    order = models.ForeignKey(CourtOrder, models.CASCADE, null=True, related_name="+")
    act = models.CharField(max_length=8, choices=Act)
    paper = models.CharField(max_length=9, choices=Paper, blank=True)
    paper_on = models.DateField(null=True)  # the day of that paper
    values = models.JSONField(default=dict)  # what is still to be written, by column
    before = models.JSONField(default=dict)  # what these columns said when it was asked
    state = models.CharField(max_length=8, choices=State)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True)  # of what waits
    check_by = models.DateField(
        null=True
    )  # of what was taken away at once: a second person looks at the paper
    second = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+"
    )  # agreed, declined or checked
    second_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second=None) | ~models.Q(second=models.F("asked_by")),
                name="family_second_is_another",
            ),
        ]
        indexes = [models.Index(fields=["student", "-asked_at"], name="family_decisions_of")]

    @property
    def late(self) -> bool:
        """Whether it waited for too long; then somebody asks again."""
        return (
            self.state == Decision.State.WAITING and self.expires_at is not None and self.expires_at <= now()
        )


class Pin(models.Model):
    """The code that lets one guardian link one child, once. Encrypted, because staff may have to read it again."""

    wall: ClassVar = {
        "staff": {
            "r": "EXISTS (SELECT FROM family_guardianship g WHERE g.id = family_pin.guardianship_id)",
            # The desk kills what waits for an adult who loses access.
            "au": "EXISTS (SELECT FROM family_guardianship g JOIN students_student s ON s.id = g.student_id"
            " WHERE g.id = family_pin.guardianship_id"
            " AND (coalesce(s.school_id, 0) = {pins} OR coalesce(s.school_id, 0) = {desks}))",
        },
        "linking": {
            "ru": "EXISTS (SELECT FROM family_guardianship g WHERE g.id = family_pin.guardianship_id)"
        },
        "importer": "ru(dead_at, dead_because)",
        "reporter": "r(id, guardianship_id, given_at)",
    }

    class Dead(models.TextChoices):
        REPLACED = "replaced", _("Replaced by a new PIN")
        NOT_VERIFIED = "not_verified", _("The guardian is no longer verified")
        GUESSED_AT = "guessed_at", _("Locked after too many wrong tries")

    guardianship = models.ForeignKey(Guardianship, models.CASCADE, related_name="pins")
    sealed = models.BinaryField()  # AES-256-GCM, bound to the guardianship
    lookup = models.CharField(max_length=64)  # keyed hash of the digits
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)  # shown or printed for the guardian
    given_by = models.CharField(max_length=200, blank=True)  # role and place, for the staff's eyes
    spent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    dead_because = models.CharField(max_length=12, choices=Dead, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "guardianship",
                condition=models.Q(spent_at=None, dead_at=None),
                name="family_one_live_pin",
            ),
            models.UniqueConstraint(
                "lookup",
                condition=models.Q(spent_at=None, dead_at=None),
                name="family_pin_unique_in_district",
            ),
        ]


class Link(models.Model):
    """An account sees a child because the adult behind it is this guardian."""

    wall: ClassVar = {
        "family": "ru(ended_at, ended_because)",
        "staff": {
            "ru(ended_at, ended_because)": "EXISTS (SELECT FROM family_guardianship g WHERE g.id = family_link.guardianship_id)"
        },
        "linking": {
            "rau": "{mine} OR EXISTS (SELECT FROM family_guardianship g WHERE g.id = family_link.guardianship_id)"
        },
        "worker": "ru(ended_at, ended_because)",
        "importer": "r",
        "reporter": "r(id, person_id, guardianship_id, ended_at)",
    }

    class Ended(models.TextChoices):
        OWN_WISH = "own_wish", _("Removed by the parent")
        SCHOOL = "school", _("Ended by the school")
        NOT_ME = "not_me", _("Reported as not me")

    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    guardianship = models.ForeignKey(Guardianship, models.CASCADE, related_name="links")
    number = (
        models.PositiveSmallIntegerField()
    )  # order in which children were linked; gives the child's colour
    made_at = models.DateTimeField(auto_now_add=True)
    verify_by = models.DateField(
        null=True
    )  # Verify PIN: records close after this date until the PIN is typed
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=10, choices=Ended, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "guardianship", condition=models.Q(ended_at=None), name="family_one_account_a_guardian"
            ),
        ]
        indexes = [models.Index(fields=["person"], name="family_links_of")]


class GuardianKey(NameKey):
    """Finds a student's adults by the name on file and by the name on the account that is theirs, over all schools or in one."""

    wall: ClassVar = {"staff": {"r": "{everywhere} OR school_id = {schools}"}, "importer": "raud"}

    guardianship = models.ForeignKey(Guardianship, models.CASCADE, related_name="keys")
    school = models.ForeignKey(Org, models.CASCADE, null=True, db_index=False)  # the student's

    class Meta(NameKey.Meta):
        indexes = [
            models.Index("key", include=["guardianship", "school"], name="family_guardian_by_name"),
            models.Index(fields=["school", "key"], include=["guardianship"], name="family_by_school_name"),
        ]


class SchoolNotice(models.Model):
    """What a school's office should look at: a new link, a PIN locked by guessing, names that differ."""

    wall: ClassVar = {
        "staff": {"rau": "school_id = {schools}"},
        "family": {
            "a": "{child}",
            "r": "{child} AND made_at > now() - interval '1 minute'",
        },  # what was just told
        "linking": {"a": "{about}", "r": "{about} AND made_at > now() - interval '1 minute'"},
        "worker": "rau",
    }

    class Kind(models.TextChoices):
        LINKED = "linked", _("A parent added this student to an account.")
        NAMES_DIFFER = "names_differ", _("The name on the account differs from the name on file.")
        WRONG_TRIES = "wrong_tries", _("Someone typed a wrong PIN 5 times. Adding waits for one hour.")
        PIN_LOCKED = "pin_locked", _("Someone typed a wrong PIN 10 times. The PINs no longer work.")
        NOT_ME = "not_me", _("A parent did not make the link to their account. The link is closed.")
        FAILED_CHECKS = "failed_checks", _("Three people could not be verified. No PIN was given.")
        NOT_TAKEN = (
            "not_taken",
            _("The school system did not take a parent's change. See the New Emergency Contact Report."),
        )
        ABSENCE_EXPLAINED = "absence_explained", _("A parent told the school why this student was absent.")

    school = models.ForeignKey(Org, models.CASCADE)
    student = models.ForeignKey(Student, models.CASCADE)
    kind = models.CharField(max_length=30, choices=Kind)
    made_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
