"""What a day of a school's calendar is called: the usual names in the family's language, others as the school wrote them."""

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

# Source: California Education Code 37220, the holidays of schools; and what districts call the rest of their calendar.
USUAL: dict[str, Words] = {
    "Labor Day": _("Labor Day"),
    "Admission Day observed": _("Admission Day observed"),
    "Veterans Day": _("Veterans Day"),
    "Thanksgiving": _("Thanksgiving"),
    "Winter recess": _("Winter recess"),
    "Martin Luther King Jr. Day": _("Martin Luther King Jr. Day"),
    "Lincoln Day": _("Lincoln Day"),
    "Presidents' Day": _("Presidents' Day"),
    "March state holiday observed": _("March state holiday observed"),
    "Spring recess": _("Spring recess"),
    "Memorial Day": _("Memorial Day"),
    "Juneteenth": _("Juneteenth"),
    "Staff learning day, no school for students": _("Staff learning day, no school for students"),
}


def called(title: str) -> Words:
    """The name of a day as the family reads it."""
    return USUAL.get(title, title)
