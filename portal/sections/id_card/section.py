"""The front door of the ID card: one card, a larger one to hold up, and all children's cards at once."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Page, Section
from portal.sections.id_card.home import home
from portal.sections.id_card.reading import family, read

section = Section(
    key="id-card",
    title=_("Student ID Card"),
    icon="identification-card",
    group=Group.TOOLS,
    may_see=(rules.guardian_of_an_enrolled_student, rules.staff_at_the_school),
    read=read,
    home=home,
    family=family,
    family_address=("id-cards/", "id_cards"),
    pages=(Page("big", "big/", read, "id-card/big.html", _("Bigger card")),),
    roster=("users.csv",),
)
