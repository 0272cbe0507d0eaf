"""The front door of English Learner Progress: where a student stands with English, and what is left to do."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.scores.feed import feed as scores
from portal.record.section import Group, Section
from portal.sections.english_learner.feed import feeds
from portal.sections.english_learner.home import home
from portal.sections.english_learner.reading import read
from portal.sections.english_learner.timeline import events

section = Section(
    key="english-learner",
    title=_("English Learner Progress"),
    icon="translate",
    group=Group.LEARNING,
    may_see=(rules.guardian_with_full_rights, rules.staff_granted_sensitive_records),
    read=read,
    home=home,
    feeds=(*feeds, scores),
    events=events,
    sensitive=True,
)
