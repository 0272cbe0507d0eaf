"""What the school did with some records before the demo began: looks to read on the privacy pages, and open cases."""

from datetime import timedelta

from django.conf import settings
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.audit.models import Access, Purpose
from portal.demo.district import cast
from portal.demo.district.people import Staff
from portal.family.models import Guardianship
from portal.people.models import Person
from portal.privacy.models import Correction, Question
from portal.students.models import Student

# Days ago, who, section, action, purpose.
OF_ANA = (
    (1, cast.LEE, "card", "see", Purpose.HELPING),
    (1, cast.LEE, "attendance", "see", Purpose.HELPING),
    (4, cast.PIERCE, "grades", "see", Purpose.OTHER),
    (40, cast.LEE, "card", "see", Purpose.VERIFICATION),
)
OWN_WORDS = "Meeting about next year's classes"


def make() -> None:
    """Looks at Ana's record; a request for a correction and a question of her mother, both waiting for the school."""
    right = Guardianship.objects.select_related("student").get(
        student__sourced_id=cast.ANA.id, guardian__sourced_id=cast.MARISOL.id
    )
    ana, mother = right.student, Person.objects.get(email_key=cast.MARISOL.email)
    rows = [_look(ana, *said) for said in OF_ANA]
    Access.objects.bulk_create(rows)
    case = {"student": ana, "person": mother, "guardianship": right}
    today, terms = localdate(), settings.DISTRICT.privacy
    Correction.objects.create(
        **case,
        section="attendance",
        item="The day of the dentist",
        wrong="It says that Ana was absent all day. She came back after lunch.",
        should="Absent in the morning only.",
        due_on=today + timedelta(days=terms.correction_days),
    )
    Question.objects.create(**case, access=rows[3], due_on=today + timedelta(days=2))


def _look(student: Student, days: int, staff: Staff, section: str, action: str, purpose: Purpose) -> Access:
    post = Post.objects.select_related("place", "person").get(person__subject=f"demo:{staff.id}")
    return Access(
        at=now() - timedelta(days=days),
        person=post.person,
        role=post.role,
        place=post.place.name,
        org=student.school,
        student=student,
        section=section,
        action=action,
        why="staff_at_the_school",
        purpose=purpose,
        purpose_words=OWN_WORDS if purpose == Purpose.OTHER else "",
    )
