"""The front door of testing: how my child did on state, screening and college tests, and what that means."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.scores.feed import feed
from portal.record.section import Group, Page, Section
from portal.sections.testing.home import home
from portal.sections.testing.reading import read, read_test
from portal.sections.testing.timeline import events, sentences

section = Section(
    key="testing",
    title=_("Testing"),
    icon="exam",
    group=Group.LEARNING,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    feeds=(feed,),
    events=events,
    sentences=sentences,
    pages=(Page("test", "<slug:test>/", read_test, "testing/test.html", _("All results")),),
)
