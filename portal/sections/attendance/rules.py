"""What a rate of attendance is called: the district's levels, and what the state and the district call chronic."""

from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

# Lowest rate in percent of each level, before any rounding. In force since 2011.
# Source: the district's attendance goals (96 % or higher, at most 7 absences a year); the printed whole-number bands
# leave gaps, which the lower limits close.
LEVELS: tuple[tuple[Decimal, Words], ...] = (
    (Decimal(100), _("Advanced")),
    (Decimal(96), _("Proficient")),
    (Decimal(92), _("Basic")),
    (Decimal(87), _("Below Basic")),
    (Decimal(0), _("Far Below Basic")),
)
GOAL = Decimal(96)  # percent
STATE_CHRONIC = Decimal(10)  # percent of school days missed. Source: EC 60901(c)(1)
DISTRICT_CHRONIC = Decimal(9)  # percent of school days missed. Source: the district's attendance goals


def rate(missed: int, school_days: int) -> Decimal:
    """Percent of school days the student was there, one decimal, cut off so that no level is reached by rounding."""
    share = Decimal(100 * (school_days - missed)) / school_days
    return share.quantize(Decimal("0.1"), ROUND_DOWN)


def level(missed: int, school_days: int) -> Words:
    """The district's word for a rate."""
    share = Decimal(100 * (school_days - missed)) / school_days
    return next(words for least, words in LEVELS if share >= least)


def chronic(missed: int, school_days: int, percent: Decimal) -> bool:
    """Whether so much was missed, of the days school was open for the student."""
    return Decimal(100 * missed) >= percent * school_days
