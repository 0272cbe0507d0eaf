"""What the numbers mean: points of marks, credits by grade, the subject areas of UC and CSU, what is due when.

Each rule says from when it holds and where it comes from.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

FIRST_GRADE = 6  # in which the page opens
FIRST_CREDIT_GRADE = 9

# Points of a letter; plus and minus change nothing. Source: the district's bulletin on grade point averages.
POINTS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}
COLLEGE_LETTERS = (
    "A",
    "B",
    "C",
)  # that count for UC and CSU. Source: UC A-G policy; CSU admission, grade C or better

# Credits at the end of a grade from which a student is on track, by the class (year of graduation) from which they hold.
# Source: the district's graduation requirements, classes of 2027 and later.
PACE: tuple[tuple[int, dict[int, int]], ...] = ((2027, {9: 50, 10: 105, 11: 160, 12: 210}),)

CREDITS_A_YEAR = 10  # of one course. Source: 5 credits a semester course


class Area(NamedTuple):
    """One subject area of UC and CSU admission."""

    letter: str
    name: Words
    years: int


# Since the entering class of 2003. Source: UC Quick Reference Guide to A-G; CSU uses the same list.
AREAS = (
    Area("a", _("History"), 2),
    Area("b", _("English"), 4),
    Area("c", _("Math"), 3),
    Area("d", _("Science"), 2),
    Area("e", _("Language other than English"), 2),
    Area("f", _("Visual and performing arts"), 1),
    Area("g", _("College-prep elective"), 1),
)


@dataclass(frozen=True)
class Step:
    """Something to do in one grade, with the day by which."""

    grade: int
    month: int
    day: int
    words: Words
    source: str

    def due(self, senior_june: int, grade: int) -> date:
        """The day in the school year of that grade; school years begin in July."""
        ends = senior_june - (12 - grade)
        return date(ends - (self.month >= 7), self.month, self.day)


STEPS = (
    Step(9, 5, 31, _("Make a four-year plan with the counselor."), "district"),
    Step(10, 10, 15, _("Take the PSAT at school. It is practice for the SAT."), "College Board"),
    Step(11, 10, 15, _("Take the PSAT/NMSQT. It can lead to a scholarship."), "College Board"),
    Step(11, 5, 31, _("Ask the counselor which college tests to take."), "district"),
    Step(12, 10, 1, _("The school sends the grade average for the Cal Grant, unless the family says no."), "EC 69432.9"),
    Step(12, 11, 30, _("Apply to UC and CSU. Applications open on October 1."), "UC and CSU admission"),
    Step(12, 3, 2, _("Send the FAFSA or the CADAA for money for college, or sign the form to opt out."), "EC 51225.7"),
)  # fmt: skip


def letter(mark: str) -> str:
    """A to F of a mark like B+; empty for a mark without points."""
    return mark[:1] if mark.rstrip("+-") in POINTS else ""


def average(marks: list[tuple[str, Decimal, Decimal]]) -> Decimal | None:
    """The grade point average, two places, halves up; None without a mark that has points.

    marks: letter, credits the course is worth, points added for honors and AP (only from C up).
    """
    worth = sum((credits for _letter, credits, _more in marks), Decimal(0))
    if not worth:
        return None
    total = sum(
        (POINTS[name] + (more if name in COLLEGE_LETTERS else 0)) * credits for name, credits, more in marks
    )
    return (Decimal(total) / worth).quantize(Decimal("0.01"), ROUND_HALF_UP)


def expected(grade: int, graduates: int) -> int:
    """Credits a student should have at the beginning of a grade."""
    pace = next((pace for since, pace in reversed(PACE) if graduates >= since), PACE[0][1])
    return pace.get(grade - 1, 0)
