"""The front door of immunizations: which shots are on file, which are needed for school, and by when."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Glance, Group, HomeFact, Section
from portal.sections.immunizations.feed import feeds
from portal.sections.immunizations.reading import read
from portal.sections.immunizations.timeline import events

section = Section(
    key="immunizations",
    title=_("Immunizations"),
    icon="syringe",
    group=Group.HEALTH,
    may_see=(rules.guardian_with_full_rights, rules.staff_granted_sensitive_records),
    read=read,
    home=Glance(ask=lambda _grants: (), tell=lambda _grant, _facts: HomeFact()),
    feeds=feeds,
    events=events,
    sensitive=True,
)
