"""The front door of the library: books out, library cards, and where to read."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Section
from portal.sections.library.feed import feeds
from portal.sections.library.home import ahead, home
from portal.sections.library.reading import read
from portal.sections.library.timeline import events, sentences

section = Section(
    key="library",
    title=_("Online Library"),
    icon="books",
    group=Group.TOOLS,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    ahead=ahead,
    feeds=feeds,
    events=events,
    sentences=sentences,
)
