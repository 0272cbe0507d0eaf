"""The front door of attendance: was my child in school, how many days were missed, and telling the school why."""

from django.utils.translation import gettext_lazy as _

from portal.access import rules
from portal.record.section import Act, Group, Page, Section
from portal.sections.attendance.acts import ReasonForm, explain, missed
from portal.sections.attendance.feed import feed
from portal.sections.attendance.home import family, home
from portal.sections.attendance.reading import between, read
from portal.sections.attendance.timeline import events

section = Section(
    key="attendance",
    title=_("Attendance"),
    icon="calendar-check",
    group=Group.EVERY_DAY,
    may_see=(rules.guardian, rules.staff_at_the_school),
    may_change=(rules.guardian_of_an_enrolled_student,),
    read=read,
    home=home,
    family=family,
    on_report_cards=between,
    feeds=(feed,),
    events=events,
    sentences={
        "attendance.absent": _("%(name)s was marked absent."),
        "attendance.late": _("%(name)s was marked late."),
        "attendance.explained": _("You told the school why %(name)s was absent on %(date)s."),
        "attendance.corrected": _("The school corrected attendance: %(name)s was not absent or late."),
    },
    pages=(Page("month", "<month:month>/", read, "attendance/page.html"),),
    acts=(
        Act(
            name="explain",
            path="explain/<day:on>/",
            title=_("Tell the school why"),
            form=ReasonForm,
            do=explain,
            template="attendance/explain.html",
            button=_("Send to school"),
            done=_("Your reason was sent to the attendance office. They may call you."),
            context=missed,
        ),
    ),
)
