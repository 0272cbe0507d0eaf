"""Which shots California asks of a student, as dated reference data, and what is still missing on a day.

Source: California Department of Public Health, 17 CCR 6025 to 6051, in force since July 1, 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.sections.immunizations.models import Vaccine

SCHOOL_GRADES = ("TK", "KG", *(f"{n:02}" for n in range(1, 13)))
GRACE = timedelta(days=4)  # a dose this much before a minimum age counts
ORAL_POLIO = frozenset({"02", "2", "178", "179", "182"})  # CVX codes
ORAL_POLIO_UNTIL = date(2016, 4, 1)  # given on or after this day, oral polio does not count


@dataclass(frozen=True)
class Fewer:
    """Fewer doses are enough when one was given on or after a birthday."""

    doses: int
    birthday: int  # years


@dataclass(frozen=True)
class Requirement:
    """What one vaccine needs. Doses of `counts` are counted together."""

    vaccine: Vaccine
    counts: tuple[Vaccine, ...]
    doses: int
    grades: tuple[str, ...]  # CEDS codes
    fewer: tuple[Fewer, ...] = ()
    from_birthday: int = 0  # years; a dose before does not count
    latest: tuple[
        timedelta, ...
    ] = ()  # latest time from dose n to dose n + 1 for a student who is catching up
    latest_from_13: tuple[timedelta, ...] = ()  # the same where the dose before was given from 13 years on
    seventh: bool = False  # asked again of every student who comes to grade 7


@dataclass(frozen=True)
class Table:
    """The requirements in force from a day on."""

    begins: date
    source: str
    requirements: tuple[Requirement, ...]


def _weeks(n: int) -> timedelta:
    return timedelta(weeks=n)


def _months(n: int) -> timedelta:
    return timedelta(days=round(n * 365.25 / 12))


# The latest times of conditional admission (17 CCR 6035) are recalled, not re-checked in the source.
TABLES = (
    Table(
        begins=date(2019, 7, 1),
        source="CDPH, 17 CCR 6025 tables A and B, 6035; Health and Safety Code 120335, 120370",
        requirements=(
            Requirement(
                Vaccine.DTAP, (Vaccine.DTAP, Vaccine.TDAP), 5, SCHOOL_GRADES,
                fewer=(Fewer(4, 4), Fewer(3, 7)),
                latest=(_weeks(8), _weeks(8), _months(12), _months(12)),
            ),
            Requirement(
                Vaccine.POLIO, (Vaccine.POLIO,), 4, SCHOOL_GRADES,
                fewer=(Fewer(3, 4),), latest=(_weeks(8), _months(12), _months(12)),
            ),
            Requirement(
                Vaccine.HEPB, (Vaccine.HEPB,), 3, tuple(grade for grade in SCHOOL_GRADES if grade != "07"),
                latest=(_weeks(8), _months(12)),
            ),
            Requirement(Vaccine.MMR, (Vaccine.MMR,), 2, SCHOOL_GRADES, from_birthday=1, latest=(_months(4),)),
            Requirement(
                Vaccine.VARICELLA, (Vaccine.VARICELLA,), 2, SCHOOL_GRADES, latest=(_months(6),),
                latest_from_13=(_weeks(8),), seventh=True,
            ),
            Requirement(
                Vaccine.TDAP, (Vaccine.TDAP,), 1, SCHOOL_GRADES[SCHOOL_GRADES.index("07"):], from_birthday=7,
                seventh=True,
            ),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """One dose as the rules read it."""

    vaccine: str
    on: date
    cvx: str = ""


@dataclass(frozen=True)
class Count:
    """Where a student stands with one requirement by the dates alone."""

    needed: int  # doses
    valid: tuple[date, ...]  # doses that count, oldest first
    due_on: date | None  # latest day for the next dose, when the series has begun

    @property
    def met(self) -> bool:
        return len(self.valid) >= self.needed

    @property
    def missing(self) -> int:
        return max(self.needed - len(self.valid), 0)


def table(on: date) -> Table:
    """The requirements in force on a day."""
    return max(
        (each for each in TABLES if each.begins <= on), key=lambda each: each.begins, default=TABLES[0]
    )


def asked(grade: str, on: date) -> tuple[Requirement, ...]:
    """What is asked of a student in a grade; nothing below transitional kindergarten, where other rules hold."""
    return tuple(each for each in table(on).requirements if grade in each.grades)


def asked_next(grade: str, on: date) -> tuple[Requirement, ...]:
    """What grade 7 will ask of a student who is in grade 6 now."""
    return tuple(each for each in table(on).requirements if each.seventh and grade == "06")


def count(requirement: Requirement, doses: Sequence[Given], born: date | None) -> Count:
    """Doses needed and valid. Two doses on one day count once; without a birth date no age is judged."""
    days = sorted({dose.on for dose in doses if _counts(requirement, dose, born)})
    needed = requirement.doses
    for fewer in requirement.fewer:
        if born and days and any(day >= birthday(born, fewer.birthday) - GRACE for day in days):
            needed = min(needed, fewer.doses)
    due_on = None
    older = born and days and days[-1] >= birthday(born, 13)
    latest = (requirement.latest_from_13 if older else ()) or requirement.latest
    if 0 < len(days) < needed and len(days) <= len(latest):
        due_on = days[-1] + latest[len(days) - 1]
    return Count(needed=needed, valid=tuple(days), due_on=due_on)


def birthday(born: date, years: int) -> date:
    """The day someone turns so many years old; a birthday on February 29 counts from March 1."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _counts(requirement: Requirement, dose: Given, born: date | None) -> bool:
    if dose.vaccine not in requirement.counts:
        return False
    if dose.vaccine == Vaccine.POLIO and dose.cvx in ORAL_POLIO and dose.on >= ORAL_POLIO_UNTIL:
        return False
    if requirement.from_birthday and born:
        return dose.on >= birthday(born, requirement.from_birthday) - GRACE
    return True
