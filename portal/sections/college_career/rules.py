"""What the numbers mean: points of marks, credits by grade, the diploma, the subject areas of UC and CSU, what is due when.

Each rule says from when it holds and where it comes from.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from portal.record.gradebook.averages import POINTS
from portal.record.section import Words

FIRST_GRADE = 6  # in which the page opens
FIRST_CREDIT_GRADE = 9

# Letters that count for UC and CSU. Source: UC A-G policy; CSU admission, grade C or better.
COLLEGE_LETTERS = ("A", "B", "C")

# Credits at the end of a grade from which a student is on track, by the class (year of graduation) from which they hold.
# Source: the district's graduation requirements, classes of 2027 and later.
PACE: tuple[tuple[int, dict[int, int]], ...] = ((2027, {9: 50, 10: 105, 11: 160, 12: 210}),)

CREDITS_A_YEAR = 10  # of one course. Source: 5 credits a semester course
CREDITS_A_SEMESTER = 5


class Required(NamedTuple):
    """One requirement of the district's diploma."""

    official: str  # its name in the district's own list; so it comes in requirementName
    words: Words
    credits: int


# By the class (year of graduation) from which they hold; 210 credits, passed with a D or better.
# Source: the district's graduation requirements, classes of 2027 and later.
DIPLOMA: tuple[tuple[int, tuple[Required, ...]], ...] = (
    (
        2027,
        (
            Required("History and social science", _("History and social science"), 20),
            Required("English", _("English"), 40),
            Required("Mathematics", _("Mathematics"), 30),
            Required("Laboratory science", _("Laboratory science"), 20),
            Required("Language other than English", _("Language other than English"), 20),
            Required("Visual and performing arts", _("Visual and performing arts"), 10),
            Required("College-prep elective", _("College-prep elective"), 10),
            Required("Principles of American Democracy", _("Principles of American Democracy"), 5),
            Required("Economics", _("Economics"), 5),
            Required("Physical education", _("Physical education"), 20),
            Required("Health", _("Health"), 5),
            Required("Ethnic Studies", _("Ethnic Studies"), 5),
            Required("Electives", _("Electives"), 20),
        ),
    ),
)
_NAMES = {each.official.casefold(): each.words for _since, diploma in DIPLOMA for each in diploma}


class Area(NamedTuple):
    """One subject area of UC and CSU admission."""

    letter: str
    name: Words
    years: int


# Since the entering class of 2003. Source: UC Quick Reference Guide to A-G; CSU uses the same list.
AREAS = (
    Area("a", _("History and social science"), 2),
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


# A D or F in these areas is made good for the years asked for, not for the average, by a C or better further on in the same
# subject: in the second semester, or a higher class. Source: UC Validation Matrix (c and e; d for chemistry).
VALIDATED = ("c", "d", "e")
ELECTIVE = (
    "g"  # what is more than asked for in another area counts here. Source: UC A-G Policy Resource Guide
)
ONE_SUBJECT = "e"  # the years must be of one language. Source: UC A-G subject requirements, area E


class Omission(NamedTuple):
    """An area in which a C or better stands for the lower classes of its sequence that were never taken."""

    area: str
    since: int  # entering class: the year of graduation
    never: tuple[int, ...]  # semesters of the sequence for which no other class stands
    source: str


OMITTED = (
    Omission("c", 2015, (3, 4), "UC Validation Matrix, mathematics: nothing stands for the year of geometry"),
    Omission("e", 2013, (), "UC Validation Matrix, language other than English"),
)

# The average of UC and CSU: A-G classes from the summer after grade 9 to the summer after grade 11; one point more for each
# semester of UC honors, AP, IB or college with a C or better, at most eight, of them four in grade 10.
# Source: UC, "How to calculate your GPA"; CSU uses the same. Neither rounds up.
COLLEGE_GRADES = (10, 11)
MOST_HONORS, MOST_HONORS_IN_10 = 8, 4  # semesters
# What residents of California need at least, since the entering class of 2021. Source: UC and CSU first-year admission.
UC_LEAST, CSU_LEAST = Decimal("3.00"), Decimal("2.50")

# The average the school sends for the Cal Grant: grades 10 and 11 with the summers after them, no point for honors, without
# physical education, JROTC and what does not count toward the diploma; of a class taken again after a D or F the latest mark.
# To the nearest hundredth. Since the class of 2001. Source: EC 69432.7 and 69432.9; CSAC, "High School GPA Calculation".
CAL_GRANT_GRADES = (10, 11)
CAL_GRANT_FIRST_SHOWN = 11  # grade

STEPS = (
    Step(9, 5, 31, _("Make a four-year plan with the counselor."), "district"),
    Step(10, 10, 15, _("Take the PSAT at school. It is practice for the SAT."), "College Board"),
    Step(11, 10, 15, _("Take the PSAT/NMSQT. It can lead to a scholarship."), "College Board"),
    Step(11, 5, 31, _("Ask the counselor which college tests to take."), "district"),
    Step(12, 10, 1, _("The school sends the grade average for the Cal Grant, unless the family says no."), "EC 69432.9"),
    Step(12, 11, 30, _("Apply to UC and CSU. Applications open on October 1."), "UC and CSU admission"),
    Step(12, 3, 2, _("Send the FAFSA or the CADAA for money for college, or sign the form to opt out."), "EC 51225.7"),
)  # fmt: skip


class CollegeMark(NamedTuple):
    """One final mark in an A-G class."""

    letter: str
    semesters: Decimal
    grade: int  # in which it was taken; of a summer class, the grade before it
    summer: bool
    honors: bool  # UC honors, AP, IB or a college class


def college_average(marks: Sequence[CollegeMark]) -> Decimal | None:
    """The weighted and capped average of UC and CSU, two places, never rounded up; None without a mark that counts."""
    counted = [mark for mark in marks if mark.grade in COLLEGE_GRADES or (mark.summer and mark.grade == 9)]
    semesters = sum((mark.semesters for mark in counted), Decimal(0))
    if not semesters:
        return None
    points = sum((POINTS[mark.letter] * mark.semesters for mark in counted), Decimal(0))
    honors = [mark for mark in counted if mark.honors and mark.letter in COLLEGE_LETTERS]
    in_11 = sum((mark.semesters for mark in honors if mark.grade == 11), Decimal(0))
    in_10 = sum((mark.semesters for mark in honors if mark.grade != 11), Decimal(0))
    more = min(in_11 + min(in_10, Decimal(MOST_HONORS_IN_10)), Decimal(MOST_HONORS))
    return ((points + more) / semesters).quantize(Decimal("0.01"), ROUND_DOWN)


class GrantMark(NamedTuple):
    """One final mark in a class that counts for the Cal Grant."""

    letter: str
    semesters: Decimal
    grade: int  # in which it was taken; of a summer class, the grade before it
    course: str  # the same for a class taken again
    when: tuple[int, bool]  # school year, and whether in the summer after it


def cal_grant_average(marks: Sequence[GrantMark]) -> Decimal | None:
    """The average of the Cal Grant, two places, halves up; None without a mark that counts."""
    counted = sorted((mark for mark in marks if mark.grade in CAL_GRANT_GRADES), key=lambda mark: mark.when)
    weighs = [mark.semesters for mark in counted]
    for at, mark in enumerate(counted):
        again = mark.semesters  # each half of a class stands for one earlier half of it, the lowest first
        low = [n for n in range(at) if counted[n].letter not in COLLEGE_LETTERS]
        for n in sorted(low, key=lambda n: POINTS[counted[n].letter]):
            if counted[n].course == mark.course and counted[n].when < mark.when:
                gone = min(again, weighs[n])
                again, weighs[n] = again - gone, weighs[n] - gone
    semesters = sum(weighs, Decimal(0))
    if not semesters:
        return None
    points = sum((POINTS[mark.letter] * n for mark, n in zip(counted, weighs, strict=True)), Decimal(0))
    return (points / semesters).quantize(Decimal("0.01"), ROUND_HALF_UP)


class LeftOut(NamedTuple):
    """What was never taken of one sequence, in semesters."""

    stood_for: int = 0  # a later class stands for it
    missing: int = 0  # nothing does


def left_out(area: str, graduates: int, good: Collection[int], taken: Collection[int]) -> LeftOut:
    """good: semesters passed with a C or better.  taken: those with any mark."""
    rule = next((each for each in OMITTED if each.area == area and graduates >= each.since), None)
    if rule is None or not good:
        return LeftOut()
    open_ones = [step for step in range(1, max(good)) if step not in taken]
    missing = sum(step in rule.never for step in open_ones)
    return LeftOut(len(open_ones) - missing, missing)


def expected(grade: int, graduates: int, required: Decimal | None = None) -> Decimal:
    """Credits a student should have at the beginning of a grade.

    required: what the school asks of this student in all; less, where the law shortens the way, makes the pace slower.
    """
    pace = next((pace for since, pace in reversed(PACE) if graduates >= since), PACE[0][1])
    most = Decimal(max(pace.values()))
    return Decimal(pace.get(grade - 1, 0)) * min(required or most, most) / most


def requirement(name: str) -> Words:
    """The district's official name in the family's language; any other as the school wrote it."""
    return _NAMES.get(name.strip().casefold(), name)
