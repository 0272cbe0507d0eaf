"""The front door of the timeline: what happened, newest first, whatever section it belongs to."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Section
from portal.sections.timeline.home import home
from portal.sections.timeline.reading import read

section = Section(
    key="timeline",
    title=_("Timeline"),
    icon="clock-counter-clockwise",
    group=Group.EVERY_DAY,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    visits=True,
)
