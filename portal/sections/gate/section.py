"""The front door of GATE: identified in what, what is under way, and how to ask for a screening."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Section
from portal.sections.gate.feed import feed
from portal.sections.gate.home import home
from portal.sections.gate.reading import read
from portal.sections.gate.timeline import events, sentences

section = Section(
    key="gate",
    title=_("GATE Programs"),
    icon="star",
    group=Group.LEARNING,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    feeds=(feed,),
    events=events,
    sentences=sentences,
)
