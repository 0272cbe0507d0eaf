"""Accounts of the cast: some families have signed in before, some hold a PIN letter, staff have their posts."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.timezone import now

from portal.access.models import Post
from portal.demo.district import cast
from portal.family import pins
from portal.family.models import Guardianship, Link
from portal.people.models import Person
from portal.students.models import Employee, Org

PASSWORD = "walking to school together"  # noqa: S105 - printed on the demo's own page
SIGNED_UP = (
    cast.MARISOL,
    cast.GRACE,
    cast.DANIEL,
    cast.PARISA,
    cast.ROSA_DELGADO,
    cast.ELENA,
    cast.OLGA,
    cast.DANA,
    cast.NEIL,
    cast.SAM,
)
LETTERS = (
    (cast.ANA, cast.LUIS), (cast.LEO, cast.LUIS), (cast.MINH_ANH, cast.HOA), (cast.ZOE, cast.COLETTE),
    (cast.CHLOE, cast.COLETTE), (cast.LUIS_DEL_RIO, cast.ISABEL), (cast.NAREK, cast.HAYK), (cast.KAILA, cast.TARA),
)  # fmt: skip
ADMINISTRATORS = {"admin-1": ("Marcus", "Bell"), "admin-2": ("Sofia", "Lind")}  # two let a held feed in
ROLES = {
    "principal": Post.Role.PRINCIPAL,
    "siteAdministrator": Post.Role.OFFICE_MANAGER,
    "teacher": Post.Role.TEACHER,
}


@dataclass(frozen=True)
class Letter:
    """What a family holds in its hands."""

    child: str  # the cast's id
    student: str
    student_id: str
    born: date
    pin: str  # 8 digits


def make() -> None:
    """The accounts, links, posts and letters of the cast."""
    for adult in SIGNED_UP:
        person = _person(
            adult.given, adult.family, adult.email, Person.Kind.FAMILY, language=_language(adult.language)
        )
        rights = sorted(
            Guardianship.objects.filter(guardian__sourced_id=adult.id).select_related("student"), key=_eldest
        )
        Link.objects.bulk_create(
            Link(person=person, guardianship=right, number=number) for number, right in enumerate(rights, 1)
        )
    for staff in cast.STAFF:
        _post(
            _person(staff.given, staff.family, staff.email, Person.Kind.STAFF, subject=f"demo:{staff.id}"),
            Post.Role.REGISTRAR if staff == cast.VEGA else ROLES[staff.role],
            Org.objects.get(sourced_id=staff.school),
            gives_pins=staff.may_give_pins,
            employee=Employee.objects.filter(sourced_id=staff.id).first(),
        )
    region = _person(
        "Amara", "Cole", "amara.cole@schools.example.org", Person.Kind.STAFF, subject="demo:region-east"
    )
    _post(
        region,
        Post.Role.REGION_FAMILY_OFFICE,
        Org.objects.get(type="local", name="Region East"),
        gives_pins=True,
    )
    hotline = _person(
        "Priya", "Nair", "priya.nair@schools.example.org", Person.Kind.STAFF, subject="demo:hotline"
    )
    district = Org.objects.get(sourced_id="district")
    _post(hotline, Post.Role.FAMILY_HOTLINE, district, gives_pins=True)
    for name, (first, last) in ADMINISTRATORS.items():
        admin = _person(
            first,
            last,
            f"{first}.{last}@schools.example.org".lower(),
            Person.Kind.STAFF,
            subject=f"demo:{name}",
        )
        _post(admin, Post.Role.DISTRICT_ADMINISTRATOR, district, gives_pins=False)
    omar = _person(
        "Omar", "Vance", "omar.vance@schools.example.org", Person.Kind.STAFF, subject="demo:auditor"
    )
    _post(omar, Post.Role.AUDITOR, district, gives_pins=False)
    for child, adult in LETTERS:
        pins.give(_right(child.id, adult.id), by="Sample letter")


def letters() -> dict[str, list[Letter]]:
    """Unspent letters by the adult's sourced id, for the demo's own page."""
    found: dict[str, list[Letter]] = {}
    for child, adult in LETTERS:
        right = _right(child.id, adult.id)
        pin = right.pins.filter(pins.LIVE).first()
        if pin is not None:
            student = right.student
            letter = Letter(
                child.id, student.name, student.student_id, student.birth_date or date.min, pins.read(pin)
            )
            found.setdefault(adult.id, []).append(letter)
    return found


def _eldest(right: Guardianship) -> int:
    """Children are linked in the order of the cast."""
    return [child.id for child in cast.STUDENTS].index(right.student.sourced_id)


def _right(student: str, guardian: str) -> Guardianship:
    return Guardianship.objects.select_related("student").get(
        student__sourced_id=student, guardian__sourced_id=guardian
    )


def _person(first: str, last: str, email: str, kind: str, **more: str) -> Person:
    person = Person(
        kind=kind,
        first_name=first,
        last_name=last,
        email=email,
        email_key=email.casefold(),
        state=Person.State.ACTIVE,
        confirmed_at=now(),
        welcomed_at=now(),
        **more,
    )
    if kind == Person.Kind.FAMILY:
        person.set_password(PASSWORD)
    else:
        person.set_unusable_password()
    person.save()
    return person


def _post(person: Person, role: str, place: Org, gives_pins: bool, employee: Employee | None = None) -> None:
    Post.objects.create(
        person=person,
        role=role,
        place=place,
        gives_pins=gives_pins,
        employee=employee,
        begins_at=now() - timedelta(days=30),
    )


def _language(code: str) -> str:
    return code if code in settings.DISTRICT.languages else "en"
