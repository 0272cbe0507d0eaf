"""What marks, weights and terms mean, in words."""

import re

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.record.gradebook.models import Mark
from portal.record.section import Words
from portal.web import formats

# Against the standards of a grade level. A feed's own words go before these.
STANDARDS = {
    "4": gettext_lazy("Goes beyond the goal for this grade level"),
    "3": gettext_lazy("Meets the goal for this grade level"),
    "2": gettext_lazy("Close to the goal for this grade level"),
    "1": gettext_lazy("Beginning to work toward the goal for this grade level"),
}
ANY = STANDARDS | {
    "P": gettext_lazy("Pass"),
    "NP": gettext_lazy("No pass"),
    "I": gettext_lazy("Incomplete"),
    "NM": gettext_lazy("No mark"),
    "W": gettext_lazy("Withdrawn"),
    "N/A": gettext_lazy("Not taught this term"),
}
HABITS = STANDARDS | {
    "E": gettext_lazy("Excellent"),
    "S": gettext_lazy("Satisfactory"),
    "U": gettext_lazy("Unsatisfactory"),
}
# What schools write in English, in lower case.
CATEGORIES: dict[str, Words] = {
    "homework": gettext_lazy("Homework"),
    "classwork": gettext_lazy("Classwork"),
    "quiz": gettext_lazy("Quiz"),
    "quizzes": gettext_lazy("Quizzes"),
    "test": pgettext_lazy("kind of work", "Test"),
    "tests": pgettext_lazy("kind of work", "Tests"),
    "project": gettext_lazy("Project"),
    "projects": gettext_lazy("Projects"),
    "participation": gettext_lazy("Participation"),
}
YEAR = r"(?P<year>\d{4}(-\d{2}(\d{2})?)?)"
TERMS = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (rf"fall semester {YEAR}", gettext_lazy("Fall semester %(year)s")),
        (rf"spring semester {YEAR}", gettext_lazy("Spring semester %(year)s")),
        (rf"trimester (?P<n>\d) {YEAR}", gettext_lazy("Trimester %(n)s, %(year)s")),
        (r"week (?P<n>\d+)", gettext_lazy("week %(n)s")),
    )
)
BY_TYPE = {kind: HABITS for kind in Mark.Type if kind not in (Mark.Type.ACADEMIC, Mark.Type.STANDARD)}


def of(kind: str, mark: str) -> str:
    """What a mark means; empty for one that says it by itself, like B+."""
    return str(BY_TYPE.get(kind, ANY).get(mark, ""))  # type: ignore[call-overload]


def kind(code: str) -> Words:
    """The name of a type of mark, the district's own word for a type of its own."""
    if code in Mark.Type.values:
        return Mark.Type(code).label
    token = code.removeprefix("ext:")
    return settings.DISTRICT.labels.get("reportCardMarks", {}).get(token) or token


def category(title: str) -> Words:
    """A kind of work in the family's language, where we know the school's word for it."""
    return CATEGORIES.get(title.casefold().strip(), title)


def term(title: str) -> str:
    """What the school calls a term, in the family's language where every part of it is known."""
    said = [_part_of_a_term(part.strip()) for part in title.split(",")]
    return formats.listed(said) if all(said) else title


def _part_of_a_term(part: str) -> Words | None:
    for pattern, words in TERMS:
        if found := pattern.fullmatch(part):
            return words % {name: text.replace("-", "–") for name, text in found.groupdict().items()}
    return None


def weight(title: str, percent: int) -> str:
    """How much a kind of work counts: "Tests count for half."

    English needs to know whether the title is a plural, and most schools write titles in English.
    """
    shares = {
        100: (_("%(title)s counts for the whole grade."), _("%(title)s count for the whole grade.")),
        75: (_("%(title)s counts for three quarters."), _("%(title)s count for three quarters.")),
        50: (_("%(title)s counts for half."), _("%(title)s count for half.")),
        25: (_("%(title)s counts for a quarter."), _("%(title)s count for a quarter.")),
    }
    other = (_("%(title)s counts for %(percent)s."), _("%(title)s count for %(percent)s."))
    one, many = shares.get(percent, other)
    words = many if title.endswith("s") and not title.endswith("ss") else one
    return words % {"title": title, "percent": formats.percent(percent)}
