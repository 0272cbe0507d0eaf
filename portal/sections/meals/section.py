"""The front door of meals: what is for lunch, what is on the account, and what the household was granted."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Page, Section
from portal.sections.meals.feed import feeds
from portal.sections.meals.home import home
from portal.sections.meals.reading import read, read_status
from portal.sections.meals.timeline import events, sentences

section = Section(
    key="meals",
    title=_("Meals and Nutrition"),
    icon="fork-knife",
    group=Group.EVERY_DAY,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    feeds=feeds,
    events=events,
    sentences=sentences,
    pages=(Page("status", "status/", read_status, "meals/status.html", _("Meal status"), sensitive=True),),
)
