"""The people every test knows: Ana and Ben at Oak School, the adults around them, a stranger, and Ms Reed.

Rows are made as an import would bring them; accounts and links as the portal makes them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.family.models import Guardian, Guardianship, Link
from portal.people.models import Person
from portal.students.models import (
    Course,
    Employee,
    Enrollment,
    Job,
    Org,
    SchoolClass,
    Student,
    Teaching,
    Term,
)

SOURCE = "sis"
RUN = 1
PASSWORD = "a sunny morning walk"


@dataclass
class Cast:
    """Ana: grade 9 with classes; Ben: grade 3. Children of different families at the same school, Oak."""

    district: Org
    oak: Org
    lincoln: Org  # another school
    year: Term
    fall: Term
    algebra: SchoolClass  # Ana's class, period 1, taught by Mr Ortiz
    ortiz: Employee
    principal: Employee
    ana: Student
    ben: Student
    mother: Person  # Ana's, full rights
    father: Person  # Ana's, no academic rights: the school restricts records
    bens_mother: Person  # the stranger to Ana
    stranger: Person  # an account with no child
    ms_reed: Person  # office manager at Oak, gives PINs
    ms_lee: Person  # office manager at Lincoln
    mothers_right: Guardianship
    fathers_right: Guardianship
    bens_right: Guardianship


def rostered(sourced_id: str) -> dict[str, object]:
    """The columns every rostered row has."""
    return {"source": SOURCE, "sourced_id": sourced_id, "run_id": RUN}


def person(first: str, last: str, email: str, **more: object) -> Person:
    """An active account whose password is PASSWORD."""
    made = Person(
        first_name=first,
        last_name=last,
        email=email,
        email_key=email.casefold(),
        state=Person.State.ACTIVE,
        confirmed_at=now(),
        welcomed_at=now(),
        **more,
    )
    made.password = _hash()
    made.save()
    return made


@cache
def _hash() -> str:
    """PASSWORD as the table keeps it; made once, because hashing is slow by design."""
    return make_password(PASSWORD)


def guardianship(student: Student, guardian: Guardian, **more: object) -> Guardianship:
    """What the adult is to the child: a mother with full rights, unless told otherwise."""
    values: dict[str, object] = {
        "relationship": Guardianship.Relationship.MOTHER,
        "educational_rights": Guardianship.Rights.FULL,
    }
    return Guardianship.objects.create(
        **rostered(f"g-{guardian.sourced_id}-{student.sourced_id}"),
        student=student,
        guardian=guardian,
        **(values | more),
    )


def link(person: Person, guardianship: Guardianship) -> Link:
    """The account sees the child, as after Add Student."""
    return Link.objects.create(person=person, guardianship=guardianship, number=person.links.count() + 1)


def make() -> Cast:
    """The whole cast, in an empty database."""
    today = localdate()
    district = Org.objects.create(
        **rostered("district"), name="Sample Unified School District", type="district"
    )
    region = Org.objects.create(**rostered("east"), name="Region East", type="local", parent=district)
    oak = Org.objects.create(
        **rostered("oak"),
        name="Oak School",
        type="school",
        parent=region,
        identifier="1001",
        phone="+12135550120",
    )
    lincoln = Org.objects.create(**rostered("lincoln"), name="Lincoln High", type="school", parent=region)
    begins, ends = today - timedelta(days=90), today + timedelta(days=90)
    year = Term.objects.create(
        **rostered("year"),
        title="School year",
        type="schoolYear",
        begins=begins,
        ends=ends,
        school_year=ends.year,
    )
    fall = Term.objects.create(
        **rostered("fall"),
        title="Fall",
        type="semester",
        begins=begins,
        ends=ends,
        school_year=ends.year,
        parent=year,
    )
    course = Course.objects.create(**rostered("algebra"), title="Algebra 1", code="310301", org=oak)
    algebra = SchoolClass.objects.create(
        **rostered("algebra-1"), title="Algebra 1", type="scheduled", periods="1", course=course, school=oak
    )
    algebra.terms.add(fall)
    ortiz = Employee.objects.create(
        **rostered("ortiz"), given_name="Daniel", family_name="Ortiz", email="daniel.ortiz@staff.example.org"
    )
    principal = Employee.objects.create(
        **rostered("principal"), given_name="Ruth", family_name="Hall", email="ruth.hall@staff.example.org"
    )
    Job.objects.create(**rostered("job-1"), employee=principal, org=oak, role="principal")
    Job.objects.create(**rostered("job-2"), employee=ortiz, org=oak, role="teacher")
    Teaching.objects.create(**rostered("t-1"), employee=ortiz, school_class=algebra, primary=True)
    ana = Student.objects.create(
        **rostered("ana"), student_id="204518X327", given_name="Ana", family_name="Reyes", grade="09",
        birth_date=date(today.year - 14, 3, 27), school=oak, entered_on=begins,
    )  # fmt: skip
    ben = Student.objects.create(
        **rostered("ben"), student_id="204519X328", given_name="Ben", family_name="Okafor", grade="03",
        birth_date=date(today.year - 8, 6, 2), school=oak, entered_on=begins,
    )  # fmt: skip
    Enrollment.objects.create(**rostered("e-1"), student=ana, school_class=algebra)

    mother_on_file = Guardian.objects.create(
        **rostered("g-marisol"),
        given_name="Marisol",
        family_name="Reyes",
        email="marisol@example.org",
        language="es",
    )
    father_on_file = Guardian.objects.create(**rostered("g-luis"), given_name="Luis", family_name="Reyes")
    bens_on_file = Guardian.objects.create(**rostered("g-grace"), given_name="Grace", family_name="Okafor")
    mothers_right = guardianship(ana, mother_on_file)
    fathers_right = guardianship(
        ana,
        father_on_file,
        relationship=Guardianship.Relationship.FATHER,
        access_restriction=Guardianship.Restriction.NO_RECORDS,
    )
    bens_right = guardianship(ben, bens_on_file)

    mother = person("Marisol", "Reyes", "marisol@example.org")
    father = person("Luis", "Reyes", "luis@example.org")
    bens_mother = person("Grace", "Okafor", "grace@example.org")
    link(mother, mothers_right)
    link(father, fathers_right)
    link(bens_mother, bens_right)
    staff = [
        person("Joan", "Reed", "joan.reed@staff.example.org", kind=Person.Kind.STAFF),
        person("Mei", "Lee", "mei.lee@staff.example.org", kind=Person.Kind.STAFF),
    ]
    for worker, school in zip(staff, (oak, lincoln), strict=True):
        Post.objects.create(
            person=worker,
            role=Post.Role.OFFICE_MANAGER,
            place=school,
            gives_pins=True,
            begins_at=now() - timedelta(days=30),
        )
    return Cast(
        district=district, oak=oak, lincoln=lincoln, year=year, fall=fall, algebra=algebra, ortiz=ortiz,
        principal=principal, ana=ana, ben=ben, mother=mother, father=father, bens_mother=bens_mother,
        stranger=person("Sam", "Stone", "sam@example.org"), ms_reed=staff[0], ms_lee=staff[1],
        mothers_right=mothers_right, fathers_right=fathers_right, bens_right=bens_right,
    )  # fmt: skip
