"""The front door of documents: what the school asked for, what was sent, and papers from the school."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Group, Page, Section
from portal.sections.documents.feed import feeds
from portal.sections.documents.home import ahead, home
from portal.sections.documents.reading import read, read_papers
from portal.sections.documents.timeline import events, sentences

section = Section(
    key="documents",
    title=_("Upload Documents"),
    icon="upload-simple",
    group=Group.TOOLS,
    may_see=(rules.guardian_with_full_rights,),
    read=read,
    home=home,
    ahead=ahead,
    feeds=feeds,
    events=events,
    sentences=sentences,
    pages=(
        Page(
            "papers",
            "from-school/",
            read_papers,
            "documents/papers.html",
            _("Papers from the school"),
            sensitive=True,
        ),
    ),
)
