"""The front door of device requests: what the family asked for, and how far it is."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Section
from portal.sections.device_requests.feed import feed
from portal.sections.device_requests.home import home
from portal.sections.device_requests.reading import read
from portal.sections.device_requests.timeline import events, sentences

section = Section(
    key="device-requests",
    title=_("Request a Device"),
    icon="laptop",
    group=Group.TOOLS,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    feeds=(feed,),
    events=events,
    sentences=sentences,
)
