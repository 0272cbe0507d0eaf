"""State codes in plain words and the clocks of the law, as dated reference data."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

# Source: CALPADS disability categories, 34 CFR 300.8.
DISABILITIES: dict[str, Words] = {
    "210": _("Intellectual disability"),
    "220": _("Hard of hearing"),
    "230": _("Deafness"),
    "240": _("Speech or language impairment"),
    "250": _("Visual impairment"),
    "260": _("Emotional disability"),
    "270": _("Orthopedic impairment"),
    "280": _("Other health impairment"),
    "281": _("Established medical disability, ages 3 to 5"),
    "290": _("Specific learning disability"),
    "300": _("Deaf-blindness"),
    "310": _("Multiple disabilities"),
    "320": _("Autism"),
    "330": _("Traumatic brain injury"),
}


@dataclass(frozen=True)
class Help:
    """A service by its state code: its name, other names feeds give it, and what it is."""

    name: Words
    english: tuple[str, ...]  # in lower case
    meaning: Words


# Source: CALPADS special education services; the codes are recalled, not re-checked.
SERVICES: dict[str, Help] = {
    "330": Help(_("Specialized academic instruction"), ("specialized academic instruction", "sai"), _("Lessons taught in a way that fits your child")),
    "340": Help(_("Intensive individual services"), ("intensive individual services",), _("One adult helps your child for much of the day")),
    "415": Help(_("Language and speech"), ("language and speech", "speech and language", "speech therapy"), _("Help with speaking, hearing words and being understood")),
    "425": Help(_("Adapted physical education"), ("adapted physical education", "adapted pe"), _("Sports and games changed to fit your child")),
    "435": Help(_("Health and nursing"), ("health and nursing",), _("A nurse helps with health needs at school")),
    "436": Help(_("Health and nursing"), (), _("A nurse helps with health needs at school")),
    "445": Help(_("Assistive technology"), ("assistive technology",), _("Tools and devices that help your child learn")),
    "450": Help(_("Occupational therapy"), ("occupational therapy", "ot"), _("Help with hands, writing and daily tasks")),
    "460": Help(_("Physical therapy"), ("physical therapy", "pt"), _("Help with moving, walking and balance")),
    "510": Help(_("Individual counseling"), ("individual counseling",), _("Your child talks with a counselor alone")),
    "515": Help(_("Counseling and guidance"), ("counseling and guidance",), _("Help with feelings, friends and school")),
    "525": Help(_("Social work services"), ("social work services", "social work"), _("Help for your child and family outside class")),
    "530": Help(_("Psychological services"), ("psychological services",), _("A school psychologist helps your child")),
    "535": Help(_("Behavior intervention"), ("behavior intervention", "behavior intervention services"), _("A plan that helps your child with behavior")),
    "720": Help(_("Audiology"), ("audiology",), _("Help with hearing and hearing aids")),
    "725": Help(_("Vision services"), ("vision services",), _("Help with seeing and reading")),
    "730": Help(_("Orientation and mobility"), ("orientation and mobility",), _("Learning to move around safely with low vision")),
    "820": Help(_("College awareness"), ("college awareness",), _("Getting to know college")),
    "840": Help(_("Career awareness"), ("career awareness",), _("Getting to know jobs and careers")),
}  # fmt: skip


@dataclass(frozen=True)
class Clocks:
    """How long things may take."""

    begins: date
    plan_days: int  # from the request to an assessment plan
    meeting_days: int  # from the signed assessment plan to the IEP meeting; long school holidays do not count
    yearly_months: int
    three_yearly_months: int
    records_days: int  # business days to get copies of the records
    source: str


CLOCKS = (
    Clocks(
        begins=date(2010, 1, 1),
        plan_days=15,
        meeting_days=60,
        yearly_months=12,
        three_yearly_months=36,
        records_days=5,
        source="Education Code 56043, 56321, 56343, 56344, 56381, 56504",
    ),
)


def clocks(on: date) -> Clocks:
    """The clocks in force on a day."""
    return max(
        (each for each in CLOCKS if each.begins <= on), key=lambda each: each.begins, default=CLOCKS[0]
    )


def disability(said: str) -> Words:
    """The category in words; what the school wrote where it is no state code, "Other" for a code we do not know."""
    if said.isdigit() or said.startswith("ext:"):
        return DISABILITIES.get(said) or (_("Other") if said else "")
    return said


def service(said: str) -> Help:
    """What a service is, by its state code at the front or by its name; with no meaning where we know none."""
    code = said[:3]
    if code in SERVICES and not said[3:4].isalnum():
        return SERVICES[code]
    name = said.casefold().replace("&", "and").strip()
    for known in SERVICES.values():
        if name in known.english:
            return known
    return Help(_("Other") if said.isdigit() or said.startswith("ext:") else said, (), "")


def assessment_plan_by(asked_on: date, on: date) -> date:
    """The last day for the assessment plan after a request."""
    return asked_on + timedelta(days=clocks(on).plan_days)


def meeting_by(signed_on: date, on: date) -> date:
    """The last day for the IEP meeting after the assessment plan was signed, without long school holidays."""
    return signed_on + timedelta(days=clocks(on).meeting_days)


def yearly_by(since: date, on: date) -> date:
    return _months_later(since, clocks(on).yearly_months)


def three_yearly_by(since: date, on: date) -> date:
    return _months_later(since, clocks(on).three_yearly_months)


def _months_later(day: date, months: int) -> date:
    """The same day whole years later; February 29 becomes March 1."""
    years, rest = divmod(months, 12)
    assert not rest, "the clocks run in whole years"
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
