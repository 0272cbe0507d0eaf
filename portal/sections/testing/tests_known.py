"""What the codes of tests are called, and which of them keep one scale over the years."""

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

# By testCode. %(subject)s stands where the test has several.
NAMES: dict[str, Words] = {
    "SBAC": _("State test: %(subject)s (CAASPP)"),
    "CAST": _("State test: Science (CAST)"),
    "CAA": _("State test with alternate goals: %(subject)s (CAA)"),
    "CSA": _("State test of Spanish (CSA)"),
    "PFT": _("Physical Fitness Test"),
    "DIBELS": _("Reading screener (DIBELS)"),
    "LECTURA": _("Reading screener in Spanish (Lectura)"),
    "IREADY": _("Check of %(subject)s during the year (i-Ready)"),
    "PSAT89": _("PSAT 8/9"),
    "PSAT": _("PSAT/NMSQT"),
    "SAT": _("SAT"),
    "ACT": _("ACT"),
    "AP": _("AP exam: %(subject)s"),
    "IB": _("IB exam: %(subject)s"),
}
SUBJECTS: dict[str, Words] = {
    "ELA": _("English"),
    "MATH": _("Math"),
    "READING": _("Reading"),
    "SCIENCE": _("Science"),
}
# What a score says that is no number. Source: CAASPP condition codes.
NOT_TESTED: dict[str, Words] = {
    "PGE": _("Not tested: a parent asked for this in writing."),
    "NTE": _("Not tested: there was a medical emergency."),
    "INC": _("The test was not finished."),
}
ONE_SCALE = ("SBAC", "IREADY", "SAT", "ACT")  # a later score may be set beside an earlier one
SCREENERS = (
    "DIBELS",
    "LECTURA",
)  # "may need support", never a diagnosis; not used for grades. Source: EC 53008
STATE_GRADES = ("03", "04", "05", "06", "07", "08", "11")  # that take the state tests of English and math
TESTED, RESULTS = (
    (3, 6),
    (6, 9),
)  # months of the state tests, and in which results come. Source: CAASPP calendar
ELSEWHERE = ("ELPAC", "ALTELPAC")  # shown under English Learner Progress


def subject(code: str) -> str:
    """The word for a subject as files write it; its own words for one we do not know."""
    return str(SUBJECTS.get(code.upper(), code))


def name(code: str, subject_code: str, given: str) -> str:
    """What a test is called; the school's own name for one we do not know."""
    words = str(NAMES.get(code, given))
    return words % {"subject": subject(subject_code)} if "%(subject)s" in words and code in NAMES else words
