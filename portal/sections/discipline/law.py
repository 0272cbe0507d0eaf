"""What California law says of discipline, as dated reference data: codes in neutral words, and the limits of days."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

# Source: Education Code 48900 to 48900.7 and 48915. Codes come as ext:48900f; the words are ours, without blame.
BEHAVIORS: dict[str, Words] = {
    "48900a1": _("A fight, or a threat to hurt someone"),
    "48900a2": _("Force against someone"),
    "48900b": _("An object that can hurt people"),
    "48900c": _("Alcohol or a drug"),
    "48900d": _("Something passed off as a drug"),
    "48900e": _("Taking something by force or threat"),
    "48900f": _("Damage to school or private property"),
    "48900g": _("Taking something that belongs to others"),
    "48900h": _("Tobacco or vaping"),
    "48900i": _("Offensive language or act"),
    "48900j": _("Equipment for drugs"),
    "48900k": _("Disturbing class or not following directions"),
    "48900l": _("Having something that was taken from others"),
    "48900m": _("A copy of a firearm"),
    "48900n": _("Sexual assault or battery"),
    "48900o": _("Pressure on a student who is a witness"),
    "48900p": _("The prescription drug Soma"),
    "48900q": _("Hazing"),
    "48900r": _("Bullying, also by phone or online"),
    "48900t": _("Helping to hurt someone"),
    "48900.2": _("Sexual harassment"),
    "48900.3": _("An act of hate"),
    "48900.4": _("Harassment that made school feel unsafe"),
    "48900.7": _("A threat against people at school"),
    "48915": _("An act for which the law lets a school ask for expulsion"),
}
DEFIANCE = "ext:48900k"


@dataclass(frozen=True)
class Limits:
    """What a suspension may be; all in school days."""

    begins: date
    each: int  # days in a row
    year: int  # days in one school year
    year_after_transfer: int  # the same when the student changed schools for an adjustment
    manifestation_after: int  # days out in a year, after which a plan's team must meet
    expulsion_appeal: int  # calendar days to appeal to the county board of education
    correction_meeting: (
        int  # calendar days in which the superintendent meets a parent who asks to correct the record
    )
    source: str


LIMITS = (
    Limits(
        begins=date(1983, 7, 28),
        each=5,
        year=20,
        year_after_transfer=30,
        manifestation_after=10,
        expulsion_appeal=30,
        correction_meeting=30,
        source="Education Code 48903, 48911, 48919, 49070; 34 CFR 300.530",
    ),
)

# Nobody is suspended for code (k) alone before this day. Source: Education Code 48900(k) as amended by SB 274 (2023).
NO_SUSPENSION_FOR_DEFIANCE_BEFORE = date(2029, 7, 1)


def limits(on: date) -> Limits:
    """The limits in force on a day."""
    return max((each for each in LIMITS if each.begins <= on), key=lambda each: each.begins)
