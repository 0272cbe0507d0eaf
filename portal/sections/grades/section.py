"""The front door of grades: the grade so far in each class, how it is worked out, and who to write to."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Page, Section
from portal.sections.grades.feed import feeds
from portal.sections.grades.home import home
from portal.sections.grades.reading import read, read_course
from portal.sections.grades.timeline import events, sentences

section = Section(
    key="grades",
    title=_("Grades"),
    icon="chart-bar",
    group=Group.EVERY_DAY,
    may_see=(rules.guardian, rules.staff_at_the_school),
    read=read,
    home=home,
    feeds=feeds,
    events=events,
    sentences=sentences,
    pages=(Page("course", "<ref:course>/", read_course, "grades/course.html", _("Course")),),
)
