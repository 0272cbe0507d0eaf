"""The front door of College and Career: credits toward graduation, the way to UC and CSU, what to do when."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Section
from portal.sections.college_career.feed import feeds
from portal.sections.college_career.home import home
from portal.sections.college_career.reading import read
from portal.sections.college_career.timeline import events, sentences

section = Section(
    key="college-career",
    title=_("College and Career"),
    icon="graduation-cap",
    group=Group.LEARNING,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    feeds=feeds,
    events=events,
    sentences=sentences,
)
