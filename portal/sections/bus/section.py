"""The front door of bus routes: when and where the bus comes. Shut for limited rights, because it says where a child stands."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Section
from portal.sections.bus.feed import feeds
from portal.sections.bus.home import home
from portal.sections.bus.reading import read
from portal.sections.bus.timeline import events, sentences

section = Section(
    key="bus",
    title=_("Bus Routes"),
    icon="bus",
    group=Group.EVERY_DAY,
    may_see=(rules.guardian_with_full_rights, rules.staff_at_the_school),
    read=read,
    home=home,
    feeds=feeds,
    events=events,
    sentences=sentences,
)
