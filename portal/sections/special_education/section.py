"""The front door of Special Education: the plan, its services and dates, who to turn to, and a family's rights."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Section
from portal.sections.special_education.feed import feeds
from portal.sections.special_education.home import home
from portal.sections.special_education.reading import read
from portal.sections.special_education.timeline import events

section = Section(
    key="special-education",
    title=_("Special Education"),
    icon="hand-heart",
    group=Group.LEARNING,
    may_see=(rules.guardian_with_full_rights, rules.staff_granted_sensitive_records),
    read=read,
    home=home,
    feeds=feeds,
    events=events,
    sensitive=True,
)
