"""What stands on a Student ID Card."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.access.grant import Grant
from portal.sections.id_card.code128 import Barcode, barcode

YEAR_TURNS = 7  # month in which a card becomes that of the next school year
CRISIS_GRADES = ("07", "08", "09", "10", "11", "12")  # whose cards carry the two help lines. Source: EC 215.5
CRISIS_LINE = "988"
VIOLENCE_LINE = "+18007997233"


@dataclass(frozen=True)
class IdCard:
    """One card."""

    ref: str  # of the student
    name: str
    colour: int  # 1 to 8, for the initial that stands where a photo is missing
    school: str  # empty before a school is known
    school_phone: str
    grade: str  # in words
    student_id: str
    year: str  # 2026–27
    barcode: Barcode | None
    help_lines: bool  # the card carries the lines for a crisis and for violence at home


def read(grant: Grant) -> IdCard:
    """The card of one student, from the directory alone; no query."""
    student = grant.student
    starts = grant.on.year - (grant.on.month < YEAR_TURNS)
    return IdCard(
        ref=student.ref,
        name=student.name,
        colour=grant.child.colour if grant.child else 1,
        school=student.school.name if student.school else "",
        school_phone=student.school.office_phone if student.school else "",
        grade=student.grade_words,
        student_id=student.student_id,
        year=f"{starts}–{(starts + 1) % 100:02}",
        barcode=barcode(student.student_id),
        help_lines=student.grade in CRISIS_GRADES,
    )


def family(grants: Sequence[Grant]) -> tuple[IdCard, ...]:
    """The cards of all children, in the order they were linked."""
    return tuple(read(grant) for grant in grants)
