"""How students come to GATE, as dated reference data: seven categories, when they open, and the windows of a year.

Source: the Gifted/Talented Programs pages of Los Angeles Unified, read in 2026. The windows are assumed.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.sections.gate.models import Category
from portal.students.models import GRADES


@dataclass(frozen=True)
class Way:
    """One category: the first grade in which it opens, and what happens."""

    category: Category
    from_grade: str  # CEDS code
    how: Words
    asked_for: bool  # whether a family asks; otherwise the school looks at the scores by itself


WAYS = (
    Way(Category.INTELLECTUAL, "KG", _("A district psychologist meets your child once, from the second semester of kindergarten."), True),
    Way(Category.HIGH_ACHIEVEMENT, "02", _("A group test in grade 2. From grade 5: high state test scores in English and math, two years in a row. The school checks by itself."), False),
    Way(Category.SPECIFIC_ACADEMIC, "05", _("High state test scores in English or math, three years in a row. The school checks by itself."), False),
    Way(Category.CREATIVE, "02", _("A collection of your child's work."), True),
    Way(Category.LEADERSHIP, "02", _("A collection of what your child has led."), True),
    Way(Category.VISUAL_ARTS, "02", _("Your child shows art work, in fall or spring."), True),
    Way(Category.PERFORMING_ARTS, "02", _("An audition in dance, drama or voice, in fall or spring."), True),
)  # fmt: skip


@dataclass(frozen=True)
class Band:
    """What a percentile of the psychologist's test is called. Both ends belong to it."""

    lowest: float
    highest: float | None  # None: and above
    words: Words


BANDS = (
    Band(95.0, 99.4, _("Gifted")),
    Band(99.5, 99.8, _("Highly Gifted Applicable")),
    Band(99.9, None, _("Highly Gifted")),
)


@dataclass(frozen=True)
class Window:
    """Days of a school year in which the school takes requests, both inclusive; by month and day."""

    first: tuple[int, int]
    last: tuple[int, int]


WINDOWS = (Window((9, 8), (10, 30)), Window((2, 1), (3, 19)))


@dataclass(frozen=True)
class Dates:
    """One window of one year."""

    first: date
    last: date

    def open_on(self, on: date) -> bool:
        return self.first <= on <= self.last


def band(percentile: float) -> Words:
    """The name of a percentile, rounded to a tenth; empty below the first band."""
    tenth = round(percentile, 1)
    return next(
        (each.words for each in reversed(BANDS) if tenth >= each.lowest),
        "",
    )


def next_window(on: date) -> Dates:
    """The window that is open on a day, or the next one."""
    windows = [
        Dates(date(year, *window.first), date(year, *window.last))
        for year in (on.year, on.year + 1)
        for window in sorted(WINDOWS, key=lambda each: each.first)
    ]
    return next(window for window in windows if window.last >= on)


def ways(grade: str) -> tuple[Way, ...]:
    """The categories that open in a grade."""
    if grade not in GRADES:
        return WAYS
    return tuple(way for way in WAYS if GRADES.index(way.from_grade) <= GRADES.index(grade))
