"""What grades say of children on the pages that show several things at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.gradebook.models import Mark
from portal.record.section import Glance, HomeFact
from portal.sections.grades.models import CurrentGrade
from portal.sections.grades.published import posted
from portal.web import formats


def _ask(grants: Sequence[Grant]) -> tuple[QuerySet[Any, Any], ...]:
    marks = posted(Mark.rows.under(*grants)).order_by().values("student")
    so_far = CurrentGrade.rows.under(*grants).order_by().values("student")
    return (
        marks.annotate(facts=JSONObject(mark=Max("posted_at"))),
        so_far.annotate(facts=JSONObject(so_far=Max("updated_at"))),
    )


def _tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """When a grade was last published."""
    moments = [datetime.fromisoformat(at) for at in facts.values()]
    if not moments:
        return HomeFact(tile=_("Nothing yet"))
    return HomeFact(
        tile=_("Updated %(date)s") % {"date": formats.short_date(localdate(max(moments)))},
    )


home = Glance(_ask, _tell)
