"""The front door of assignments: what is not turned in, what is due, what was graded."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.gradebook.feed import feeds
from portal.record.section import Group, Page, Section
from portal.sections.assignments.home import ahead, home
from portal.sections.assignments.reading import family, read, read_one
from portal.sections.assignments.timeline import events, sentences

section = Section(
    key="assignments",
    title=_("Assignments"),
    icon="clipboard-text",
    group=Group.EVERY_DAY,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    family=family,
    ahead=ahead,
    feeds=feeds,
    events=events,
    sentences=sentences,
    pages=(Page("work", "<ref:item>/", read_one, "assignments/work.html", _("Assignment")),),
)
