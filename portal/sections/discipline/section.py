"""The front door of discipline: what happened, what the school did about it, and what the family can do."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Glance, Group, HomeFact, Section
from portal.sections.discipline.feed import feeds
from portal.sections.discipline.reading import read
from portal.sections.discipline.timeline import events

section = Section(
    key="discipline",
    title=_("Discipline"),
    icon="scales",
    group=Group.HEALTH,
    may_see=(rules.guardian_with_full_rights, rules.staff_granted_sensitive_records),
    read=read,
    home=Glance(ask=lambda _grants: (), tell=lambda _grant, _facts: HomeFact()),
    feeds=feeds,
    events=events,
    sensitive=True,
)
