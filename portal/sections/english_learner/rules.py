"""What the state and the district say of learning English, as dated reference data."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.record.scores import ranges
from portal.record.scores.ranges import Ranges
from portal.record.section import Words
from portal.sections.english_learner.models import Criterion, Status
from portal.students.models import GRADES

TESTED = (
    "KG",
    *(f"{n:02}" for n in range(1, 13)),
)  # grades that take the ELPAC; transitional kindergarten does not
FOLLOW_UP_YEARS = 4  # after reclassification. Source: 5 CCR 11304; ESSA 3121(a)(5)

# The Summative ELPAC is given from February 1 to May 31, by month and day. Source: 5 CCR 11518.15. The Summative Alternate
# ELPAC now too (https://www.elpac.org/test-administration/summative-alternate/); its first time ended on February 15, 2022.
WINDOW = ((2, 1), (5, 31))


# By the test codes of testScores.csv. The alternate test is for students with the most significant cognitive disabilities.
ELPAC, ALTERNATE = "ELPAC", "ALTELPAC"
TESTS = (ELPAC, ALTERNATE)


@dataclass(frozen=True)
class Levels:
    """Overall scale scores of a Summative ELPAC for grades, from one day on."""

    test: str
    begins: date
    source: str
    names: tuple[Words, ...]  # of the levels, from low to high
    meets: Words  # what the first criterion of reclassification asks: the highest level
    ranges: dict[str, Ranges]  # by grade


# The first criterion: EC 313(f), 5 CCR 11303. Of the ELPAC, overall level 4: the State Board of Education, January 2019, for
# every test since 2018-19. Of the Alternate ELPAC, overall level 3: the State Board of Education, May 2023, for every test
# since 2022-23. For its first year, 2021-22, no level of the state's was found; a result of that year is no longer a criterion.
# Sources: the state's letters to districts on reclassification, September 2, 2019
# (https://www.cde.ca.gov/sp/el/rd/reclass1920.asp) and June 13, 2023 (https://www.cde.ca.gov/sp/el/rd/elpacltr.asp); the second
# decision as Sonoma County's office of education tells it (http://www.scoe.org/pub/htdocs/dnews-archive-el.html?dnews_id=1260).
LEVELS = (
    Levels(
        test=ELPAC,
        begins=date(2018, 7, 1),
        source="ETS for the California Department of Education, ELPAC score ranges, 2018-19 forward",
        names=(
            _("Beginning to Develop"),
            _("Somewhat Developed"),
            _("Moderately Developed"),
            _("Well Developed"),
        ),
        meets=_("Overall level 4 of 4"),
        ranges=ranges.ELPAC,
    ),
    Levels(
        test=ALTERNATE,
        begins=date(2021, 7, 1),
        # Given since November 1, 2021; the State Board approved its ranges in May 2022 (letter of June 13, 2023, above).
        source="ETS for the California Department of Education, Summative Alternate ELPAC overall scale score ranges",
        names=(
            _("Novice English Learner"),
            _("Intermediate English Learner"),
            _("Fluent English Proficient"),
        ),
        meets=_("Overall level 3 of 3"),
        ranges=ranges.ALTERNATE_ELPAC,
    ),
)


@dataclass(frozen=True)
class Target:
    """What the district asks for the criteria it sets itself, in the grades from first to last."""

    begins: date
    first: str  # CEDS codes
    last: str
    teacher: Words
    basic_skills: Words


# Assumed: the district's bulletin changes yearly; the school's own target goes before these.
TARGETS = (
    Target(date(2026, 7, 1), "KG", "02", _("A mark of 3 or 4 in English"), _("DIBELS at grade level")),
    Target(date(2026, 7, 1), "03", "05", _("A mark of 3 or 4 in English"), _("i-Ready or the state test at grade level")),
    Target(date(2026, 7, 1), "06", "12", _("A grade of C or better in English"), _("i-Ready or the state test at grade level")),
)  # fmt: skip


def elpac_level(grade: str, score: int, on: date, test: str = ELPAC) -> int | None:
    """The overall level, from 1, of a scale score; None for a grade that is not tested or a score that cannot be."""
    found = elpac(on, test).ranges.get(grade)
    if found is None or not found.begins[0] <= score <= found.most:
        return None
    return found.level(score)


def elpac_bands(grade: str, on: date, test: str = ELPAC) -> tuple[tuple[Words, int, int], ...]:
    """Name, first and last score of each level for a grade; none for a grade that is not tested."""
    levels = elpac(on, test)
    if grade not in levels.ranges:
        return ()
    bands = levels.ranges[grade].bands
    return tuple((name, first, last) for name, (first, last) in zip(levels.names, bands, strict=True))


def elpac(on: date, test: str = ELPAC) -> Levels:
    """The levels of a test in force on a day; its first ones before that."""
    mine = sorted((each for each in LEVELS if each.test == test), key=lambda each: each.begins)
    return next((each for each in reversed(mine) if each.begins <= on), mine[0])


def next_window(on: date) -> tuple[date, date]:
    """First and last day of the test that runs on a day, or of the next one."""
    (first_month, first_day), (last_month, last_day) = WINDOW
    year = on.year if on <= date(on.year, last_month, last_day) else on.year + 1
    return date(year, first_month, first_day), date(year, last_month, last_day)


def targets(grade: str, on: date, test: str = ELPAC) -> dict[str, Words]:
    """What each criterion asks in a grade, in the order in which families read them. test: the one the student takes."""
    found = next(
        (
            each
            for each in sorted(TARGETS, key=lambda each: each.begins, reverse=True)
            if grade in GRADES
            and GRADES.index(each.first) <= GRADES.index(grade) <= GRADES.index(each.last)
            and each.begins <= on
        ),
        None,
    )
    return {
        Criterion.Kind.ASSESSMENT: elpac(on, test).meets,
        Criterion.Kind.TEACHER: found.teacher if found else "",
        Criterion.Kind.BASIC_SKILLS: found.basic_skills if found else "",
        Criterion.Kind.PARENT: _("The school talks with you"),
    }


def long_term(grade: str, years: float) -> str:
    """atRisk from 4 years in grades 3 to 12, longTerm from 6 years in grades 6 to 12; otherwise empty.

    Source: EC 313.1, with the bounds the district uses (4 to 5.9 years, 6 and more).
    """
    if grade in GRADES[GRADES.index("06") : GRADES.index("12") + 1] and years >= 6:
        return Status.LongTerm.LONG_TERM
    if grade in GRADES[GRADES.index("03") : GRADES.index("12") + 1] and years >= 4:
        return Status.LongTerm.AT_RISK
    return ""


def followed_until(reclassified_on: date) -> date:
    """The last day of the follow-up after reclassification."""
    try:
        return reclassified_on.replace(year=reclassified_on.year + FOLLOW_UP_YEARS)
    except ValueError:
        return date(reclassified_on.year + FOLLOW_UP_YEARS, 3, 1)
