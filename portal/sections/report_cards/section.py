"""The front door of report cards: the marks of each reporting period, each code spelled out, and a PDF to keep."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.gradebook.feed import marks
from portal.record.section import Act, Group, Page, Paper, Section
from portal.sections.report_cards.acts import SeenForm, asked, seen
from portal.sections.report_cards.home import home
from portal.sections.report_cards.paper import latest, sheet
from portal.sections.report_cards.reading import read, read_card
from portal.sections.report_cards.timeline import events, sentences

section = Section(
    key="report-cards",
    title=_("Report Card"),
    icon="file-text",
    group=Group.LEARNING,
    may_see=(rules.guardian, rules.staff_at_the_school),
    may_change=(rules.guardian,),
    read=read,
    home=home,
    feeds=(marks,),
    events=events,
    sentences=sentences,
    pages=(Page("card", "<int:term>/", read_card, "report-cards/card.html", _("Marks and comments")),),
    papers=(Paper("pdf", "<int:term>/<slug:language>.pdf", sheet, "report-card.pdf", latest),),
    acts=(
        Act(
            name="seen",
            path="<int:term>/seen/",
            title=_("I have seen this report card"),
            form=SeenForm,
            do=seen,
            template="report-cards/seen.html",
            button=_("Tell the school"),
            done=_("The school knows that you have seen the report card."),
            context=asked,
        ),
    ),
    visits=True,
)
