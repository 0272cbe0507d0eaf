"""The directory a district's roster fills. Source of every table: OneRoster CSV, or the companion file named."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.people import settled
from portal.people.models import reference


class Rostered(models.Model):
    """A row some source system sent. The same id from two sources is two rows; nothing is ever deleted."""

    source = models.CharField(max_length=40)
    sourced_id = models.CharField(max_length=255)
    active = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    run_id = models.BigIntegerField()  # the import run that last changed this row

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint("source", "sourced_id", name="%(app_label)s_%(class)s_once_a_source")
        ]


class Org(Rostered):
    """orgs.csv: the district, its regions, its schools."""

    wall: ClassVar = {"everyone": "r"}

    ref = models.CharField(max_length=10, unique=True, default=reference)
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=20)  # school, local (a region), district, department, state, national
    identifier = models.CharField(max_length=255, blank=True)  # location or CDS code
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    phone = models.CharField(max_length=20, blank=True)  # metadata.phone
    address = models.CharField(max_length=255, blank=True)  # metadata.address1, city, postCode

    class Meta(Rostered.Meta):
        pass

    @property
    def settings(self) -> Any:
        """The district's settings as this school has them; asks the database nothing."""
        return settled.of(self.pk)

    @property
    def office_phone(self) -> str:
        """Of its office: what the SIS sends, else what was chosen here."""
        return self.phone or str(self.settings.office_phone)

    @property
    def absence_phone(self) -> str:
        """Whom families call about an absence."""
        return str(self.settings.attendance_line) or self.office_phone


class SchoolDay(Rostered):
    """calendarDays.csv (companion): what one date is at one school."""

    wall: ClassVar = {"everyone": "r"}

    class Kind(models.TextChoices):
        INSTRUCTION = "instruction", _("School day")
        MINIMUM = "minimumDay", _("Short day")
        NO_SCHOOL = "noSchool", _("No school")

    school = models.ForeignKey(Org, models.PROTECT)
    on = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=255, blank=True)

    class Meta(Rostered.Meta):
        constraints = [
            *Rostered.Meta.constraints,
            models.UniqueConstraint(
                "school", "on", condition=models.Q(active=True), name="students_one_kind_a_day"
            ),
        ]


class Term(Rostered):
    """academicSessions.csv: a school year, semester, grading period or term."""

    wall: ClassVar = {"everyone": "r"}

    title = models.CharField(max_length=255)
    type = models.CharField(max_length=20)  # schoolYear, semester, term, gradingPeriod
    begins = models.DateField()
    ends = models.DateField()  # last day, inclusive
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    school_year = models.PositiveSmallIntegerField()  # the year in which the school year ends

    class Meta(Rostered.Meta):
        pass


class Course(Rostered):
    """courses.csv."""

    wall: ClassVar = {"everyone": "r"}

    title = models.CharField(max_length=255)
    code = models.CharField(max_length=255, blank=True)
    org = models.ForeignKey(Org, models.PROTECT)

    class Meta(Rostered.Meta):
        pass


class SchoolClass(Rostered):
    """classes.csv: one course with one teacher in one period; what the district calls a section."""

    wall: ClassVar = {"everyone": "r"}

    ref = models.CharField(max_length=10, unique=True, default=reference)
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=255, blank=True)
    type = models.CharField(max_length=20)  # homeroom, scheduled
    location = models.CharField(max_length=255, blank=True)
    periods = models.CharField(max_length=100, blank=True)  # "1" or "1,2"
    course = models.ForeignKey(Course, models.PROTECT)
    school = models.ForeignKey(Org, models.PROTECT)
    terms = models.ManyToManyField(Term, related_name="classes")

    class Meta(Rostered.Meta):
        pass


class Employee(Rostered):
    """users.csv with a role of the school's side: teachers, principals, office staff."""

    wall: ClassVar = {"everyone": "r"}

    given_name = models.CharField(max_length=255, blank=True)
    family_name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)

    class Meta(Rostered.Meta):
        pass

    @property
    def name(self) -> str:
        return display_name(self.given_name, "", self.family_name)


class Job(Rostered):
    """roles.csv, or the role column of users.csv in 1.1 (its sourced_id is then `<user>:<org>`)."""

    wall: ClassVar = {"everyone": "r"}

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="jobs")
    org = models.ForeignKey(Org, models.PROTECT)
    role = models.CharField(max_length=30)  # teacher, principal, siteAdministrator, counselor, aide …
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # inclusive

    class Meta(Rostered.Meta):
        pass


class Teaching(Rostered):
    """enrollments.csv, role teacher."""

    wall: ClassVar = {"everyone": "r"}

    employee = models.ForeignKey(Employee, models.CASCADE)
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="teachings")
    primary = models.BooleanField(default=False)
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # inclusive

    class Meta(Rostered.Meta):
        pass


GRADES = ("IT", "PR", "PS", "PK", "TK", "KG", *(f"{n:02}" for n in range(1, 14)), "AD", "UG", "Other")


GRADE_WORDS = {
    "IT": _("Infant and toddler care"),
    "PR": _("Preschool"),
    "PS": _("Preschool"),
    "PK": _("Preschool"),
    "TK": _("Transitional kindergarten"),
    "KG": _("Kindergarten"),
    "AD": _("Adult education"),
    "UG": _("Ungraded"),
    "Other": _("Other grade"),
}


class Student(Rostered):
    """users.csv, role student, with demographics.csv for the birth date. Read through access/gate.py only."""

    wall: ClassVar = {
        "family": {"r": "{linked}"},
        "staff": "r",
        "linking": "r",
        "worker": "r",
        "importer": "raud",
        "reporter": "r(id, school_id, grade, active, entered_on, left_on)",
    }

    ref = models.CharField(max_length=10, unique=True, default=reference)
    student_id = models.CharField(max_length=40)  # district Student ID (identifier), upper case
    given_name = models.CharField(max_length=255, blank=True)
    middle_name = models.CharField(max_length=255, blank=True)
    family_name = models.CharField(max_length=255, blank=True)
    birth_date = models.DateField(null=True)
    grade = models.CharField(max_length=5, blank=True)  # CEDS code, see GRADES
    school = models.ForeignKey(Org, models.PROTECT, null=True, related_name="students")
    entered_on = models.DateField(null=True)  # first day of the enrollment at `school`
    left_on = models.DateField(null=True)  # last day in the district; records stay, nothing new comes
    objects_to_parents = models.BooleanField(default=False)  # at 18 and over, in writing

    class Meta(Rostered.Meta):
        indexes = [
            models.Index(fields=["student_id"], name="students_by_id"),
            models.Index(fields=["school", "family_name"], name="students_at_school"),
        ]

    @property
    def name(self) -> str:
        return display_name(self.given_name, "", self.family_name)

    @property
    def first_name(self) -> str:
        """What the family calls the child: the given name, or the only name there is."""
        return _said(self.given_name) or _said(self.family_name)

    @property
    def grade_words(self) -> str:
        """The grade as a family says it."""
        if self.grade.isdigit():
            return _("Grade %(grade)d") % {"grade": int(self.grade)}
        return str(GRADE_WORDS.get(self.grade, ""))

    @property
    def elementary(self) -> bool:
        return self.grade in GRADES[: GRADES.index("05") + 1]


class StudentAlias(Rostered):
    """studentAliases.csv (companion): an earlier Student ID; look-ups accept it."""

    wall: ClassVar = {"staff": "r", "linking": "r", "importer": "raud"}

    student = models.ForeignKey(Student, models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=40, db_index=True)

    class Meta(Rostered.Meta):
        pass


class Enrollment(Rostered):
    """enrollments.csv, role student: a place in a class."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="enrollments")
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="enrollments")
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # inclusive; blank: the end of the class's last term

    class Meta(Rostered.Meta):
        indexes = [models.Index(fields=["student", "active"], name="students_classes_of")]


class NameKey(models.Model):
    """One rotation of the folded words of a name, so that the start of any word finds it; see names.py."""

    key = models.CharField(max_length=200, db_collation="C")  # compared byte by byte, whatever the language

    class Meta:
        abstract = True


class StudentKey(NameKey):
    """Finds students by name, over all schools or in one."""

    wall: ClassVar = {"staff": {"r": "{everywhere} OR school_id = {schools}"}, "importer": "raud"}

    student = models.ForeignKey(Student, models.CASCADE, related_name="keys")
    school = models.ForeignKey(Org, models.CASCADE, db_index=False)

    class Meta(NameKey.Meta):
        indexes = [
            models.Index("key", include=["student", "school"], name="students_by_name"),
            models.Index(fields=["school", "key"], include=["student"], name="students_by_school_name"),
        ]


def _said(name: str) -> str:
    """A name, unless it is one of the marks systems write where a person has only one name."""
    return "" if name in (".", "-", "—", "--") else name


def display_name(given: str, middle: str, family: str) -> str:
    """Names exactly as the school has them, in the order it has them; a mononym stands alone."""
    return " ".join(part for part in map(_said, (given, middle, family)) if part)


class EmployeeKey(NameKey):
    """Finds employees by name, for User Manager."""

    wall: ClassVar = {"everyone": "r"}

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="keys")

    class Meta(NameKey.Meta):
        indexes = [models.Index("key", include=["employee"], name="students_employee_by_name")]
