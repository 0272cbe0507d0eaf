"""What College and Career says of children on the pages that show several things at once."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import Glance, HomeFact, Place
from portal.sections.college_career.models import Progress
from portal.sections.college_career.rules import FIRST_GRADE
from portal.web import formats


def _ask(grants: Sequence[Grant]) -> tuple[QuerySet[Any, Any], ...]:
    rows = Progress.rows.under(*grants).order_by().values("student")
    return (rows.annotate(facts=JSONObject(earned=Sum("earned"), required=Sum("required"))),)


def _tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """Credits; before grade 6 the page starts later."""
    grade = grant.student.grade
    if not grade.isdigit() or int(grade) < FIRST_GRADE:
        return HomeFact(place=Place.LATER, about=_("This page starts in grade 6."))
    if not facts or not facts["required"]:
        return HomeFact(tile=_("Nothing yet"))
    return HomeFact(
        tile=_("%(earned)s of %(required)s credits")
        % {
            "earned": formats.number(float(facts["earned"])),
            "required": formats.number(float(facts["required"])),
        }
    )


home = Glance(_ask, _tell)
