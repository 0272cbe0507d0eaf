"""What GATE says of children on the pages that show several things at once."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import Glance, HomeFact, Place
from portal.sections.gate.models import Identification
from portal.sections.gate.screening import ways

ELIGIBLE = Identification.State.ELIGIBLE


def ask(grants: Sequence[Grant]) -> Sequence[QuerySet[Any, Any]]:
    """Since when each student is identified, and whether anything has happened at all."""
    rows = Identification.rows.under(*grants).order_by().values("student")
    return [
        rows.annotate(
            facts=JSONObject(latest=Max("on"), identified=Max("on", filter=Q(state=ELIGIBLE)))
        ).values("student", "facts")
    ]


def tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """The tile of a student in the program; for others, what it is and how to ask."""
    if not facts:
        about = (
            _("For students who learn fast or have a special talent. You can ask for a screening.")
            if ways(grant.student.grade)
            else _("For students who learn fast or have a special talent. Screening starts in kindergarten.")
        )
        return HomeFact(place=Place.OTHER, about=about)
    return HomeFact(tile=_("Identified") if facts["identified"] else _("Under way"))


home = Glance(ask=ask, tell=tell)
