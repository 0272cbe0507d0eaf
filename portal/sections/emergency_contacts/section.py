"""The front door of emergency contacts: my numbers, how I am reached, whom else the school calls, where I live."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Act, Group, Section
from portal.sections.emergency_contacts import acts, feed
from portal.sections.emergency_contacts.home import home
from portal.sections.emergency_contacts.reading import read
from portal.sections.emergency_contacts.timeline import events, sentences

section = Section(
    key=acts.KEY,
    title=_("Emergency Contact"),
    icon="phone-call",
    group=Group.HEALTH,
    may_see=(rules.guardian, rules.staff_at_the_school),
    may_change=(rules.guardian_of_an_enrolled_student,),
    read=read,
    home=home,
    feeds=(feed.contacts, feed.alerts),
    roster=("contactPoints.csv",),
    events=events,
    sentences=sentences,
    acts=(
        Act(
            name="change",
            path="change/",
            title=_("Change your numbers"),
            form=acts.NumbersForm,
            fill=acts.fill,
            do=acts.change,
            template="emergency-contacts/change.html",
            button=_("Save"),
            done=_("Sending to the school."),
            context=acts.show,
        ),
        Act(
            name="confirm_cell",
            path="confirm-cell/",
            title=_("Confirm your cell number"),
            form=acts.CodeForm,
            do=acts.confirm_cell,
            template="emergency-contacts/confirm.html",
            button=_("Confirm"),
            done=_("Your cell number is confirmed."),
            context=acts.show,
        ),
        Act(
            name="text_code",
            path="text-code/",
            title=_("Get a code by text message"),
            form=acts.Nothing,
            do=acts.text_code,
            template="emergency-contacts/text_code.html",
            button=_("Text me a code"),
            done=_("We texted 6 digits to your phone."),
            context=acts.show,
        ),
        Act(
            name="still_right",
            path="still-right/",
            title=_("Are your emergency numbers still right?"),
            form=acts.Nothing,
            do=acts.still_right,
            template="emergency-contacts/still_right.html",
            button=_("Yes"),
            done=_("Thank you. We will ask again in a year."),
            context=acts.show,
        ),
    ),
)
