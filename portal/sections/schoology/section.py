"""The front door of Schoology: the course site, or the plain word that it is not connected."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.gradebook.feed import feeds
from portal.record.section import Group, Section
from portal.sections.schoology.home import home
from portal.sections.schoology.reading import read

section = Section(
    key="schoology",
    title=_("Schoology"),
    icon="chalkboard-teacher",
    group=Group.TOOLS,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    roster=tuple(feed.file for feed in feeds),
)
