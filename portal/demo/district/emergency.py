"""Whom the schools of the sample district call, and what they must know of a child's health."""

from collections.abc import Iterator

from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.draw import draw_for
from portal.demo.district.people import Student

OTHERS = (
    ("Rosa", "grandparent"), ("Walter", "neighbor"), ("Mina", "friend"), ("Teresa", "relative"), ("Dong-hyun", "neighbor"),
    ("Anahit", "grandparent"), ("Gloria", "babysitter"), ("Viktor", "relative"),
)  # fmt: skip
FAMILIES = ("Alvarez", "Brooks", "Park", "Santos", "Grigoryan", "Nguyen", "Petrov", "Lopez")
ALERTS = (
    ("allergy", "Peanuts. Carries an injector; a second one is in the health office.", "severe", "true"),
    ("condition", "Asthma. Inhaler before sports.", "moderate", "true"),
    ("medication", "Takes a tablet at noon in the health office.", "low", "false"),
    ("device", "Wears a hearing aid on the left.", "low", "false"),
)


def write(extra: Bundle, students: tuple[Student, ...]) -> None:
    """emergencyContacts.csv and medicalAlerts.csv of these students."""
    extra.write("emergencyContacts", [row for student in students for row in _people(student)])
    extra.write("medicalAlerts", [row for student in students for row in _alerts(student)])


def _people(student: Student) -> Iterator[Row]:
    """The parents who may be called, in the order of their ties, then somebody near."""
    called = [tie for tie in student.ties if tie.restriction == "none"]
    for place, tie in enumerate(sorted(called, key=lambda tie: tie.priority), 1):
        adult = tie.adult
        yield (
            f"{student.id}.{adult.id}.call", student.id, place, adult.given, adult.family, tie.relationship, adult.mobile,
            "mobile", adult.home, adult.email, adult.language, "true", adult.id,
        )  # fmt: skip
    chance = draw_for("emergency", student.id)
    given, relationship = chance.choice(OTHERS)
    phone = f"+1213555{chance.randrange(100, 200):04}"
    yield (
        f"{student.id}.other.call", student.id, len(called) + 1, given, chance.choice(FAMILIES), relationship, phone,
        "mobile", "", "", "", "true" if relationship in ("grandparent", "relative") else "false", "",
    )  # fmt: skip


def _alerts(student: Student) -> Iterator[Row]:
    chance = draw_for("health", student.id)
    if chance.random() < 0.08:
        category, summary, severity, plan = chance.choice(ALERTS)
        yield (f"{student.id}.alert", student.id, category, summary, severity, plan, "", "")
