"""What grades say of children on the pages that show several things at once."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import HomeFact
from portal.sections.grades.models import CurrentGrade, Mark
from portal.sections.grades.published import posted
from portal.web import formats


def home(grants: Sequence[Grant]) -> dict[int, HomeFact]:
    """The tile of each student: when a grade was last published; one query."""
    marks = posted(Mark.rows.under(*grants)).order_by().values_list("student").annotate(at=Max("posted_at"))
    so_far = CurrentGrade.rows.under(*grants).order_by().values_list("student").annotate(at=Max("updated_at"))
    updated: dict[int, str] = {}
    for student, at in sorted(marks.union(so_far), key=lambda row: row[1]):
        updated[student] = _("Updated %(date)s") % {"date": formats.short_date(localdate(at))}
    return {
        grant.student.pk: HomeFact(tile=updated.get(grant.student.pk, _("Nothing yet"))) for grant in grants
    }
