"""The front door of the section."""

from portal.access import rules
from portal.record.section import Group, Section

section = Section(
    key="attendance",
    title="Attendance",
    icon="calendar-check",
    group=Group.EVERY_DAY,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=lambda grant: None,
    home=lambda grants: {},
)
